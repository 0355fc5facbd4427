import type { z } from 'zod';
import type { Fix, Problem, TextSpan } from '../problem.ts';
import { didYouMean } from './did-you-mean.ts';
import { type SettingKey, Settings } from './schema.ts';
import type { YamlScalar, YamlValue } from './yaml-tree.ts';

export type ValidatedSetting =
  | { readonly ok: true; readonly value: unknown; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A part of a setting and where it is written. */
interface Place {
  /** `controlnet › 0 › weight` */
  readonly name: string;
  readonly keySpan: TextSpan;
  readonly value: YamlValue;
  /** True where the path leads to nothing; `value` is what it is missing from. */
  readonly missing: boolean;
}

/**
 * Checks one setting against the schema. Unknown keys inside it are warnings and left out; all else that is wrong makes
 * the setting count as not given. Spans are those of the YAML tree.
 */
export function validateSetting(key: SettingKey, keySpan: TextSpan, value: YamlValue): ValidatedSetting {
  const place = (path: Path) => placeAt({ name: key, keySpan, value, missing: false }, path);
  const plain = toPlain(value);
  const first = Settings.shape[key].safeParse(plain);
  if (first.success) return { ok: true, value: first.data, problems: [] };
  const unknown = first.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
  const warnings = unknown.flatMap((issue) =>
    issue.keys.map((name) => unknownKey(place([...issue.path, name]), name, place(issue.path))),
  );
  for (const { path, keys } of unknown) removeKeys(plain, path, keys);
  const second = unknown.length > 0 ? Settings.shape[key].safeParse(plain) : first;
  if (second.success) return { ok: true, value: second.data, problems: warnings };
  return { ok: false, problems: [...warnings, ...second.error.issues.map((issue) => explain(issue, [], place))] };
}

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

function unknownKey(place: Place, name: string, parent: Place): Problem {
  const where = place.keySpan;
  return {
    code: 'travel/unknown-setting',
    severity: 'warning',
    message: `“${parent.name}” has no setting “${name.slice(0, 60)}”, so it does nothing.`,
    span: where,
  };
}

function explain(issue: Issue, above: Path, placeOf: (path: Path) => Place): Problem {
  const path = [...above, ...issue.path];
  const place = placeOf(path);
  const { name, value } = place;
  const error = (code: Problem['code'], message: string, fixes: readonly Fix[] = []): Problem => ({
    code,
    severity: 'error',
    message,
    span: value.span.end > value.span.start ? value.span : place.keySpan,
    fixes,
  });

  switch (issue.code) {
    case 'invalid_union': {
      // The only unions are numbers that may be a map of positions.
      const branch = issue.errors[value.kind === 'map' ? 1 : 0] ?? [];
      return branch[0] ? explain(branch[0], path, placeOf) : error('travel/setting-value', issue.message);
    }
    case 'invalid_key': {
      const inner = issue.issues[0];
      const code = inner?.code === 'custom' ? customCode(inner.params) : 'travel/setting-value';
      return { code, severity: 'error', message: inner?.message ?? issue.message, span: place.keySpan };
    }
    case 'invalid_type': {
      if (value.kind === 'scalar' && value.value === null) {
        return error('travel/setting-type', `“${name}” has no value. Write one, or remove the line.`);
      }
      const wanted = KINDS[issue.expected] ?? issue.expected;
      if (place.missing) {
        return error('travel/setting-missing', `“${name}” is missing; it takes ${wanted}.`);
      }
      return error(
        'travel/setting-type',
        `“${name}” takes ${wanted}, not ${shown(value)}.`,
        typeFixes(issue.expected, value),
      );
    }
    case 'too_small': {
      if (issue.origin === 'array') {
        if (path[0] === undefined && name === 'save') {
          const message = 'Nothing would be saved. Name at least one format, as in [webp].';
          return error('travel/nothing-to-save', message, [replace(value.span, '[webp]')]);
        }
        return error('travel/setting-range', `“${name}” is empty. Name at least ${issue.minimum}.`);
      }
      if (issue.origin === 'string')
        return error('travel/setting-value', `“${name}” is empty. Write a value, or remove it.`);
      const least = issue.inclusive === true ? `at least ${issue.minimum}` : `above ${issue.minimum}`;
      return error(
        'travel/setting-range',
        `“${name}” is ${least}; here it is ${shown(value)}.`,
        clamp(issue.inclusive === true, issue.minimum),
      );
    }
    case 'too_big':
      return error(
        'travel/setting-range',
        `“${name}” is at most ${issue.maximum}; here it is ${shown(value)}.`,
        clamp(issue.inclusive === true, issue.maximum),
      );
    case 'invalid_value':
      return choiceProblem(issue.values.map(String));
    case 'custom':
      return error(customCode(issue.params), `${name}: ${issue.message}`);
    default:
      return error('travel/setting-value', `${name}: ${issue.message}`);
  }

  function clamp(inclusive: boolean, limit: number | bigint): Fix[] {
    return inclusive ? [replace(value.span, `${limit}`)] : [];
  }

  function choiceProblem(choices: readonly string[]): Problem {
    const meant = value.kind === 'scalar' ? didYouMean(value.source, choices) : null;
    const hint = meant ? ` Did you mean ${meant}?` : '';
    return error(
      'travel/setting-value',
      `“${name}” is one of ${choices.join(', ')}; here it is ${shown(value)}.${hint}`,
      meant ? [replace(value.span, meant)] : [],
    );
  }
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
  array: 'a list, as in [a, b]',
  object: 'a map, as in {key: value}',
  record: 'a map, as in {key: value}',
};

function customCode(params: Record<string, unknown> | undefined): Problem['code'] {
  const code = params?.code;
  return typeof code === 'string' && code.startsWith('travel/')
    ? `travel/${code.slice('travel/'.length)}`
    : 'travel/setting-value';
}

function shown(value: YamlValue): string {
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'map') return 'a map';
  return `“${value.source.length > 40 ? `${value.source.slice(0, 40)}…` : value.source}”`;
}

function replace(span: TextSpan, text: string): Fix {
  return { title: `Change to ${text}`, edits: [{ span, text }], mechanical: false };
}

function typeFixes(expected: string, value: YamlValue): Fix[] {
  if (value.kind !== 'scalar') return [];
  const better = betterScalar(expected, value);
  return better === null ? [] : [replace(value.span, better)];
}

/** The same value in the form that was expected, where there is no doubt which. */
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
