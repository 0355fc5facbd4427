import type { TextSpan } from '../problem.ts';
import type { NewSetting } from '../settings/add-settings.ts';
import { configSettings, isConfigKey, PROMPT_MAPS } from './config.ts';
import { evaluateFrame, fractionalFrame } from './frame-expression.ts';
import { FRAME_FIELD, type PastedPrompt, promptFields, promptWithFields } from './keyframe-fields.ts';
import { type Literal, type LiteralComment, type LiteralEntry, type LiteralMap, literalPrompt } from './literals.ts';

const IMAGE = /\.(?:png|jpe?g|webp|gif|bmp|mp4|webm|mov)$/i;

export interface PastedKeyframe extends PastedPrompt {
  readonly frame: number;
  readonly span: TextSpan;
}

/** Each field once, although every keyframe may have it. */
const leftOf = (keyframes: readonly PastedKeyframe[]) => [...new Set(keyframes.flatMap(({ left }) => left))];

export interface Content {
  readonly head: readonly string[];
  readonly keyframes: readonly PastedKeyframe[];
  readonly tail: readonly string[];
  readonly settings: readonly NewSetting[];
  readonly left: readonly string[];
}

/** What a literal means as a schedule; the span of what cannot be read; null if it is not a schedule. */
export function contentOf(literal: Literal, frames: number): Content | { readonly span: TextSpan } | null {
  if (literal.kind === 'map') {
    const prompts = literal.entries.find(({ key, value }) => PROMPT_MAPS.has(key) && value.kind !== 'text');
    if (!prompts) return mapContent(literal, frames);
    const read = contentOf(prompts.value, frames);
    if (!read || 'span' in read) return read;
    const around = configSettings(literal.entries.filter((entry) => entry !== prompts));
    return { ...read, ...around, left: [...read.left, ...around.left] };
  }
  if (literal.kind !== 'list' || literal.items.length === 0) return null;
  const keyframes = literal.items.map((item) => itemKeyframe(item, frames));
  if (keyframes.every((keyframe) => keyframe === null)) return null;
  const wrong = keyframes.indexOf(null);
  if (wrong >= 0) return { span: literal.items[wrong]!.span };
  const read = keyframes.filter((keyframe) => keyframe !== null);
  return { head: [], tail: [], settings: [], left: leftOf(read), keyframes: read };
}

function mapContent({ entries }: LiteralMap, frames: number): Content | { readonly span: TextSpan } | null {
  const isPrompt = ({ value }: LiteralEntry) => promptWithFields(value) !== null;
  const framed = entries.filter((entry) => entryFrame(entry, frames) !== null);
  if (!framed.some(isPrompt)) return null;
  if (framed.every(({ value }) => IMAGE.test(promptWithFields(value)?.prompt ?? ''))) return null;
  const others = entries.filter((entry) => !framed.includes(entry));
  const wrong = [...framed.filter((entry) => !isPrompt(entry)), ...others.filter(({ key }) => !isConfigKey(key))];
  const first = wrong.sort((a, b) => a.keySpan.start - b.keySpan.start)[0];
  if (first) return { span: { start: first.keySpan.start, end: first.value.span.end } };
  const keyframes = framed.map((entry) => ({
    ...promptWithFields(entry.value)!,
    frame: entryFrame(entry, frames)!,
    span: { start: entry.keySpan.start, end: entry.value.span.end },
  }));
  const { left, ...settings } = configSettings(others);
  return { ...settings, left: [...leftOf(keyframes), ...left], keyframes };
}

/** `0.5 = "a"` is AnimateDiff-Evolved's: half of the length. */
function entryFrame({ key, isAssigned }: LiteralEntry, frames: number): number | null {
  return isAssigned && /^\d{0,9}\.\d{0,9}$/.test(key) ? fractionalFrame(key, frames) : evaluateFrame(key, frames);
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

/** Comments stay at their keyframes, or on lines of their own. */
export function keyframeLines(
  keyframes: readonly PastedKeyframe[],
  comments: readonly LiteralComment[],
  text: string,
): string[] {
  const first = keyframes[0]!.span.start;
  const lines = [
    ...keyframes.map(({ frame, prompt, span }) => ({
      at: span.start,
      end: span.end,
      text: `${frame}: ${literalPrompt(prompt)}`,
    })),
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
