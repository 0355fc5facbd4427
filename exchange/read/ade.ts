import { framesFor } from '../../grammar/clip/clip-length.ts';
import { fractionalFrame } from '../../grammar/pasted/frame-expression.ts';
import type { ClipKeyframe } from '../clip.ts';
import { comfyText } from '../comfy-text.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { ImportError, note } from '../notes.ts';
import { onOneLine } from '../text.ts';

/**
 * Prompt schedules of AnimateDiff-Evolved, as JSON or as Python writes assignments. They have positions from the end,
 * fractions of the length, ranges and holds, and no escapes.
 */
export const ade: ExchangeFormat = {
  name: 'ade',
  detect: ({ text }) => {
    const entries = readEntries(text);
    return entries?.some(({ key, isAssigned }) => isAssigned || /[:.-]/.test(key)) ?? false;
  },
  read,
};

/** Frames of a clip whose length is not known. */
const DEFAULT_FRAMES = 32;

interface Entry {
  readonly key: string;
  readonly prompt: string;
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

function read({ text }: Source): ReadClip {
  const entries = readEntries(text);
  if (!entries)
    throw new ImportError(
      'invalid',
      'This is not a schedule of AnimateDiff-Evolved: an entry is not `"frame": "prompt"`.',
    );
  const last = entries.reduce((latest, { key }) => Math.max(latest, Number.parseInt(key, 10) || 0), 0);
  const frames = last < DEFAULT_FRAMES ? DEFAULT_FRAMES : framesFor(last);
  return {
    clip: { head: [], keyframes: adeKeyframes(entries, frames), tail: [], settings: { frames, mix: 'lerp' } },
    notes: [
      note(
        'length-not-in-file',
        `The length is not in the text. \`frames: ${frames}\` is long enough for all keys. Check it.`,
      ),
    ],
  };
}

/** @throws ImportError if the text is not a schedule */
export function adeSchedule(text: string, frames: number): ClipKeyframe[] {
  const entries = readEntries(text);
  if (!entries)
    throw new ImportError('invalid', 'A schedule of AnimateDiff-Evolved has an entry that is not `"frame": "prompt"`.');
  return adeKeyframes(entries, frames);
}

/** `8:` holds until the next key, `16:20` through 19. Source: AnimateDiff-Evolved `utils_scheduling.py`. */
function adeKeyframes(entries: readonly Entry[], frames: number): ClipKeyframe[] {
  const frameOf = (text: string) => fractionalFrame(text, frames);
  const starts = entries.map(({ key }) => frameOf(key.split(':')[0]!));
  const ascending = [...new Set(starts)].sort((a, b) => a - b);
  const nextStart = new Map(ascending.map((start, i) => [start, ascending[i + 1]]));
  return entries.map(({ key, prompt }, i) => {
    const [from = '', to] = key.split(':');
    const start = starts[i]!;
    const following = nextStart.get(start) ?? frames;
    const end = to === undefined ? start : to === '' ? following - 1 : frameOf(to) - 1;
    const at = /^-\d+$/.test(from) ? from : `${start}`;
    return { at: end > start ? `${start}-${end}` : at, prompt: comfyText(onOneLine(prompt)) };
  });
}
