import { framesFor } from '../../grammar/clip/clip-length.ts';
import { adePlaces, isAdeKey, isAdeSchedule } from '../../grammar/pasted/ade-keys.ts';
import type { AdeEntry } from '../../grammar/pasted/foreign-reader.ts';
import { largest } from '../../plan/extremes.ts';
import type { ClipKeyframe } from '../clip.ts';
import { comfyText } from '../comfy-text.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { ImportError, type Note, note } from '../notes.ts';
import { keysInside } from '../outside-keys.ts';
import { onOneLine } from '../text.ts';
import { refuseMany } from '../write-travel.ts';
import { LOOSE_NOTE, looseSchedule, readLoosely } from './loose-schedule.ts';

/**
 * Prompt schedules of AnimateDiff-Evolved, as JSON or as Python writes assignments. They have positions from the end,
 * fractions of the length, ranges and holds, and no escapes.
 */
export const ade: ExchangeFormat = {
  name: 'ade',
  detect: (source) => {
    const entries = readEntries(source.text);
    if (entries) return isAdeSchedule(entries);
    return looseSchedule(source)?.kind === 'ade';
  },
  read,
};

/** Frames of a clip whose length is not known. */
const DEFAULT_FRAMES = 32;

interface Entry extends AdeEntry {
  /** With `=`. */
  readonly isAssigned: boolean;
}

const ENTRY =
  /\s{0,99}(?:"([-\d.: ]{1,40})"|([-\d.]{1,20}(?::[-\d.]{0,20})?))\s{0,20}([:=])\s{0,20}"([^"]*)"\s{0,99},?/y;

/** null if the text has anything else. */
function readEntries(text: string): Entry[] | null {
  const inner = text.trim().replace(/^\{/, '').replace(/\}$/, '').trimEnd();
  const entries: Entry[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < inner.length) {
    const match = ENTRY.exec(inner);
    if (!match) return null;
    entries.push({ key: (match[1] ?? match[2]!).replaceAll(' ', ''), isAssigned: match[3] === '=', prompt: match[4]! });
  }
  return entries.length > 0 ? entries : null;
}

function read(source: Source): ReadClip {
  const loose = readEntries(source.text) ? null : looseSchedule(source);
  const entries = loose?.kind === 'ade' ? loose.entries : entriesIn(source.text);
  const last = Math.max(0, largest(entries.flatMap(({ key }) => key.split(':').map(lastFrame))));
  const frames = last < DEFAULT_FRAMES ? DEFAULT_FRAMES : framesFor(last);
  return {
    clip: {
      head: [],
      keyframes: withoutFrames(adeKeyframes(entries, frames)),
      tail: [],
      settings: { frames, mix: 'lerp' },
    },
    notes: [
      ...(loose?.kind === 'ade' ? [LOOSE_NOTE] : []),
      note(
        'length-not-in-file',
        `The length is not in the text. \`frames: ${frames}\` is long enough for all keys. Check it.`,
      ),
    ],
  };
}

const lastFrame = (written: string) => Number.parseInt(written, 10) || 0;

/**
 * @param lengths of the clip, and of the schedule that its keys depend on, in frames
 * @param notes get what had to be repaired, and keys that are outside the clip
 * @throws ImportError if the text is not a schedule
 */
export function adeSchedule(
  text: string,
  { frames, length }: { readonly frames: number; readonly length: number },
  notes: Note[],
): ClipKeyframe[] {
  const loose = readEntries(text) ? null : readLoosely(text, length);
  if (loose?.kind === 'unreadable') throw loose.error;
  const entries = loose?.kind === 'ade' ? loose.entries : entriesIn(text);
  if (loose?.kind === 'ade') notes.push(LOOSE_NOTE);
  const keyframes = adeKeyframes(entries, length);
  return withoutFrames(length === frames ? keyframes : absolute(keyframes, frames, notes));
}

/** Keyframes of a schedule with a length of its own, as frames of the clip. */
function absolute(
  keyframes: ReturnType<typeof adeKeyframes>,
  frames: number,
  notes: Note[],
): ReturnType<typeof adeKeyframes> {
  return keysInside(keyframes, frames, 'travel', notes).map((key) => {
    const end = /^\d+-(\d+)$/.exec(key.at)?.[1];
    const last = Math.min(Number(end ?? key.frame), frames - 1);
    return { ...key, at: last > key.frame ? `${key.frame}-${last}` : `${key.frame}` };
  });
}

const withoutFrames = (keyframes: ReturnType<typeof adeKeyframes>): ClipKeyframe[] =>
  keyframes.map(({ at, prompt }) => ({ at, prompt }));

/** The keyframes of entries, with their frames. @param entries with keys for which `isAdeKey` holds */
export function adeKeyframes(
  entries: readonly AdeEntry[],
  frames: number,
): (ClipKeyframe & { readonly frame: number })[] {
  const places = adePlaces(
    entries.map(({ key }) => key),
    frames,
  );
  return entries.map(({ prompt }, i) => ({ ...places[i]!, prompt: comfyText(onOneLine(prompt)) }));
}

/** @throws ImportError if the text is not a schedule, or has too many entries */
function entriesIn(text: string): Entry[] {
  const entries = readEntries(text);
  if (!entries)
    throw new ImportError(
      'invalid',
      'This is not a schedule of AnimateDiff-Evolved: an entry is not `"frame": "prompt"`.',
    );
  refuseMany(entries.length);
  const wrong = entries.find(({ key }) => !isAdeKey(key));
  if (wrong)
    throw new ImportError(
      'invalid',
      `The key “${wrong.key}” of the schedule of AnimateDiff-Evolved is not a frame, a part of the length from 0 to 1, or a range.`,
    );
  return entries;
}
