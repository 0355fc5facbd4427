import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasTexts, textsIn } from '../../engine/media/texts.ts';
import { decodeText } from '../../exchange/decode.ts';
import { type Imported, importTravel } from '../../exchange/import.ts';
import type { Note } from '../../exchange/notes.ts';
import { resolvedSchedule } from '../../exchange/samplers.ts';
import { bareName } from '../../exchange/text.ts';
import { differentFrame, expectedFrames, meaningOf } from './meaning.ts';

export interface ImportCase {
  readonly id: string;
  readonly file: string;
  readonly format: string;
  readonly expected?: Expected;
  readonly expected_error?: { readonly kind: string; readonly say: readonly string[] };
}

interface Expected {
  readonly head?: string;
  readonly tail?: string;
  readonly negative?: string;
  readonly keyframes: readonly (readonly [number | string, string, string?])[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly loras?: readonly ExpectedLora[];
  readonly notes?: readonly {
    key: string;
    say: readonly string[];
    digits?: string;
    optional?: boolean;
    lost?: unknown;
  }[];
  readonly compare_frames?: number;
  readonly joints?: 'any';
  readonly either?: string;
}

interface ExpectedLora {
  readonly name: string;
  readonly weight?: number;
  readonly te?: number;
  readonly unet?: number;
  readonly weights?: Readonly<Record<string, number>>;
}

export function importFile(path: string): Imported {
  const bytes = readFileSync(path);
  if (hasTexts(bytes)) return importTravel(textsIn(bytes));
  const { text, notes } = decodeText(bytes);
  const imported = importTravel([{ text }]);
  return { ...imported, notes: [...notes, ...imported.notes] };
}

/** What is wrong with an import; empty if nothing is. */
export function importFaults(
  folder: string,
  { file, format, expected, expected_error }: ImportCase,
  optional: readonly string[],
): string[] {
  let imported: Imported;
  try {
    imported = importFile(join(folder, file));
  } catch (error) {
    const message = (error as Error).message;
    if (!expected_error) return [`not read: ${message}`];
    return expected_error.say.some((word) => message.toLowerCase().includes(word))
      ? []
      : [`the reason does not say why: ${message}`];
  }
  if (!expected) return [`read although it is broken: ${imported.travel}`];
  const meant = meaningOf(imported.travel);
  const transition =
    expected.either === 'transition' ? meant.settings.transition : (expected.settings.transition ?? 'linear');
  const frames = expectedFrames(expected, meant.settings, typeof transition === 'string' ? transition : 'linear');
  const count = expected.compare_frames ?? Math.max(frames.length, meant.frames.length);
  const frame = differentFrame(meant.frames, frames, count, expected.joints === 'any');
  const [base] = format.split('/');
  const faults = [
    ...(imported.format === base || (base === 'deforum' && expected.either)
      ? []
      : [`format ${imported.format} instead of ${base}`]),
    ...(frame === null ? [] : [frame]),
    ...settingFaults(meant.settings, expected.settings, optional),
    ...loraFaults(meant.loras, expected),
    ...noteFaults(imported.notes, expected.notes ?? [], imported.travel),
  ];
  return faults.length === 0
    ? []
    : [...faults, imported.travel, ...imported.notes.map(({ key, message }) => `${key}: ${message}`)];
}

const NEVER_COMPARED = new Set(['output', 'fuse', 'dialect', 'negative_prompt', 'sampler', 'schedule', 'define']);
const MODELS = new Set(['checkpoint', 'vae', 'motion_module', 'model']);

function settingFaults(
  settings: Readonly<Record<string, unknown>>,
  expected: Expected['settings'],
  optional: readonly string[],
): string[] {
  const defaults = meaningOf('').settings;
  const faults: string[] = [];
  for (const key of new Set([...Object.keys(settings), ...Object.keys(expected)])) {
    if (NEVER_COMPARED.has(key)) continue;
    const wanted = Object.hasOwn(expected, key)
      ? expected[key]
      : optional.includes(key)
        ? settings[key]
        : defaults[key];
    const fault = differs(key, settings[key], wanted, defaults[key]);
    if (fault) faults.push(fault);
  }
  const pair = (given: Readonly<Record<string, unknown>>, schedule: unknown) => {
    const sampler = String(given.sampler ?? 'Euler a');
    return `${sampler}, ${resolvedSchedule(sampler, String(schedule ?? 'automatic'))}`;
  };
  const schedules = isAny(expected.schedule) ? expected.schedule.any : [expected.schedule];
  const pairs = schedules.map((schedule) => pair(expected, schedule));
  const own = pair(settings, settings.schedule);
  if (!pairs.includes(own)) faults.push(`sampler ${own} instead of ${pairs.join(' or ')}`);
  return faults;
}

const isAny = (value: unknown): value is { readonly any: readonly unknown[] } =>
  typeof value === 'object' && value !== null && 'any' in value;

function differs(key: string, value: unknown, wanted: unknown, fallback: unknown): string | null {
  const fault = `${key}: ${JSON.stringify(value)} instead of ${JSON.stringify(wanted)}`;
  if (isAny(wanted))
    return wanted.any.some((one) => differs(key, value, one ?? fallback, fallback) === null) ? null : fault;
  if (typeof wanted === 'object' && wanted !== null && 'min' in wanted)
    return Number(value) >= Number(wanted.min) ? null : fault;
  if (key === 'controlnet' && Array.isArray(wanted) && Array.isArray(value)) {
    const faults = wanted.flatMap((unit: Record<string, unknown>, i) => {
      const own = (value[i] ?? {}) as Record<string, unknown>;
      return [...new Set([...Object.keys(unit), ...Object.keys(own)])].flatMap(
        (part) => differs(part, own[part], unit[part] ?? UNIT[part], UNIT[part]) ?? [],
      );
    });
    return faults.length === 0 && wanted.length === value.length ? null : `controlnet: ${faults.join('; ') || fault}`;
  }
  if (MODELS.has(key) && typeof value === 'string' && typeof wanted === 'string')
    return bareName(value) === bareName(wanted) ? null : fault;
  return same(value ?? fallback, wanted) ? null : fault;
}

const UNIT: Readonly<Record<string, unknown>> = {
  preprocessor: 'none',
  weight: 1,
  start: 0,
  end: 1,
  mode: 'balanced',
  resize: 'crop',
};

function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

function loraFaults(
  loras: ReturnType<typeof meaningOf>['loras'],
  { loras: expected = [], keyframes }: Expected,
): string[] {
  const faults = [...loras.keys()]
    .filter((name) => !expected.some((lora) => lora.name === name))
    .map((name) => `LoRA ${name} is not expected`);
  for (const { name, weight, te, unet, weights } of expected) {
    const own = loras.get(name);
    const wanted = weights
      ? keyframes.map(([at]) => [weights[String(at)] ?? 0, weights[String(at)] ?? 0])
      : (own ?? [[]]).map(() => [te ?? weight, unet ?? weight]);
    if (!same(own, wanted)) faults.push(`LoRA ${name}: ${JSON.stringify(own)} instead of ${JSON.stringify(wanted)}`);
  }
  return faults;
}

function noteFaults(notes: readonly Note[], expected: NonNullable<Expected['notes']>, travel: string): string[] {
  const faults = notes
    .filter(({ key }) => !expected.some((one) => one.key === key))
    .map(({ key }) => `note ${key} is not expected`);
  for (const { key, say, digits, optional, lost } of expected) {
    const own = notes.filter((note) => note.key === key);
    if (own.length === 0) {
      if (!optional) faults.push(`note ${key} is missing`);
      continue;
    }
    const text = own.map(({ message }) => message).join('\n');
    if (!say.some((word) => text.toLowerCase().includes(word)))
      faults.push(`note ${key} says none of ${say.join(', ')}`);
    if (digits !== undefined && !text.includes(digits) && !travel.includes(digits))
      faults.push(`note ${key} has no ${digits}`);
    for (const value of lost === undefined || optional ? [] : leaves(lost)) {
      if (!text.includes(value)) faults.push(`note ${key} does not have ${value}`);
    }
  }
  return faults;
}

/** The values that were lost, as text. */
function leaves(lost: unknown): string[] {
  if (Array.isArray(lost)) return lost.flatMap(leaves);
  if (typeof lost === 'object' && lost !== null) return Object.values(lost).flatMap(leaves);
  return [String(lost)];
}
