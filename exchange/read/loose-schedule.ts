import { framesFor } from '../../grammar/clip/clip-length.ts';
import { entryOutside, hasMoreEntries, looksLikeSchedule } from '../../grammar/pasted/entries.ts';
import type { AdeEntry } from '../../grammar/pasted/foreign-reader.ts';
import { evaluateFrame } from '../../grammar/pasted/frame-expression.ts';
import { findSchedules } from '../../grammar/pasted/schedules.ts';
import type { Source } from '../format.ts';
import { placeIn, type ReadJson, shown } from '../json.ts';
import { ImportError, type Note, note } from '../notes.ts';
import { duplicateNotes, jsonNotes, parsedSchedule } from './json-source.ts';

/** `max_frames` of FizzNodes’ nodes if nothing else is set. */
export const FIZZ_FRAMES = 120;

/**
 * The length of a schedule that does not say it: the default, or as many frames as its keys need. Those with `max_f`
 * follow from the length.
 */
export function lengthFor(keys: Iterable<string>, fallback: number): number {
  const last = [...keys].reduce(
    (latest, key) => (key.includes('max_f') ? latest : Math.max(latest, evaluateFrame(key, fallback) ?? 0)),
    0,
  );
  return last < fallback ? fallback : framesFor(last);
}

/** A schedule with mistakes, or why it cannot be read. */
export type LooseSchedule =
  | { readonly kind: 'fizz'; readonly json: Pick<ReadJson, 'value' | 'duplicates'> }
  | { readonly kind: 'ade'; readonly entries: readonly AdeEntry[] }
  | { readonly kind: 'unreadable'; readonly error: ImportError };

const KNOWN = new WeakMap<Source, LooseSchedule | null>();

/** The same of a file with the nodes’ default length. The formats ask one after another. */
export function looseSchedule(source: Source): LooseSchedule | null {
  const known = KNOWN.get(source);
  if (known !== undefined) return known;
  const read = readLoosely(source.text, FIZZ_FRAMES);
  KNOWN.set(source, read);
  return read;
}

/**
 * A text that is a schedule beyond doubt, but not JSON: quotes inside quotes, missing quotes, semicolons. It is read as the
 * editor converts it, if that is all of the text.
 *
 * @param frames length of the clip, for `max_f`
 * @returns null if the text may be something else
 */
export function readLoosely(text: string, frames: number): LooseSchedule | null {
  if (!looksLikeSchedule(text) || NAMED.test(text)) return null;
  if (!hasMoreEntries(text, MOST_ENTRIES)) return readWhole(text, frames);
  const message = `This looks like a schedule of prompts with mistakes; one with more than ${MOST_ENTRIES} entries or lines is not read.`;
  return { kind: 'unreadable', error: new ImportError('too-large', message) };
}

/**
 * A schedule as JSON or, if it has mistakes, as the editor reads it.
 *
 * @param frames `max_frames`
 * @throws ImportError
 */
export function readSchedule(
  source: Source,
  frames: number,
): { readonly json: Pick<ReadJson, 'value'>; readonly notes: Note[] } {
  try {
    const json = parsedSchedule(source);
    return { json, notes: jsonNotes(json) };
  } catch (error) {
    // The end of the schedule may be missing.
    if (!(error instanceof ImportError) || error.kind === 'cut-off') throw error;
    const loose = readLoosely(source.text, frames);
    if (loose?.kind === 'fizz') return { json: loose.json, notes: [LOOSE_NOTE, ...duplicateNotes(loose.json)] };
    throw loose?.kind === 'unreadable' ? loose.error : error;
  }
}

/** More than a person writes by hand, which is where mistakes come from. */
const MOST_ENTRIES = 5000;

/** JSON with names is a configuration, or is damaged. */
const NAMED = /^\s*[{[]\s*["'“‘]?[A-Za-z_]{2,80}["'”’]?\s*:/;

function readWhole(text: string, frames: number): LooseSchedule | null {
  const schedules = findSchedules(text, 0, frames);
  const [first] = schedules;
  if (!first) return unreadable(text, entryOutside(text, 0, []) ?? 0);
  if (!first.ok) return unreadable(text, first.unreadable.start);
  const { written, span } = first;
  const before = text.search(/\S/);
  if (before < span.start) return unreadable(text, before);
  if (written.kind === 'lines' || written.before !== null) return unreadable(text, before);
  const rest = text.slice(span.end).search(/\S/);
  if (rest >= 0) return unreadable(text, span.end + rest);
  const { keyframes, config } = written.content;
  if (config) return null;
  const open = OPEN.exec(text);
  if (open) return cutOff(text, open.index + open[0].search(/["“]/));
  const entries = keyframes.flatMap(({ ade }) => ade ?? []);
  if (entries.length > 0) return { kind: 'ade', entries };
  const value = new Map<string, string>();
  const duplicates: { key: string; lost: string }[] = [];
  for (const { frame, prompt } of keyframes) {
    const key = `${frame}`;
    if (value.has(key)) duplicates.push({ key, lost: value.get(key)! });
    value.set(key, prompt);
  }
  return { kind: 'fizz', json: { value, duplicates } };
}

/** A prompt at the end of a text without its closing quote. */
const OPEN = /[:=][ \t]{0,20}["“][^"“”]*$/;

function cutOff(text: string, offset: number): LooseSchedule {
  const message = `The text ends unexpectedly: the string that begins at ${placeIn(text, offset)} has no closing quote.`;
  return { kind: 'unreadable', error: new ImportError('cut-off', message) };
}

function unreadable(text: string, offset: number): LooseSchedule {
  const [line = ''] = text.slice(offset).split('\n');
  const message = `This looks like a schedule of prompts, but “${shown(line.trim().slice(0, 40))}” at ${placeIn(text, offset)} cannot be read: check its quotes, colons and commas.`;
  return { kind: 'unreadable', error: new ImportError('invalid', message) };
}

/** What had to be repaired. */
export const LOOSE_NOTE: Note = note(
  'repaired',
  'The quotes, commas or brackets of this schedule are not valid, but it was read. Check its prompts. Other tools may refuse it.',
);
