import type { Fix, TextSpan } from '../problem.ts';
import type { Unintended } from '../settings/issues.ts';
import { replace } from './check.ts';

/** Escapes that a message explains. */
const MOST_EXPLAINED = 3;

/** What YAML reads, and what to write instead. */
export function escapeAdvice({ escapes, better }: Unintended): string {
  const explained = escapes.slice(0, MOST_EXPLAINED).map(({ written, meaning }) => {
    return meaning === null ? `“${written}” is not a valid one` : `“${written}” means ${meaning}`;
  });
  const advice = needsDoubleQuotes(better)
    ? 'Double the backslash.'
    : 'Put the value in single quotes, which keep backslashes.';
  return `In double quotes, a backslash starts an escape. ${explained.join(', ')}. ${advice}`;
}

export function escapeFixes(span: TextSpan, { better }: Unintended): Fix[] {
  if (better === null) return [];
  return [replace(needsDoubleQuotes(better) ? 'Double the backslash' : 'Put the value in single quotes', span, better)];
}

/** Other escapes of the value are needed. */
const needsDoubleQuotes = (better: string | null) => better?.startsWith('"') ?? false;
