import type { TravelPlan } from '../../plan/plan.ts';
import { FILE_START, type TextSpan } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import { documentSpan, promptsOf, type TravelDocument } from '../syntax/document.ts';
import { matcher } from '../wildcards/file.ts';
import { type RollIssue, WildcardRoller } from '../wildcards/roll.ts';
import type { Environment } from './environment.ts';

/** The rolls of one render, and what could not be rolled. */
export interface ClipRolls {
  /** Replaces wildcards and choices. @param scope name of the definition that the text belongs to; '' for other text */
  readonly roll: (text: string, scope: string) => string;
  readonly rolled: () => TravelPlan['rolled'];
  /** One for each wildcard, however often it is written; spans are in the document. */
  readonly issues: () => readonly RollIssue[];
}

interface Sources {
  readonly document: TravelDocument;
  readonly environment: Environment;
  /** Where the file sets its settings. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
}

export function clipRolls(seed: number, sources: Sources): ClipRolls {
  const { environment } = sources;
  const roller = new WildcardRoller(seed, (name) => linesOf(name, environment));
  const issues = new Map<string, RollIssue>();
  return {
    roll(text, scope) {
      const { text: rolled, issues: found } = roller.roll(text);
      for (const issue of found) {
        const key = `${issue.kind} ${'name' in issue ? issue.name : ''}`;
        if (!issues.has(key)) issues.set(key, { ...issue, span: placeOf(issue, text, scope, sources) });
      }
      return rolled;
    },
    rolled: () => roller.rolled.map((roll) => ({ ...roll })),
    issues: () => [...issues.values()],
  };
}

/**
 * Where the text that was rolled is written: in a prompt, in the setting `negative_prompt`, or in a definition.
 *
 * @param scope name of the definition; '' for other text
 */
function placeOf(issue: RollIssue, text: string, scope: string, { document, spans }: Sources): TextSpan {
  if (scope !== '') return spans.get(`define.${scope}`)?.value ?? inheritedPlace(spans);
  const prompt = promptsOf(document).find((candidate) => candidate.text === text);
  if (prompt) return documentSpan(prompt, issue.span.start, issue.span.end);
  return spans.get('negative_prompt')?.value ?? inheritedPlace(spans);
}

const inheritedPlace = (spans: Sources['spans']) => spans.get('extends')?.value ?? FILE_START;

/** The lines of the wildcard with exactly this name, else in another case; of all wildcards that `*` or `**` stands for. */
function linesOf(name: string, environment: Environment): readonly string[] | null {
  const exact = environment.wildcard(name);
  if (exact) return exact;
  const names = environment.wildcardNames();
  const matching = name.includes('*')
    ? names.filter(matcher(name))
    : names.filter((other) => other.toLowerCase() === name.toLowerCase()).slice(0, 1);
  return matching.length === 0 ? null : matching.flatMap((other) => environment.wildcard(other) ?? []);
}
