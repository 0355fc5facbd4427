import type { TextSpan } from '../problem.ts';
import { adePlaces, isAdeSchedule } from './ade-keys.ts';
import { isConfigKey, PROMPT_MAPS } from './config.ts';
import type { ConfigurationKind } from './foreign-reader.ts';
import { evaluateFrame } from './frame-expression.ts';
import { FRAME_FIELD, type PastedPrompt, promptFields, promptWithFields } from './keyframe-fields.ts';
import type { Literal, LiteralComment, LiteralEntry, LiteralMap } from './literals.ts';

const IMAGE = /\.(?:png|jpe?g|webp|gif|bmp|mp4|webm|mov)$/i;

export interface PastedKeyframe extends PastedPrompt {
  readonly frame: number;
  /** Of a schedule of AnimateDiff-Evolved: its key, and its prompt as it is written, because there are no escapes there. */
  readonly ade?: { readonly key: string; readonly prompt: string };
  readonly span: TextSpan;
}

/** Each field once, although every keyframe may have it. */
const leftOf = (keyframes: readonly PastedKeyframe[]) => [...new Set(keyframes.flatMap(({ left }) => left))];

export interface Content {
  readonly keyframes: readonly PastedKeyframe[];
  /** The configuration that they are in. */
  readonly config: { readonly kind: ConfigurationKind; readonly around: readonly LiteralEntry[] } | null;
  /** Names of fields that have no equivalent. */
  readonly left: readonly string[];
}

/** What a literal means as a schedule; the span of what cannot be read; null if it is not a schedule. */
export function contentOf(literal: Literal, frames: number): Content | { readonly span: TextSpan } | null {
  if (literal.kind === 'map') {
    const prompts = literal.entries.find(({ key, value }) => PROMPT_MAPS.has(key) && value.kind !== 'text');
    if (!prompts) return mapContent(literal, frames, 'whole');
    const own = lengthIn(literal) ?? frames;
    const read = prompts.value.kind === 'map' ? mapContent(prompts.value, own, 'part') : contentOf(prompts.value, own);
    if (!read || 'span' in read) return read;
    const around = literal.entries.filter((entry) => entry !== prompts);
    return { ...read, config: { kind: PROMPT_MAPS.get(prompts.key)!, around } };
  }
  if (literal.kind !== 'list' || literal.items.length === 0) return null;
  const keyframes = literal.items.map((item) => itemKeyframe(item, frames));
  if (keyframes.every((keyframe) => keyframe === null)) return null;
  const wrong = keyframes.indexOf(null);
  if (wrong >= 0) return { span: literal.items[wrong]!.span };
  const read = keyframes.filter((keyframe) => keyframe !== null);
  return { config: null, left: leftOf(read), keyframes: read };
}

/** Deforum's settings have the length of the clip. */
function lengthIn({ entries }: LiteralMap): number | undefined {
  const value = entries.find(({ key }) => key === 'max_frames')?.value;
  const length = value?.kind === 'other' || value?.kind === 'text' ? Number(value.text) : Number.NaN;
  return length >= 1 ? length : undefined;
}

/** @param extent whether it is all there is, or a part of a configuration */
function mapContent(
  { entries }: LiteralMap,
  frames: number,
  extent: 'whole' | 'part',
): Content | { readonly span: TextSpan } | null {
  const isPrompt = ({ value }: LiteralEntry) => promptWithFields(value) !== null;
  const places =
    extent === 'whole' && isAdeSchedule(entries)
      ? adePlaces(
          entries.map(({ key }) => key),
          frames,
        )
      : null;
  const frameAt = new Map(
    entries.map((entry, i) => [entry, places ? places[i]!.frame : evaluateFrame(entry.key, frames)]),
  );
  const framed = entries.filter((entry) => frameAt.get(entry) !== null);
  if (!framed.some(isPrompt)) return null;
  if (framed.every(({ value }) => IMAGE.test(promptWithFields(value)?.prompt ?? ''))) return null;
  const others = entries.filter((entry) => !framed.includes(entry));
  const wrong = [...framed.filter((entry) => !isPrompt(entry)), ...others.filter(({ key }) => !isConfigKey(key))];
  const first = wrong.sort((a, b) => a.keySpan.start - b.keySpan.start)[0];
  if (first) return { span: { start: first.keySpan.start, end: first.value.span.end } };
  const keyframes = framed.map((entry): PastedKeyframe => {
    const read = promptWithFields(entry.value)!;
    const written = entry.value.kind === 'text' ? (entry.value.written ?? read.prompt) : read.prompt;
    return {
      ...read,
      frame: frameAt.get(entry)!,
      ...(places && { ade: { key: entry.key, prompt: written } }),
      span: { start: entry.keySpan.start, end: entry.value.span.end },
    };
  });
  const config = others.length > 0 ? ({ kind: 'animatediff-cli', around: others } as const) : null;
  return { config, left: leftOf(keyframes), keyframes };
}

/** `{"frame": 0, "prompt": "a"}` and `(0, "a")`. */
function itemKeyframe(item: Literal, frames: number): PastedKeyframe | null {
  if (item.kind === 'map') {
    const key = item.entries.find((entry) => FRAME_FIELD.test(entry.key));
    const fields = promptFields(item.entries.filter((entry) => entry !== key));
    const frame = key ? frameOf(key.value, frames) : null;
    return fields && frame !== null ? { ...fields, frame, span: item.span } : null;
  }
  const [key, prompt] = item.kind === 'list' && item.items.length === 2 ? item.items : [];
  const frame = key ? frameOf(key, frames) : null;
  return frame !== null && prompt?.kind === 'text' ? { frame, prompt: prompt.text, left: [], span: item.span } : null;
}

function frameOf(key: Literal, frames: number): number | null {
  return key.kind === 'other' || key.kind === 'text' ? evaluateFrame(key.text, frames) : null;
}

/** Comments stay at their keyframes, or on lines of their own. @param written the lines of the keyframes by frame */
export function keyframeLines(
  keyframes: readonly PastedKeyframe[],
  written: ReadonlyMap<number, string>,
  comments: readonly LiteralComment[],
  text: string,
): string[] {
  const first = keyframes[0]!.span.start;
  const lines = [
    ...keyframes.flatMap(({ frame, span }) => {
      const line = written.get(frame);
      return line === undefined ? [] : [{ at: span.start, end: span.end, text: line }];
    }),
    ...comments
      .filter(({ text: words }) => words !== '')
      .map(({ span, text: words }) => ({ at: span.start, end: span.end, text: `# ${words.replace(/\s+/g, ' ')}` })),
  ].sort((a, b) => a.at - b.at);
  const result: string[] = [];
  let previous = -1;
  for (const { at, end, text: line } of lines) {
    const follows = previous >= 0 && line.startsWith('#') && at > first && !text.slice(previous, at).includes('\n');
    if (follows) result.push(`${result.pop()} ${line}`);
    else result.push(line);
    previous = end;
  }
  return result;
}
