import type { Fix, TextSpan } from '../problem.ts';
import type { Unintended } from '../settings/issues.ts';
import { replace } from './check.ts';

/** Escapes that a message explains. */
const MOST_EXPLAINED = 3;

/** What YAML reads, and what to write instead. */
export function escapeAdvice({ escapes, better }: Unintended): string {
  const known = escapes.flatMap(({ written, meaning }) => (meaning === null ? [] : [`“${written}” means ${meaning}`]));
  const unknown = escapes.filter(({ meaning }) => meaning === null).map(({ written }) => `“${written}”`);
  const invalid = unknown.length > 1 ? 'are not valid' : 'is not valid';
  const explained = [
    ...known.slice(0, MOST_EXPLAINED),
    ...(unknown.length > 0 ? [`${unknown.slice(0, MOST_EXPLAINED).join(', ')} ${invalid}`] : []),
  ];
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
