import type { SettingValue } from '../clip.ts';
import type { Source } from '../format.ts';
import { type Json, type ReadJson, readJson, readJsonEntries, shown } from '../json.ts';
import { ImportError, type Note, note } from '../notes.ts';

/** The formats ask one after another, and the text is read once, also as the entries of a map without its braces. */
const KNOWN = new WeakMap<Source, ReadJson | ImportError>();
const KNOWN_ENTRIES = new WeakMap<Source, ReadJson | ImportError>();

/** The JSON of a source; null if it is not JSON. */
export function parsed(source: Source): ReadJson | null;
/** @throws ImportError if it is not JSON */
export function parsed(source: Source, strict: true): ReadJson;
export function parsed(source: Source, strict = false): ReadJson | null {
  const known = knownOf(source);
  if (!(known instanceof ImportError)) return known;
  if (strict) throw known;
  return null;
}

/** Why a source is not JSON; null if it is. */
export function jsonError(source: Source): ImportError | null {
  const known = knownOf(source);
  return known instanceof ImportError ? known : null;
}

function knownOf(source: Source): ReadJson | ImportError {
  return once(KNOWN, source, readJson);
}

/**
 * The JSON of a schedule: a map, perhaps without its braces.
 *
 * @throws ImportError if it is not JSON
 */
export function parsedSchedule(source: Source): ReadJson {
  const known = hasBraces(source.text) ? knownOf(source) : once(KNOWN_ENTRIES, source, readJsonEntries);
  if (known instanceof ImportError) throw known;
  return known;
}

export const hasBraces = (text: string): boolean => /^\s*\{/.test(text);

function once(
  cache: WeakMap<Source, ReadJson | ImportError>,
  source: Source,
  read: (text: string) => ReadJson,
): ReadJson | ImportError {
  const known = cache.get(source) ?? attempt(source.text, read);
  cache.set(source, known);
  return known;
}

function attempt(text: string, read: (text: string) => ReadJson): ReadJson | ImportError {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
}

/** What had to be repaired to read a source. */
export function readNotes(source: Source): Note[] {
  const json = parsed(source);
  return json ? jsonNotes(json) : [];
}

export function jsonNotes({ repairs, duplicates, notNumbers }: ReadJson): Note[] {
  return [
    ...(repairs.size > 0
      ? [
          note(
            'repaired',
            `This is not valid JSON (${[...repairs].join(', ')}), but it was read. Other tools may refuse it.`,
          ),
        ]
      : []),
    ...duplicateNotes({ duplicates }),
    ...(notNumbers.length > 0
      ? [note('not-a-number', `Not a number: ${shown([...new Set(notNumbers)].join(', '))}. The default is used.`)]
      : []),
  ];
}

export function duplicateNotes({ duplicates }: Pick<ReadJson, 'duplicates'>): Note[] {
  if (duplicates.length === 0) return [];
  const message = `Of keys that are there twice, the last one counts. The first ones were: ${shown(lostKeys(duplicates))}`;
  return [note('duplicate-key', message)];
}

const lostKeys = (duplicates: ReadJson['duplicates']) =>
  duplicates.map(({ key, lost }) => `${key}: ${shown(lost)}`).join(', ');

/** A seed, if it is a whole number of at most 53 bits, and not below −1; of another one, a note keeps the digits. */
export function seedSetting(
  value: Json | undefined,
  notes: Note[],
  key: 'seed' | 'subseed' = 'seed',
): Record<string, SettingValue | undefined> {
  if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))) return {};
  const isText = typeof value === 'string' && value.trim() !== '';
  const seed = isText || typeof value === 'bigint' ? Number(value) : value;
  const name = key === 'seed' ? 'seed' : 'variation seed';
  if (typeof seed !== 'number' || !Number.isFinite(seed)) {
    notes.push(note('other-fields', `The ${name} is not a number, so it is not carried over. It was: ${shown(value)}`));
  } else if (Math.abs(seed) > Number.MAX_SAFE_INTEGER) {
    notes.push(
      note(
        'seed-precision',
        `The ${name} ${shown(value)} is too large: seeds here have at most 53 bits. Choose another with \`${key}\`; the noise differs anyway.`,
      ),
    );
  } else if (!Number.isInteger(seed) || seed < -1) {
    notes.push(
      note(
        'other-fields',
        `The ${name} is not a whole number from −1, so it is not carried over. It was: ${shown(value)}`,
      ),
    );
  } else return { [key]: seed };
  return {};
}
