import type { LockedChoices } from '../../plan/lock.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { FILE_START, type TextSpan } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import { documentSpan, type PromptText, promptsOf, type TravelDocument } from '../syntax/document.ts';
import { matcher } from '../wildcards/file.ts';
import { WildcardInspector, type WildcardIssue } from '../wildcards/inspect.ts';
import { type RollIssue, type WildcardFile, WildcardRoller } from '../wildcards/roll.ts';
import type { Environment } from './environment.ts';
import { placesInSetting } from './setting-places.ts';

/** Where an issue is shown. */
interface Place {
  /** In the document. */
  readonly span: TextSpan;
  /** The extended file whose text it is in. */
  readonly extendedFile?: string;
}

/** What is wrong with the wildcards and choices of a clip. */
export type ClipRollIssue = (RollIssue | WildcardIssue) & Place;

/** The rolls of one render, and what could not be rolled. */
export interface ClipRolls {
  /** Replaces wildcards and choices. @param scope name of the definition that the text belongs to; '' for other text */
  readonly roll: (text: string, scope: string) => string;
  readonly rolled: () => TravelPlan['rolled'];
  /** Spans are in the document. */
  readonly issues: () => readonly ClipRollIssue[];
}

interface Sources {
  /** What wildcards and choices give, in place of a roll. */
  readonly fixed: LockedChoices['rolled'];
  readonly document: TravelDocument;
  readonly environment: Environment;
  /** Where the file sets its settings. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  /** The extended files that set settings. */
  readonly inherited: ReadonlyMap<string, string>;
}

export function clipRolls(seed: number, sources: Sources): ClipRolls {
  const filesOf = (name: string) => filesNamed(name, sources.environment);
  const roller = new WildcardRoller(seed, filesOf, sources.fixed);
  const inspector = new WildcardInspector(filesOf);
  const placeOf = placeFinder(sources);
  const issues = new Map<string, ClipRollIssue>();
  return {
    roll(text, scope) {
      const { text: rolled, issues: found, fixed } = roller.roll(text);
      // The files of a wildcard whose choice is fixed may be missing.
      const needed = inspector
        .inspect(text)
        .filter(({ span }) => !fixed.some(({ start, end }) => start <= span.start && span.end <= end));
      for (const issue of [...needed, ...found]) {
        const place = placeOf(issue.span, text, scope);
        // One prompt can be written several times.
        const key = [issue.kind, place.span.start, 'name' in issue ? issue.name : '', placeInFile(issue)].join(' ');
        if (!issues.has(key)) issues.set(key, { ...issue, ...place });
      }
      return rolled;
    },
    rolled: () => roller.rolled.map((roll) => ({ ...roll })),
    issues: () => [...issues.values()],
  };
}

const placeInFile = (issue: ClipRollIssue) =>
  'file' in issue && issue.file ? `${issue.file.name}:${issue.file.line}` : '';

/**
 * Finds where a part of a text that was rolled is written: in a prompt, in the setting `negative_prompt`, or in a
 * definition, whose name is then the scope. For a setting of an extended file, that is `extends`, with the file.
 */
function placeFinder({ document, spans, inherited }: Sources): (part: TextSpan, text: string, scope: string) => Place {
  let prompts: ReadonlyMap<string, PromptText> | null = null;
  return (part, text, scope) => {
    prompts ??= new Map(
      promptsOf(document)
        .toReversed()
        .map((prompt) => [prompt.text, prompt]),
    );
    const prompt = scope === '' ? prompts.get(text) : undefined;
    if (prompt) return { span: documentSpan(prompt, part.start, part.end) };
    const path = scope === '' ? 'negative_prompt' : `define.${scope}`;
    const own = spans.get(path)?.value;
    if (own) return { span: placesInSetting(text, own, document.text)(part) };
    const extendedFile = inherited.get(path);
    return { span: spans.get('extends')?.value ?? FILE_START, ...(extendedFile !== undefined && { extendedFile }) };
  };
}

/**
 * The file of the wildcard with exactly this name, else in another case; of all wildcards that `*` or `**` stands for.
 */
function filesNamed(name: string, environment: Environment): readonly WildcardFile[] {
  const exact = environment.wildcard(name);
  if (exact) return [{ name, lines: exact }];
  const names = environment.wildcardNames();
  const matching = name.includes('*')
    ? names.filter(matcher(name))
    : names.filter((other) => other.toLowerCase() === name.toLowerCase()).slice(0, 1);
  return matching.flatMap((other) => {
    const lines = environment.wildcard(other);
    return lines ? [{ name: other, lines }] : [];
  });
}
