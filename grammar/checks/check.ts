import type { ClipContext } from '../clip/context.ts';
import { FILE_START, type Fix, type Problem, type TextSpan } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { Settings } from '../settings/schema.ts';
import { documentSpan, type Keyframe, type PromptText, promptsOf, type TravelDocument } from '../syntax/document.ts';

/** Finds one kind of problem. Pure, and linear in the document. */
export interface Check {
  /** The code of every problem it finds, and the name of its file. */
  readonly code: Problem['code'];
  /** The only dialect it applies to; absent: both. */
  readonly dialect?: Settings['dialect'];
  run(clip: ClipContext): Iterable<Problem>;
}

/** Finds one kind of problem within a prompt. Pure, linear, and decided by the words of the prompt alone. */
export interface PromptCheck extends Pick<Check, 'code' | 'dialect'> {
  find(prompt: PromptText): Iterable<Problem>;
}

export interface Match {
  readonly text: string;
  readonly groups: readonly (string | undefined)[];
  /** In the document. */
  readonly span: TextSpan;
}

/** Matches of a pattern in all prompts of the body. */
export function findInPrompts(document: TravelDocument, pattern: RegExp): Match[] {
  return promptsOf(document).flatMap((prompt) => [...findInPrompt(prompt, pattern)]);
}

/** The prompts of the body in which tags have an effect. */
export function positivePromptsOf({ head, keyframes, tail }: TravelDocument): PromptText[] {
  return [...head, ...keyframes, ...tail].map(({ prompt }) => prompt);
}

/** Matches of a pattern in one prompt. */
export function* findInPrompt(prompt: PromptText, pattern: RegExp): Generator<Match, void> {
  for (const match of prompt.text.matchAll(pattern)) {
    const span = documentSpan(prompt, match.index, match.index + match[0].length);
    yield { text: match[0], groups: match.slice(1), span };
  }
}

/**
 * The value of the first of these settings that the file gives; `extends` if an extended file gives one; the start of
 * the file if it has none of them.
 */
export function settingSpan({ spans, inherited }: SettingPlaces, ...paths: readonly string[]): TextSpan {
  for (const path of paths) {
    const written = spans.get(path);
    if (written) return written.value;
  }
  const isInherited = paths.some((path) => inherited.has(path.split('.')[0]!));
  return (isInherited && spans.get('extends')?.value) || FILE_START;
}

type SettingPlaces = Pick<ClipContext, 'spans' | 'inherited'>;

/** A message about a setting names the extended file that sets it. */
export function namingFile({ inherited }: Pick<ClipContext, 'inherited'>, path: string, message: string): string {
  const file = inherited.get(path.split('.')[0]!);
  return file === undefined ? message : `In “${file}”: ${message}`;
}

/** Removes a keyframe with its lines and their comments. */
export function removeKeyframe(title: string, { line, span }: Keyframe, text: string): Fix {
  const newline = text.indexOf('\n', span.end);
  return replace(title, { start: line.start, end: newline < 0 ? text.length : newline + 1 }, '');
}

/** A fix at one place. */
export function replace(title: string, span: TextSpan, text: string, mechanical = false): Fix {
  return { title, edits: [{ span, text }], mechanical };
}

/** The lines of a setting; null if they hold something else, too. */
export function settingLines({ key, value }: SettingSpan, text: string): TextSpan | null {
  const start = text.lastIndexOf('\n', key.start - 1) + 1;
  const newline = text.indexOf('\n', value.end);
  const end = newline < 0 ? text.length : newline + 1;
  const rest = text.slice(start, key.start) + text.slice(value.end, end);
  return rest.replace(/#.*/, '').trim() === '' ? { start, end } : null;
}

/** Removes a setting. No fix if its lines hold something else, too. */
export function removeSetting(path: string, written: SettingSpan, text: string): Fix[] {
  const lines = settingLines(written, text);
  return lines ? [replace(`Remove \`${path.split('.').at(-1)}\``, lines, '')] : [];
}

/** What to remove of a map that has other parts: lines, or up to a comma; null if something else is there. */
export function removedPart(part: SettingSpan, text: string): TextSpan | null {
  const lines = settingLines(part, text);
  if (lines) return lines;
  const { start } = part.key;
  const { end } = part.value;
  const after = /^[ \t]*,[ \t]*/.exec(text.slice(end))?.[0];
  if (after !== undefined) return { start, end: end + after.length };
  const before = /,[ \t]*$/.exec(text.slice(0, start))?.[0];
  return before === undefined ? null : { start: start - before.length, end };
}

/** A fix that replaces a misspelled name; none if no similar name is known. */
export function correctName(span: TextSpan, meant: string | null, written = meant): Fix[] {
  return meant === null || written === null ? [] : [replace(`Change to “${meant}”`, span, written)];
}

/**
 * Whether lines that are moved can form a pasted schedule with their new neighbors. Such a fix is not mechanical, so it
 * is tried before it is offered.
 */
export function canJoinSchedule(text: string): boolean {
  return /["'“”‘’«»]/.test(text);
}
