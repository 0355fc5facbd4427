import type { SettingKey, Settings } from '../settings/schema.ts';
import { SETTING_KEYS } from '../settings/schema.ts';
import type { TextLine } from '../syntax/document.ts';
import type { ClipContext } from './context.ts';
import { changedFrames } from './frame-differences.ts';
import type { PlacedKeyframe } from './timeline.ts';

/** How a clip differs from another version of it. */
export interface ClipDifferences {
  /** `steps 20 → 30`, `keyframe 16: prompt`. Empty: both render the same. */
  readonly phrases: string[];
  /** Frames of the later version that would be rendered differently, ascending; null: all of them. */
  readonly frames: number[] | null;
}

/** A longer list says no more. */
const MOST_PHRASES = 12;

/** Longer values are not shown. */
const LONGEST_VALUE = 24;

/** Settings that other phrases describe, or that have no effect of their own. */
const DESCRIBED_ELSEWHERE: ReadonlySet<SettingKey> = new Set(['seed', 'define', 'extends']);

/** The differences from `before` to `after`, in words and in frames. */
export function clipDifferences(before: ClipContext, after: ClipContext): ClipDifferences {
  const changed = SETTING_KEYS.filter(
    (key) => !DESCRIBED_ELSEWHERE.has(key) && !isSame(before.settings[key], after.settings[key]),
  );
  const phrases = [
    ...changed.map((key) => settingPhrase(key, before.settings, after.settings)),
    ...(before.seed === after.seed ? [] : [`seed ${before.seed} → ${after.seed}`]),
    ...definitionPhrases(before.settings.define, after.settings.define),
    ...(isSame(texts(before.document.head), texts(after.document.head)) ? [] : ['head']),
    ...keyframePhrases(before, after),
    ...(isSame(texts(before.document.tail), texts(after.document.tail)) ? [] : ['tail']),
  ];
  const more = phrases.length - MOST_PHRASES;
  return {
    phrases: more > 0 ? [...phrases.slice(0, MOST_PHRASES), `and ${more} more`] : phrases,
    frames: changedFrames(before, after, changed),
  };
}

/** Of plain data. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const texts = (lines: readonly TextLine[]): string[] => lines.map(({ prompt }) => prompt.text);

function settingPhrase(key: SettingKey, before: Settings, after: Settings): string {
  const [from, to] = [valueText(before[key]), valueText(after[key])];
  return from === null || to === null ? key : `${key} ${from} → ${to}`;
}

/** null if it is too long to be shown. */
function valueText(value: unknown): string | null {
  const text = value === undefined ? 'default' : typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.replaceAll('"', '').replaceAll(',', ', ');
  return short.length > LONGEST_VALUE || short === '' ? null : short;
}

function definitionPhrases(before: Settings['define'], after: Settings['define']): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => before[name] !== after[name]).map((name) => `definition ${name}`);
}

/** Keyframes are the same if they are at the same frame; one that is gone, and was added elsewhere, was moved. */
function keyframePhrases({ prompts: { placed: before } }: ClipContext, { prompts: { placed: after } }: ClipContext) {
  const [old, now] = [byFrame(before), byFrame(after)];
  const gone = before.filter(({ frame }) => !now.has(frame));
  const phrases = after.flatMap((keyframe) => {
    const { frame } = keyframe;
    const previous = old.get(frame);
    if (previous) {
      const parts = changedParts(previous, keyframe);
      return parts.length === 0 ? [] : [`keyframe ${frame}: ${parts.join(', ')}`];
    }
    const from = gone.findIndex((other) => promptsOf(other) === promptsOf(keyframe));
    if (from < 0) return [`keyframe ${frame} added`];
    const [moved] = gone.splice(from, 1);
    return [`keyframe ${moved!.frame} moved to ${frame}`];
  });
  return [...phrases, ...gone.map(({ frame }) => `keyframe ${frame} removed`)];
}

const byFrame = (placed: readonly PlacedKeyframe[]) => new Map(placed.map((keyframe) => [keyframe.frame, keyframe]));

const promptsOf = ({ keyframe: { prompt, negative } }: PlacedKeyframe): string =>
  JSON.stringify([prompt.text, negative?.prompt.text ?? '']);

function changedParts(before: PlacedKeyframe, after: PlacedKeyframe): string[] {
  const [a, b] = [before.keyframe, after.keyframe];
  const parts: readonly (readonly [string, boolean])[] = [
    ['prompt', a.prompt.text === b.prompt.text],
    ['negative prompt', (a.negative?.prompt.text ?? '') === (b.negative?.prompt.text ?? '')],
    ['transition', isSame(before.transition, after.transition)],
    ['hold', before.holdEnd === after.holdEnd],
  ];
  return parts.flatMap(([name, same]) => (same ? [] : [name]));
}
