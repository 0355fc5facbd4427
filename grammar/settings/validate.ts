import type { z } from 'zod';
import { fractionIn } from '../../plan/frame-rate.ts';
import { otherPreprocessor } from '../../plan/other-preprocessors.ts';
import { otherSampler } from '../../plan/other-samplers.ts';
import type { TextSpan } from '../problem.ts';
import { didYouMean } from './did-you-mean.ts';
import { controlCharacterIn } from './escapes.ts';
import { partsOf } from './inspect.ts';
import type { SettingIssue } from './issues.ts';
import { type SettingKey, Settings } from './schema.ts';
import { REFINEMENTS, type Refinement } from './value-types.ts';
import type { YamlScalar, YamlValue } from './yaml-tree.ts';

export type ValidatedSetting =
  | { readonly ok: true; readonly value: unknown; readonly issues: readonly SettingIssue[] }
  | { readonly ok: false; readonly issues: readonly SettingIssue[] };

type SchemaIssue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A part of a setting and its place. */
interface Place {
  /** `controlnet › 0 › weight` */
  readonly name: string;
  readonly keySpan: TextSpan;
  readonly value: YamlValue;
  /** True if it is not written; `value` is then the map or list that it is missing from. */
  readonly missing: boolean;
}

/**
 * Checks one setting against the schema. Unknown keys inside it are left out; any other issue makes the whole setting
 * invalid. Spans are those of the YAML tree.
 */
export function validateSetting(key: SettingKey, keySpan: TextSpan, value: YamlValue): ValidatedSetting {
  const place = (path: Path) => placeAt({ name: key, keySpan, value, missing: false }, path);
  const plain = key === 'fps' ? withoutFraction(toPlain(value)) : toPlain(value);
  const first = Settings.shape[key].safeParse(plain);
  if (first.success) return { ok: true, value: first.data, issues: [] };
  const unrecognized = first.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
  const unknown = unrecognized.flatMap((issue) =>
    issue.keys.map((name) => unknownPart(key, place([...issue.path, name]), name, place(issue.path))),
  );
  for (const { path, keys } of unrecognized) removeKeys(plain, path, keys);
  const second = unrecognized.length > 0 ? Settings.shape[key].safeParse(plain) : first;
  if (second.success) return { ok: true, value: second.data, issues: unknown };
  return { ok: false, issues: [...unknown, ...second.error.issues.map((issue) => issueOf(issue, [], place))] };
}

/** YAML has no fractions. */
const withoutFraction = (value: unknown): unknown => (typeof value === 'string' ? (fractionIn(value) ?? value) : value);

/** YAML as plain data. */
function toPlain(value: YamlValue): unknown {
  switch (value.kind) {
    case 'scalar':
      return value.value;
    case 'list':
      return value.items.map(toPlain);
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key, toPlain(entry.value)]));
  }
}

