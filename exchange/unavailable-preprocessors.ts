import { otherPreprocessor } from '../plan/other-preprocessors.ts';
import type { SettingValue } from './clip.ts';
import type { ReadClip } from './format.ts';
import { note } from './notes.ts';

/** Preprocessors of other kinds of models, which other programs have. */
const OF_OTHER_MODELS = /^(?:clip|sparse)/i;

/** A clip with a note about preprocessors that have no counterpart here; their names stay. */
export function withPreprocessorNotes(read: ReadClip): ReadClip {
  const units = read.clip.settings.controlnet;
  const names = new Set(Array.isArray(units) ? units.flatMap(preprocessorOf) : []);
  const missing = [...names].filter((name) => otherPreprocessor(name) !== null || OF_OTHER_MODELS.test(name));
  if (missing.length === 0) return read;
  const message = `Preprocessors without a counterpart here: ${missing.join(', ')}. Remove their ControlNet units, or make the maps with another program, and set \`batch\` with \`preprocessor: none\`.`;
  return { ...read, notes: [...read.notes, note('other-fields', message)] };
}

function preprocessorOf(unit: SettingValue): readonly string[] {
  const name = typeof unit === 'object' && 'preprocessor' in unit ? unit.preprocessor : undefined;
  return typeof name === 'string' ? [name] : [];
}
