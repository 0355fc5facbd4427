import { Document, isCollection, isScalar, visit } from 'yaml';
import { applyEdits, formatTravel } from '../grammar/format/format.ts';
import { Settings } from '../grammar/settings/schema.ts';
import { densityOf, MOST_LINES } from '../grammar/syntax/density.ts';
import { televisionRate } from '../plan/frame-rate.ts';
import type { Clip, ClipKeyframe, SettingValue } from './clip.ts';
import { ImportError } from './notes.ts';
import { onOneLine, textLine } from './text.ts';

/** The order in which people read a clip: what it is, how it looks, what is written. */
const FIRST = [
  'frames',
  'fps',
  'loop',
  'closed_loop',
  'context',
  'stride',
  'overlap',
  'context_schedule',
  'fuse',
  'checkpoint',
  'text_encoder',
  'vae',
  'clip_skip',
  'motion_module',
  'motion_scale',
  'width',
  'height',
  'seed',
  'rng',
  'steps',
  'sampler',
  'schedule',
  'cfg_scale',
  'negative_prompt',
];

/** The defaults of other tools differ, so these are written even if they have their defaults here. */
const ALWAYS: ReadonlySet<string> = new Set(['closed_loop', 'rng']);

/** More keyframes than a clip of any of these tools has, and few enough to be parsed in a moment. */
const MOST_KEYFRAMES = 20_000;

/**
 * A clip as a formatted `.travel` file. Settings that have their defaults are left out.
 *
 * @throws ImportError if there are too many keyframes
 */
export function writeTravel({ head, keyframes, tail, settings }: Clip): string {
  refuseMany(keyframes.length);
  refuseLong([...head, ...tail, ...keyframes.flatMap(({ prompt, negative }) => [prompt, negative ?? ''])]);
  const lines = settingLines(settings);
  const body = [head.map(lineOf), keyframes.map(keyframeLine), tail.map(lineOf)]
    .map((part) => part.filter((line) => line !== '').join('\n'))
    .filter((part) => part !== '');
  const matter = lines.length > 0 || body[0]?.startsWith('---') ? ['---', ...lines, '---', ''].join('\n') : '';
  const text = `${matter}${body.join('\n\n')}\n`;
  return applyEdits(text, formatTravel(text));
}

/** @param count of keyframes @throws ImportError if there are too many */
export function refuseMany(count: number): void {
  if (count <= MOST_KEYFRAMES) return;
  throw new ImportError('too-large', `The clip has ${count} keyframes; the limit is ${MOST_KEYFRAMES}.`);
}

/** @throws ImportError if a prompt has too many lines */
export function refuseManyLines(count: number): void {
  if (count <= MOST_LINES) return;
  throw new ImportError('too-large', `The prompt has ${count} lines; the limit is ${MOST_LINES}.`);
}

/** Characters: longer than any prompt, and short enough to be parsed in a moment. */
const LONGEST_PROMPT = 50_000;

/** @throws ImportError if a prompt is too long, or if all have more brackets than can be parsed in a moment */
export function refuseLong(prompts: readonly string[]): void {
  const long = prompts.find(({ length }) => length > LONGEST_PROMPT);
  if (long !== undefined) {
    throw new ImportError('too-large', `A prompt has ${long.length} characters; the limit is ${LONGEST_PROMPT}.`);
  }
  const { marks, most } = densityOf(prompts);
  if (marks <= most) return;
  throw new ImportError(
    'too-large',
    `The prompts have ${marks} brackets and bars; the limit for a text of this length is ${most}.`,
  );
}

export const lineOf = (text: string) => textLine(onOneLine(text));

export function keyframeLine({ at, prompt, negative, transition }: ClipKeyframe): string {
  const key = transition === undefined ? at : `${at} ${transition}`;
  const words = [onOneLine(prompt), ...(negative ? [`--neg ${onOneLine(negative)}`] : [])].filter(Boolean);
  return `${key}: ${words.join(' ')}`.trimEnd();
}

const settingLines = (settings: Clip['settings']): string[] =>
  givenSettings(settings).map(([key, value]) => settingLine(key, value));

/** Each on one line. */
export const settingTexts = (settings: Clip['settings']): (readonly [key: string, yaml: string])[] =>
  givenSettings(settings).map(([key, value]) => [key, yaml(value)]);

/** Those that differ from their defaults, in the order in which they are written. */
function givenSettings(settings: Clip['settings']): [string, SettingValue][] {
  const defaults: Readonly<Record<string, unknown>> = Settings.parse({});
  const given = Object.entries(settings).filter(
    (entry): entry is [string, SettingValue] =>
      entry[1] !== undefined && (ALWAYS.has(entry[0]) || !isSame(entry[1], defaults[entry[0]])),
  );
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const rate = typeof settings.fps === 'number' ? televisionRate(settings.fps) : null;
  return given
    .map(([key, value]): [string, SettingValue] => [key, key === 'fps' ? (rate ?? value) : value])
    .sort(([a], [b]) => rank(a) - rank(b));
}

const isSame = (value: SettingValue, other: unknown) => JSON.stringify(value) === JSON.stringify(other);

function settingLine(key: string, value: SettingValue): string {
  const isUnits = Array.isArray(value) && value.some((item) => typeof item === 'object');
  if (isUnits) return [`${key}:`, ...value.map((item) => `  - ${yaml(item)}`)].join('\n');
  return `${key}: ${yaml(value)}`;
}

/** A value on one line. */
function yaml(value: SettingValue): string {
  const document = new Document(value);
  visit(document, (_, node) => {
    if (isCollection(node)) node.flow = true;
    // Text on several lines is quoted, so that the value stays on its line.
    if (isScalar(node) && typeof node.value === 'string' && /[\r\n]/.test(node.value)) node.type = 'QUOTE_DOUBLE';
    // 0.1 + 0.2 of a slider.
    if (isScalar(node) && typeof node.value === 'number' && !Number.isInteger(node.value)) {
      node.value = Number(node.value.toPrecision(12));
    }
  });
  visit(document, {
    // Positions: `0`, not `"0"`.
    Pair(_, pair) {
      const key = pair.key;
      if (isScalar(key) && typeof key.value === 'string' && /^-?\d+$/.test(key.value)) key.value = Number(key.value);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}
