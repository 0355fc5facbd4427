import { evaluateFrame } from '../../grammar/pasted/frame-expression.ts';
import type { ClipKeyframe } from '../clip.ts';
import { comfyText } from '../comfy-text.ts';
import { formulaNote, withValues } from '../expression.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { isMap, type ReadJson, shown } from '../json.ts';
import { NEGATIVE_MARKER } from '../neg-marker.ts';
import { addNotes, ImportError, type Note, note } from '../notes.ts';
import { keysInside } from '../outside-keys.ts';
import { onOneLine } from '../text.ts';
import { hasBraces, parsedSchedule } from './json-source.ts';
import { FIZZ_FRAMES, lengthFor, looseSchedule, readSchedule } from './loose-schedule.ts';

/** Prompt schedules of FizzNodes: JSON without braces, whose keys are frames or formulas. */
export const fizz: ExchangeFormat = {
  name: 'fizz',
  detect: (source) =>
    isValueSchedule(source.text) ||
    isSchedule(source) ||
    ['fizz', 'unreadable'].includes(looseSchedule(source)?.kind ?? ''),
  read,
};

const VALUES = /^\s*["']?[\d.]+["']?\s*:\s*\(\s*[-\d.]+\s*\)/;
const isValueSchedule = (text: string) => VALUES.test(text);
/** At the start of a text. A key does not begin with a space, so that spaces can be divided in one way only. */
const KEY = /^(?:\{\s{0,50})?["'“‘”’]?[-+*/().\dtmax_f][-+*/().\d \tmax_f]{0,59}["'“‘”’]?\s{0,50}:\s{0,50}["'“‘]/;

function isSchedule(source: Source): boolean {
  if (!KEY.test(source.text.trimStart())) return false;
  try {
    const { value } = parsedSchedule(source);
    return isMap(value) && [...value.values()].some((prompt) => typeof prompt === 'string');
  } catch (error) {
    if (error instanceof ImportError) return error.kind === 'cut-off';
    throw error;
  }
}

function read(source: Source): ReadClip {
  if (isValueSchedule(source.text)) {
    throw new ImportError(
      'value-schedule',
      'This is a schedule of values, not of prompts: it has only numbers. Write them to a setting, such as `motion_scale: {0: 0.5, 12: 1}`.',
    );
  }
  const { json, notes } = readSchedule(source, FIZZ_FRAMES);
  if (!isMap(json.value))
    throw new ImportError('invalid', 'A FizzNodes schedule is a map of frames and prompts, but this is not.');
  // Braces are a repair for FizzNodes, which adds its own.
  const isBox = hasBraces(source.text);
  const frames = lengthFor(json.value.keys(), FIZZ_FRAMES);
  const schedule = fizzSchedule(json, { frames, before: '', after: '' });
  addNotes(notes, schedule.notes);
  const { keyframes, closes } = withinClip(schedule.keyframes, frames, notes);
  const length = frames === FIZZ_FRAMES ? 'the default of the nodes, max_frames' : 'long enough for all keys';
  notes.push(
    note(
      'length-not-in-file',
      `The length is not in the text. \`frames: ${frames}\` is ${length}. Check it.${isBox ? ' With braces, the text could also be Deforum’s prompts, where each prompt stays until the next: then set `transition: cut`.' : ''}`,
    ),
  );
  return {
    clip: {
      head: [],
      keyframes,
      tail: [],
      settings: { frames, mix: 'lerp', ...(closes && { closed_loop: 'R+P' }) },
    },
    notes,
  };
}

export interface FizzOptions {
  /** `max_frames` */
  readonly frames: number;
  /** `pre_text` and `app_text`, each perhaps with `--neg`. */
  readonly before: string;
  readonly after: string;
  /** `pw_a` … `pw_d` */
  readonly weights?: Readonly<Record<string, number>>;
}

export interface FizzSchedule {
  /** The parts of `pre_text` and `app_text` before `--neg`. */
  readonly head: string;
  readonly tail: string;
  readonly keyframes: readonly (Omit<ClipKeyframe, 'at'> & { readonly frame: number })[];
  readonly notes: readonly Note[];
}

/**
 * The keyframes of a schedule. The nodes split each text at `--neg` and join the parts with spaces; here, head and tail
 * are joined with commas.
 *
 * Source: FizzNodes `BatchFuncs.py`, `ScheduleFuncs.py`.
 */
export function fizzSchedule(
  { value }: Pick<ReadJson, 'value'>,
  { frames, before, after, weights }: FizzOptions,
): FizzSchedule {
  const end = withoutLastZero(after);
  const [pre, app] = [split(before), split(end.text)];
  const dropped = new Set([...pre.dropped, ...app.dropped]);
  const formulas = new Set<string>();
  const keyframes = [...(isMap(value) ? value : [])].flatMap(([key, prompt]) => {
    const frame = evaluateFrame(key, frames);
    if (frame === null || typeof prompt !== 'string') {
      throw new ImportError('invalid', `The key “${key}” of the schedule is not a frame with a prompt.`);
    }
    const values = withValues(prompt, { ...weights, t: frame, max_f: frames - 1 });
    for (const formula of values.formulas) formulas.add(formula);
    const own = split(values.text);
    for (const part of own.dropped) dropped.add(part);
    const negative = [pre.negative, own.negative, app.negative].filter(Boolean).join(' ');
    return [{ frame, prompt: own.positive, negative: negative === '' ? undefined : negative }];
  });
  const notes = [
    ...end.notes,
    ...(formulas.size > 0 ? [formulaNote(shown([...formulas].join(', ')))] : []),
    ...(dropped.size > 0
      ? [
          note(
            'after-second-neg',
            `FizzNodes ignores the text after a second --neg. It was: ${shown([...dropped].join(' | '))}`,
          ),
        ]
      : []),
  ];
  return { head: pre.positive, keyframes: keyframes.sort((a, b) => a.frame - b.frame), tail: app.positive, notes };
}

/**
 * `app_text` as the nodes use it: they drop the last character of a positive or negative prompt that ends in 0, which
 * was the app_text of nodes that had none.
 *
 * Source: FizzNodes `BatchFuncs.py`, `batch_split_weighted_subprompts`.
 */
function withoutLastZero(after: string): { readonly text: string; readonly notes: readonly Note[] } {
  const parts = after.split(NEGATIVE_MARKER);
  // What follows a second --neg is dropped as a whole.
  const used = parts.map((part, i) => (i < 2 && part.endsWith('0') ? part.slice(0, -1) : part));
  const text = used.join(NEGATIVE_MARKER);
  if (text === after) return { text, notes: [] };
  const left = text.trim() === '' ? 'it is empty there' : `it is “${shown(text.trim())}” there`;
  const message = `FizzNodes drops the 0 at the end of app_text, so ${left}. It was: ${shown(after.trim())}`;
  return { text, notes: [note('repaired', message)] };
}

/**
 * Keyframes of a schedule as those of a clip.
 *
 * @param notes get those that are outside it
 */
export function withinClip(
  schedule: FizzSchedule['keyframes'],
  frames: number,
  notes: Note[],
): { readonly keyframes: ClipKeyframe[]; readonly closes: boolean } {
  const first = schedule.find(({ frame }) => frame >= 0);
  const after = schedule.filter(({ frame }) => frame >= frames);
  // A key at the end of the clip with the first prompt again closes the loop.
  const closes =
    after.length === 1 && after[0]!.frame === frames && first?.frame === 0 && after[0]!.prompt === first.prompt;
  const keys = closes ? schedule.filter((key) => key !== after[0]) : schedule;
  const inside = keysInside(keys, frames, 'travel', notes);
  return { keyframes: inside.map(({ frame, ...key }) => ({ ...key, at: `${frame}` })), closes };
}

/** What follows a second `--neg` is dropped there. */
function split(text: string) {
  const [positive = '', negative = '', ...dropped] = onOneLine(text)
    .split(NEGATIVE_MARKER)
    .map((part) => part.trim());
  return { positive: comfyText(positive), negative: comfyText(negative), dropped };
}