function removeKeys(plain: unknown, path: Path, keys: readonly string[]): void {
  let target = plain;
  for (const step of path) target = isRecord(target) ? target[String(step)] : undefined;
  if (isRecord(target)) for (const key of keys) delete target[key];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function placeAt(root: Place, path: Path): Place {
  let place = root;
  for (const step of path) {
    const { value } = place;
    const name = `${place.name} › ${typeof step === 'number' ? step + 1 : String(step)}`;
    if (value.kind === 'map') {
      const entry = value.entries.find(({ key }) => key === String(step));
      if (!entry) return { name, keySpan: place.keySpan, value, missing: true };
      place = { name, keySpan: entry.keySpan, value: entry.value, missing: false };
    } else if (value.kind === 'list' && typeof step === 'number' && value.items[step]) {
      place = { name, keySpan: value.items[step].span, value: value.items[step], missing: false };
    } else {
      return { name, keySpan: place.keySpan, value, missing: true };
    }
  }
  return place;
}

function unknownPart(key: SettingKey, place: Place, name: string, parent: Place): SettingIssue {
  const meant = didYouMean(name, Object.keys(partsOf(Settings.shape[key])));
  return { kind: 'unknown-setting', name, parent: parent.name, meant, span: place.keySpan };
}

function issueOf(issue: SchemaIssue, above: Path, placeOf: (path: Path) => Place): SettingIssue {
  const path = [...above, ...issue.path];
  const place = placeOf(path);
  const { name, value, keySpan } = place;
  const span = value.span.end > value.span.start ? value.span : keySpan;
  const named = { name, written: written(value), span };
  const expected = () => TYPE_NAMES[issue.code === 'invalid_type' ? issue.expected : ''] ?? 'another type';
  if (!place.missing && value.kind === 'scalar' && value.value === null) {
    return { kind: 'setting-type', ...named, written: null, expected: expected(), better: null };
  }

  switch (issue.code) {
    case 'invalid_union': {
      // The only unions are values that may be a map of positions.
      const branch = issue.errors[value.kind === 'map' ? 1 : 0]?.[0];
      return branch
        ? issueOf(branch, path, placeOf)
        : { kind: 'setting-value', reason: 'other', message: issue.message, ...named };
    }
    case 'invalid_key': {
      const inner = issue.issues[0];
      return inner ? refined(inner, { ...named, written: String(path.at(-1)), span: keySpan }) : refined(issue, named);
    }
    case 'invalid_type': {
      if (place.missing) return { kind: 'setting-missing', ...named, expected: expected() };
      const better = value.kind === 'scalar' ? betterScalar(issue.expected, value) : null;
      const type = issue.expected === 'array' && better !== null ? `a list, as in ${better}` : expected();
      const advice = issue.expected === 'string' && value.kind !== 'scalar' ? pathAdvice(placeOf([]).name, path) : null;
      return { kind: 'setting-type', ...named, expected: type, better, ...(advice !== null && { advice }) };
    }
    case 'too_small':
      if (issue.origin === 'array' && name === 'save') return { kind: 'nothing-to-save', span };
      if (issue.origin === 'string') return { kind: 'setting-value', reason: 'empty', ...named };
      return {
        kind: 'setting-range',
        ...named,
        bound: issue.inclusive ? 'at least' : 'above',
        limit: Number(issue.minimum),
      };
    case 'too_big':
      return {
        kind: 'setting-range',
        ...named,
        bound: issue.inclusive ? 'at most' : 'below',
        limit: Number(issue.maximum),
      };
    case 'invalid_value': {
      const source = value.kind === 'scalar' ? value.source : null;
      const other = path.at(-1) === 'preprocessor' && source !== null ? otherPreprocessor(source) : null;
      if (other !== null) return { kind: 'setting-value', reason: 'other', message: other, ...named };
      const choices = issue.values.map(String);
      return { kind: 'setting-value', reason: 'choice', choices, ...meantBy(name, value, choices), ...named };
    }
    default:
      return refined(issue, named);
  }
}

/** The choice that was probably meant. Samplers have other names in other programs, some of which contain a schedule. */
function meantBy(
  name: string,
  value: YamlValue,
  choices: readonly string[],
): { readonly meant: string | null; readonly schedule?: string } {
  if (value.kind !== 'scalar') return { meant: null };
  const text = String(value.value);
  const isChoice = choices.some((choice) => choice.toLowerCase() === text.toLowerCase());
  const other = name === 'sampler' && !isChoice ? otherSampler(text) : null;
  if (!other) return { meant: didYouMean(value.source, choices) };
  return { meant: other.sampler, ...(other.schedule !== null && { schedule: other.schedule }) };
}

/** The issue of a type's own refinement. */
function refined(issue: SchemaIssue, named: { name: string; written: string | null; span: TextSpan }): SettingIssue {
  switch (refinementOf(issue)) {
    case 'link':
      return { kind: 'link', scheme: schemeOf(named.written ?? ''), span: named.span };
    case 'not-a-position':
      return { kind: 'setting-position', ...named };
    case 'definition-name':
      return { kind: 'definition-name', ...named };
    case 'not-multiple-of-8':
      return { kind: 'size-not-multiple-of-8', ...named };
    case 'control-character': {
      const character = controlCharacterIn(String(issue.input)) ?? 'a control character';
      return { kind: 'setting-value', reason: 'control-character', character, unintended: null, ...named };
    }
    case 'no-position':
      return { kind: 'setting-value', reason: 'no-position', ...named };
    case 'video-source':
      return { kind: 'setting-value', reason: 'video-source', ...named };
    case 'transition':
    case null:
      return { kind: 'setting-value', reason: 'other', message: issue.message, ...named };
  }
}

/** @param text of an address, in quotation marks */
function schemeOf(text: string): 'data' | 'file' | 'other' {
  return /^“data:/i.test(text) ? 'data' : /^“file:/i.test(text) ? 'file' : 'other';
}

function refinementOf(issue: SchemaIssue): Refinement | null {
  const given: unknown = issue.code === 'custom' ? issue.params?.refinement : null;
  return REFINEMENTS.find((known) => known === given) ?? null;
}

/** How to write what a list or a map in the place of a path was probably meant to be. */
function pathAdvice(setting: string, path: Path): string | null {
  if (setting !== 'controlnet') return null;
  switch (path[1]) {
    case 'video':
      return 'Write its path. `from`, `to` and `repeat` belong to the shared `video`, which a unit without an input uses.';
    case 'image':
      return 'Write one path, a map of positions as in {0: a.png, 8: b.png}, or the folder of several images as `batch`.';
    case 'batch':
      return 'Write the path of one folder.';
    default:
      return null;
  }
}

/** The schema's types in words. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  string: 'text',
  array: 'a list, as in [a, b]',
  object: 'a map, as in {key: value}',
  record: 'a map, as in {key: value}',
};

/** Longer values are cut off in messages. */
const MOST_SHOWN = 40;

function written(value: YamlValue): string {
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'map') return 'a map';
  return `“${value.source.length > MOST_SHOWN ? `${value.source.slice(0, MOST_SHOWN)}…` : value.source}”`;
}

/** The same value in the expected type, if there is only one way to write it. */
function betterScalar(expected: string, { value, source }: YamlScalar): string | null {
  const word = source.trim();
  switch (expected) {
    case 'string':
      return typeof value === 'string' ? null : JSON.stringify(source);
    case 'array':
      return typeof value === 'string' && /^[\w, ]+$/.test(word) ? `[${word}]` : null;
    case 'boolean':
      if (/^(?:yes|on|1)$/i.test(word)) return 'true';
      return /^(?:no|off|0)$/i.test(word) ? 'false' : null;
    case 'number':
    case 'int': {
      const number = word.replace(',', '.');
      return /^[+-]?\d+(?:\.\d+)?$/.test(number) && typeof value === 'string' ? number : null;
    }
    default:
      return null;
  }
}
