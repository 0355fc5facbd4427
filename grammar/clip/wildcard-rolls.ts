import type { TravelPlan } from '../../plan/plan.ts';
import { FILE_START } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import { documentSpan, promptsOf, type TravelDocument } from '../syntax/document.ts';
import { matcher } from '../wildcards/file.ts';
import { type RollIssue, WildcardRoller } from '../wildcards/roll.ts';
import type { Environment } from './environment.ts';
import { placesInSetting } from './setting-places.ts';

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
  /** The extended files that set settings. */
  readonly inherited: ReadonlyMap<string, string>;
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
        if (!issues.has(key)) issues.set(key, { ...issue, ...placeOf(issue, text, scope, sources) });
      }
      return rolled;
    },
    rolled: () => roller.rolled.map((roll) => ({ ...roll })),
    issues: () => [...issues.values()],
  };
}

/**
 * Where the text that was rolled is written: in a prompt, in the setting `negative_prompt`, or in a definition. For a
 * setting of an extended file, that is `extends`, with the file.
 *
 * @param scope name of the definition; '' for other text
 */
function placeOf(issue: RollIssue, text: string, scope: string, sources: Sources): Pick<RollIssue, 'span' | 'file'> {
  const { document, spans, inherited } = sources;
  const prompt = scope === '' ? promptsOf(document).find((candidate) => candidate.text === text) : null;
  if (prompt) return { span: documentSpan(prompt, issue.span.start, issue.span.end) };
  const path = scope === '' ? 'negative_prompt' : `define.${scope}`;
  const own = spans.get(path)?.value;
  if (own) return { span: placesInSetting(text, own, document.text)(issue.span) };
  const file = inherited.get(path);
  return { span: spans.get('extends')?.value ?? FILE_START, ...(file !== undefined && { file }) };
}

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
