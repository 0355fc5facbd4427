import type { Environment } from '../clip/environment.ts';
import type { TimedKeyframe } from '../clip/timeline.ts';
import type { Fix, Problem, TextSpan } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { Settings } from '../settings/schema.ts';
import { documentSpan, type Keyframe, type PromptText, type TravelDocument } from '../syntax/document.ts';

/** What checks look at. */
export interface CheckContext {
  readonly document: TravelDocument;
  readonly settings: Settings;
  /** Where this file writes its settings. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  /** The keyframes in the order of the file, with their frames. */
  readonly timed: readonly TimedKeyframe[];
  readonly environment: Environment;
  /** The size that the checkpoint was trained at, in pixels. */
  readonly nativeSize: readonly [number, number];
}

/** One thing that can be wrong. Pure, and linear in the document. */
export interface Check {
  /** The code of every problem it finds. */
  readonly code: Problem['code'];
  /** The only dialect that it speaks of; both where there is none. */
  readonly dialect?: Settings['dialect'];
  run(context: CheckContext): Iterable<Problem>;
}

/** One thing that can be wrong within a prompt. Pure, linear, and the prompt's words alone decide what it finds. */
export interface PromptCheck extends Pick<Check, 'code' | 'dialect'> {
  find(prompt: PromptText): Iterable<Problem>;
}

/** Every prompt of the body, in the order of the file. */
export function promptsOf({ head, keyframes, tail }: TravelDocument): PromptText[] {
  return [
    ...head.map(({ prompt }) => prompt),
    ...keyframes.flatMap(({ prompt, negative }) => (negative ? [prompt, negative.prompt] : [prompt])),
    ...tail.map(({ prompt }) => prompt),
  ];
}

export interface Match {
  readonly text: string;
  readonly groups: readonly (string | undefined)[];
  /** In the document. */
  readonly span: TextSpan;
}

/** Where a pattern occurs in the body's prompts. */
export function findInPrompts(document: TravelDocument, pattern: RegExp): Match[] {
  return promptsOf(document).flatMap((prompt) => [...findInPrompt(prompt, pattern)]);
}

/** Where a pattern occurs in a prompt, one after another. */
export function* findInPrompt(prompt: PromptText, pattern: RegExp): Generator<Match, void> {
  for (const match of prompt.text.matchAll(pattern)) {
    const span = documentSpan(prompt, match.index, match.index + match[0].length);
    yield { text: match[0], groups: match.slice(1), span };
  }
}

/** A repair that takes a keyframe out, with its lines and their comments. */
export function removeKeyframe(title: string, { line, span }: Keyframe, text: string): Fix {
  const newline = text.indexOf('\n', span.end);
  return replace(title, { start: line.start, end: newline < 0 ? text.length : newline + 1 }, '');
}

/** A repair at one place. */
export function replace(title: string, span: TextSpan, text: string, mechanical = false): Fix {
  return { title, edits: [{ span, text }], mechanical };
}
