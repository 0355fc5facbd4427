import { evaluateFrame } from '../../grammar/pasted/frame-expression.ts';
import type { SettingValue } from '../clip.ts';
import { evaluate, formulaNote } from '../expression.ts';
import type { Fields } from '../fields.ts';
import { shown } from '../json.ts';
import { type Note, note } from '../notes.ts';

/** Spaces are bounded, and a key does not begin with one: an expression that can divide them in many ways takes minutes. */
const ENTRY =
  /\s{0,50}["']?([-+*/().\dtmax_f][-+*/().\d \tmax_f]{0,59}?)["']?\s{0,50}:\s{0,50}\(([^,]{0,300}?)\)\s{0,50}(?:,|$)/y;

/** `0: (7), 60: (11)` */
export function scheduleEntries(
  text: string,
  frames: number,
): { readonly frame: number; readonly formula: string }[] | null {
  const entries: { frame: number; formula: string }[] = [];
  const trimmed = text.trimEnd();
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < trimmed.length) {
    const match = ENTRY.exec(trimmed);
    const frame = match && evaluateFrame(match[1]!, frames);
    if (!match || frame === null) return null;
    entries.push({ frame, formula: match[2]!.trim() });
  }
  return entries.length > 0 ? entries : null;
}

/** A number, or a map of positions and numbers. */
export function numberSchedule(fields: Fields, key: string, frames: number, notes: Note[]): SettingValue | undefined {
  const text = fields.text(key);
  if (text === undefined) return undefined;
  const entries = scheduleEntries(text, frames);
  const values = entries?.map(
    ({ frame, formula }) => [frame, evaluate(formula, { t: frame, max_f: frames - 1, s: 0 })] as const,
  );
  if (!entries || !values || values.some(([, number]) => number === null)) {
    notes.push(unreadableNote(key, text));
    return undefined;
  }
  if (entries.some(({ formula }) => /[a-z]/i.test(formula))) notes.push(formulaNote(`${key}: ${text}`));
  const inClip = values.filter(([frame]) => frame >= 0 && frame < frames);
  if (new Set(inClip.map(([, number]) => number)).size <= 1) return inClip[0]?.[1] ?? undefined;
  return Object.fromEntries(inClip.map(([frame, number]) => [`${frame}`, number!]));
}

/** The first value of a schedule of what cannot change over time here. */
export function firstNumber(fields: Fields, key: string, frames: number, notes: Note[]): number | undefined {
  const value = numberSchedule(fields, key, frames, notes);
  if (typeof value !== 'object') return typeof value === 'number' ? value : undefined;
  notes.push(changesNote(key, fields));
  return Number(Object.values(value)[0]);
}

/** The same of names: `0: ("Euler a"), 20: ("DDIM")`. */
export function firstText(fields: Fields, key: string, frames: number, notes: Note[]): string | undefined {
  const text = fields.text(key);
  if (text === undefined) return undefined;
  const names = scheduleEntries(text, frames)?.map(({ formula }) => formula.replace(/^(["'])(.*)\1$/, '$2'));
  if (!names) notes.push(unreadableNote(key, text));
  else if (new Set(names).size > 1) notes.push(changesNote(key, fields));
  return names?.[0];
}

const changesNote = (key: string, fields: Fields): Note =>
  note(
    'expression',
    `${key} cannot change over time here. Its first value is used. It was: ${shown(fields.text(key) ?? '')}`,
  );

const unreadableNote = (key: string, text: string): Note =>
  note('expression', `The schedule ${key} cannot be read, so it is not carried over. It was: ${text}`);
