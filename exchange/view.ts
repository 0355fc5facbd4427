import { assemblePrompt, joinLines, joinPlainLines } from '../grammar/clip/assemble.ts';
import { Expander, findCycle } from '../grammar/clip/definitions.ts';
import { withoutEscapes } from '../grammar/clip/escapes.ts';
import { type TaggedText, takeLoras } from '../grammar/clip/lora-tags.ts';
import { samplerOf, sigmaScheduleOf } from '../grammar/clip/sampling.ts';
import { type PlacedKeyframe, placeKeyframes, timeKeyframes } from '../grammar/clip/timeline.ts';
import type { Settings } from '../grammar/settings/schema.ts';
import type { TravelDocument } from '../grammar/syntax/document.ts';
import { keysOverTime, type TravellingNumber } from '../grammar/time/schedule.ts';
import { webuiPromptsClosed } from '../grammar/webui/travel.ts';
import { findChoices, wildcardsIn } from '../grammar/wildcards/choices.ts';
import { resolvedSchedule } from './samplers.ts';

/** A clip as every writer of another tool's format sees it: names, times and settings are resolved. */
export interface ClipView {
  readonly settings: Settings;
  /**
   * Head and tail as one text each, with their LoRA tags, and with backslashes before literal braces and `__`, which
   * A1111 drops. Without keyframes, the head is the whole prompt.
   */
  readonly head: string;
  readonly tail: string;
  /** Ascending. */
  readonly keys: readonly ViewKey[];
  readonly negative: string;
  /** Whether prompts travel from the last keyframe to the first. */
  readonly isClosed: boolean;
  /** Without a schedule in its name. */
  readonly sampler: ReturnType<typeof samplerOf>;
  /** The schedule without `automatic`. */
  readonly schedule: string;
  /** What is the same in all formats: keyframes outside the clip, cyclic definitions. */
  readonly dropped: readonly string[];
  /** Whether the file leaves something to chance. */
  readonly hasWildcards: boolean;
  /**
   * The largest difference of a prompt’s share in any frame, 0…1, if further keyframes stand for eased transitions; null
   * if transitions are as they are written.
   */
  readonly easedWithin: number | null;
}

export interface ViewKey {
  readonly frame: number;
  /** Last frame of its hold, in the clip. */
  readonly holdEnd: number;
  readonly transition: PlacedKeyframe['transition'];
  readonly prompt: string;
  readonly negative: string;
}

/** `\$`, which no other tool needs; a backslash that escapes another one hides nothing. */
const NAME_ESCAPE = /\\(?:(\$)|[\s\S])/g;

/**
 * @param settings of the file, including inherited ones
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function viewOf(document: TravelDocument, settings: Settings): ClipView {
  const definitions = new Map(Object.entries(settings.define));
  const cycle = findCycle(definitions);
  const expander = new Expander(cycle ? new Map() : definitions, (text) => text);
  let hasWildcards = false;
  const expand = (text: string) => {
    const expanded = expander.expand(text);
    hasWildcards ||= findChoices(expanded).size > 0 || wildcardsIn(expanded).length > 0;
    return expanded.replace(NAME_ESCAPE, (written, dollar?: string) => dollar ?? written);
  };
  const texts = (lines: TravelDocument['head']) => lines.map(({ prompt }) => expand(prompt.text));
  const placed = placeKeyframes(timeKeyframes(document, settings), settings);
  const left = document.keyframes.length - placed.length;
  const isPlain = document.keyframes.length === 0;
  const keys = placed.map(({ keyframe, frame, holdEnd, transition }) => ({
    frame,
    holdEnd: Math.min(holdEnd, settings.frames - 1),
    transition,
    prompt: assemblePrompt('', expand(keyframe.prompt.text), ''),
    negative: keyframe.negative ? assemblePrompt('', expand(keyframe.negative.prompt.text), '') : '',
  }));
  return {
    settings,
    head: isPlain ? joinPlainLines(texts(document.head)) : joinLines(texts(document.head)),
    tail: isPlain ? '' : joinLines(texts(document.tail)),
    keys,
    negative: expand(settings.negative_prompt).trim(),
    isClosed: keys.length > 1 && webuiPromptsClosed(settings.frames, settings.context, settings.closed_loop),
    sampler: samplerOf(settings),
    schedule: resolvedSchedule(samplerOf(settings), sigmaScheduleOf(settings)),
    dropped: [
      ...(cycle ? [`$${cycle[0]} is not expanded, because its definition is cyclic.`] : []),
      ...(left > 0
        ? [`${left} of ${document.keyframes.length} keyframes are dropped: they are duplicates or outside the clip.`]
        : []),
    ],
    hasWildcards,
    easedWithin: null,
  };
}

/** A frame at which a prompt is written. */
export interface Point {
  readonly frame: number;
  readonly key: ViewKey;
}

/**
 * The keyframes with further ones that make holds and cuts in tools that mix each pair in a line, and one at frame 0,
 * unless the frames before the first keyframe mix the last one with it.
 */
export function pointsOf({ keys, isClosed, settings }: ClipView): Point[] {
  const points = keys.flatMap((key, i): Point[] => {
    const next = keys[i + 1];
    const isCut = next?.transition.kind === 'cut';
    const most = (next?.frame ?? Number.POSITIVE_INFINITY) - 1;
    const holdEnd = Math.min(key.holdEnd, most);
    const frames = [...(i === 0 && !isClosed ? [0] : []), key.frame, holdEnd, isCut ? most : holdEnd];
    return [...new Set(frames)].map((frame) => ({ frame, key }));
  });
  const [first, last] = [keys[0], keys.at(-1)];
  if (isClosed && first?.transition.kind === 'cut' && last) {
    // The last prompt holds across the end, up to the first keyframe.
    const before = first.frame > 0 ? first.frame - 1 : settings.frames - 1;
    if (before !== last.holdEnd) points.push({ frame: before, key: last });
  }
  return points.sort((a, b) => a.frame - b.frame);
}

/** A text without its tags and without backslashes that only A1111 drops, and its LoRAs. */
export function lorasIn(text: string): TaggedText {
  const { text: rest, loras } = takeLoras(text);
  return { text: withoutEscapes(assemblePrompt('', rest, '')), loras };
}

/** All prompts of a clip, without the negative ones. */
export const textsOf = ({ head, tail, keys }: ClipView): string[] => [head, tail, ...keys.map(({ prompt }) => prompt)];

/** A number that may change over time: its first value, and all of them by frame. */
export function numberOf(
  value: TravellingNumber,
  { frames, fps }: Settings,
): { readonly first: number; readonly points: readonly (readonly [frame: number, value: number])[] } {
  if (typeof value === 'number') return { first: value, points: [[0, value]] };
  const keys = keysOverTime(value, { frames, fps });
  const points = keys.flatMap(({ frame, holdEnd, value: there }, i): (readonly [number, number])[] => {
    const end = Math.min(holdEnd, (keys[i + 1]?.frame ?? Number.POSITIVE_INFINITY) - 1);
    return end > frame
      ? [
          [frame, there],
          [end, there],
        ]
      : [[frame, there]];
  });
  return { first: points[0]![1], points };
}

/** What decides whether a closed clip appends its frames backward. */
export const loopOf = ({ frames, context, closed_loop: closedLoop }: Settings) => ({ frames, context, closedLoop });
