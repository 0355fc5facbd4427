import { Settings } from '../grammar/settings/schema.ts';
import { frameOf, parseHold } from '../grammar/time/position.ts';
import type { ClipKeyframe } from './clip.ts';
import type { ReadClip } from './format.ts';
import { shownKeys } from './json.ts';
import { type Note, type NoteKey, note } from './notes.ts';

interface Timed {
  readonly key: ClipKeyframe;
  readonly start: number;
  /** null without a hold. */
  readonly end: number | null;
}

/**
 * A clip whose keyframes are in the order of their frames, one at each, with holds that end before the next one and in the clip.
 * All frames have the prompts that they had. A position that cannot be read leaves all as they are.
 */
export function withTidyKeyframes(read: ReadClip): ReadClip {
  const { keyframes, settings } = read.clip;
  const time = { ...DEFAULT_TIME, ...numbers(settings) };
  const timed = keyframes.flatMap((key) => timedKeyframe(key, time) ?? []);
  if (timed.length < keyframes.length) return read;
  const inside = timed.filter(({ start }) => start >= 0 && start < time.frames);
  const last = new Map(inside.map((one) => [one.start, one]));
  const taken = inside.filter((one) => last.get(one.start) !== one);
  const sorted = [...last.values()].sort((a, b) => a.start - b.start);
  const tidy = sorted.map((one, i) => endedBefore(one, Math.min(sorted[i + 1]?.start ?? time.frames, time.frames)));
  const notes = [
    keysNote('duplicate-key', 'Of keyframes at the same position, the last one counts. The others were', taken),
    keysNote(
      'keyframe-past-end',
      `Keyframes outside the clip, which has ${time.frames} frames, are never reached. They were`,
      timed.filter(({ start }) => start < 0 || start >= time.frames),
    ),
  ];
  return { ...read, clip: { ...read.clip, keyframes: tidy }, notes: [...read.notes, ...notes.flat()] };
}

const keysNote = (name: NoteKey, message: string, lost: readonly Timed[]): Note[] =>
  lost.length === 0 ? [] : [note(name, `${message}: ${shownKeys(lost.map(({ key }) => `${key.at}: ${key.prompt}`))}`)];

const { frames: FRAMES, fps: FPS } = Settings.parse({});
const DEFAULT_TIME = { frames: FRAMES, fps: FPS };

const numbers = ({ frames, fps }: ReadClip['clip']['settings']) => ({
  ...(typeof frames === 'number' && { frames }),
  ...(typeof fps === 'number' && { fps }),
});

function timedKeyframe(key: ClipKeyframe, time: typeof DEFAULT_TIME): Timed | null {
  const hold = parseHold(key.at);
  return hold && { key, start: frameOf(hold.from, time), end: hold.through && frameOf(hold.through, time) };
}

/** @param next the frame of the next keyframe, or the length of the clip */
function endedBefore({ key, start, end }: Timed, next: number): ClipKeyframe {
  if (end === null || (end >= start && end < next)) return key;
  const [from = key.at] = /^-?[^-]+/.exec(key.at) ?? [];
  return { ...key, at: next - 1 > start && end > start ? `${from}-${next - 1}` : from };
}
