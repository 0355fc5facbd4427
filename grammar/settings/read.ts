import type { TextSpan } from '../problem.ts';
import { didYouMean } from './did-you-mean.ts';
import { settingFileKind } from './entries.ts';
import { controlCharacterIn, unintendedEscapes } from './escapes.ts';
import type { SettingIssue, Unintended } from './issues.ts';
import { type GivenSettings, isSettingKey, SETTING_KEYS, type SettingKey } from './schema.ts';
import { settingName } from './setting-name.ts';
import { findUnquotedText } from './unquoted-text.ts';
import { type ValidatedSetting, validateSetting } from './validate.ts';
import { DEFINITION_NAME } from './value-types.ts';
import { parseYaml, type YamlEntry, type YamlScalar, type YamlValue } from './yaml-tree.ts';

/** The place of a setting, or of a part of one. */
export interface SettingSpan {
  readonly key: TextSpan;
  readonly value: TextSpan;
}

export interface ReadSettings {
  /** The valid settings. */
  readonly settings: GivenSettings;
  /** By path: `fps`, `cfg_scale.50%`, `controlnet.0.weight`. The key of a list's item has the span of its value. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  /** In the order of the text. */
  readonly issues: readonly SettingIssue[];
}

/** Names of the same settings in other tools. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  batch_size: 'context',
  cfg: 'cfg_scale',
  format: 'save',
  guidance_scale: 'cfg_scale',
  interp: 'interpolate',
  length: 'frames',
  loop_number: 'loop',
  model: 'checkpoint',
  motion_model: 'motion_module',
  negative: 'negative_prompt',
  sampler_name: 'sampler',
  scheduler: 'schedule',
  video_length: 'frames',
  video_path: 'video',
  video_source: 'video',
};

/**
 * Reads a file's settings. Never throws: whatever is wrong is an issue with its place.
 * @param text the front matter without its `---` lines
 * @param offset of `text` in the document; every span is in the document
 */
export function readSettings(text: string, offset: number): ReadSettings {
  const repaired = insertMissingSpaces(text);
  const unquoted = findUnquotedText(repaired.text);
  const { root: tree, issues: found } = parseYaml(unquoted.text);
  const inPaths = tree?.kind === 'map' ? tree.entries.flatMap((entry) => escapesInPaths(entry, unquoted.text)) : [];
  const inText = [...unquoted.issues, ...inPaths];
  const explained = new Set(inPaths.map(({ span }) => span.start));
  const issues: SettingIssue[] = [
    ...found.filter((issue) => !(isBackslash(issue) && explained.has(issue.span.start))),
    ...inText,
  ];
  const broken = new BrokenPlaces(found.filter((issue) => !isBackslash(issue)));
  const root = tree && withMeantTexts(tree, inText);
  const settings: Record<string, unknown> = {};
  const spans = new Map<string, SettingSpan>();

  if (root?.kind === 'map') {
    for (const entry of root.entries) {
      const { key, keySpan, value } = entry;
      if (!isSettingKey(key)) {
        issues.push(unknownSetting(key, keySpan));
        continue;
      }
      collectSpans(key, keySpan, value, spans);
      const checked = key === 'define' ? readDefinitions(entry, broken) : readSetting(key, entry, broken);
      for (const issue of checked.issues) issues.push(issue);
      if (checked.ok) settings[key] = checked.value;
    }
  } else if (root && !(root.kind === 'scalar' && root.value === null)) {
    issues.push({ kind: 'front-matter-syntax', reason: 'not-a-setting', span: root.span });
  }

  const place = (span: TextSpan): TextSpan => ({
    start: offset + repaired.original(span.start),
    end: offset + repaired.original(span.end),
  });
  const missingSpaces = repaired.insertions.map(
    (at): SettingIssue => ({ kind: 'setting-missing-space', span: { start: offset + at - 1, end: offset + at } }),
  );
  return {
    // Every value was parsed by the schema of its own key.
    settings: settings as GivenSettings,
    spans: new Map([...spans].map(([path, { key, value }]) => [path, { key: place(key), value: place(value) }])),
    issues: [...issues.map((issue) => moved(issue, place)), ...missingSpaces].sort(
      (a, b) => a.span.start - b.span.start,
    ),
  };
}

function unknownSetting(name: string, span: TextSpan): SettingIssue {
  const meant = (Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : null) ?? didYouMean(name, SETTING_KEYS);
  return { kind: 'unknown-setting', name, parent: null, meant, span };
}

/** What is wrong with a broken entry is reported already. */
function readSetting(key: SettingKey, entry: YamlEntry, broken: BrokenPlaces): ValidatedSetting {
  return broken.touch(entry) ? { ok: false, issues: [] } : validateSetting(key, entry.keySpan, entry.value);
}

/** Each definition for itself: one that is wrong costs only its own text. Its name stays defined if it is a name. */
function readDefinitions(entry: YamlEntry, broken: BrokenPlaces): ValidatedSetting {
  const { keySpan, value } = entry;
  if (value.kind !== 'map') return readSetting('define', entry, broken);
  const definitions = new Map<string, unknown>();
  const issues: SettingIssue[] = [];
  for (const definition of value.entries) {
    const { key, value: text } = definition;
    const alone: YamlEntry = { key: entry.key, keySpan, value: { ...value, entries: [definition] } };
    const checked: ValidatedSetting = broken.touch(definition)
      ? { ok: false, issues: [] }
      : validateSetting('define', keySpan, alone.value);
    for (const issue of checked.issues) issues.push(issue);
    if (checked.ok || DEFINITION_NAME.test(key)) definitions.set(key, text.kind === 'scalar' ? text.source : '');
  }
  return { ok: true, value: Object.fromEntries(definitions), issues };
}

/**
 * Where YAML cannot read what is written. The value of a broken line is not what was meant; its first issue is enough.
 */
class BrokenPlaces {
  readonly #starts: readonly number[];

  constructor(issues: readonly SettingIssue[]) {
    this.#starts = issues.map(({ span }) => span.start).sort((a, b) => a - b);
  }

  /** Whether one of them is in an entry. */
  touch({ keySpan, value }: YamlEntry): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! < keySpan.start) low = middle + 1;
      else high = middle;
    }
    const first = this.#starts[low];
    return first !== undefined && first <= value.span.end;
  }
}

/** The tree with the texts that were meant, so that what else is wrong with them is found, too. */
function withMeantTexts(value: YamlValue, issues: readonly SettingIssue[]): YamlValue {
  const texts = new Map(
    issues.flatMap((issue) => {
      const text = meantText(issue);
      return text === null ? [] : [[issue.span.start, text] as const];
    }),
  );
  const replaced = (part: YamlValue): YamlValue => {
    if (part.kind === 'list') return { ...part, items: part.items.map(replaced) };
    if (part.kind === 'map') {
      return { ...part, entries: part.entries.map((entry) => ({ ...entry, value: replaced(entry.value) })) };
    }
    const text = texts.get(part.span.start);
    return text === undefined ? part : { ...part, value: text, source: text };
  };
  return texts.size === 0 ? value : replaced(value);
}

function meantText(issue: SettingIssue): string | null {
  if (issue.kind === 'setting-value' && issue.reason === 'control-character') return issue.unintended?.meant ?? null;
  if (issue.kind !== 'front-matter-syntax') return null;
  if (issue.reason === 'unquoted') return issue.value;
  return issue.reason === 'backslash' && !issue.isReadable ? issue.meant : null;
}

const isBackslash = (issue: SettingIssue) => issue.kind === 'front-matter-syntax' && issue.reason === 'backslash';

/** Escapes in the paths of a setting. Nobody means a line break in one. */
function escapesInPaths({ key, value }: YamlEntry, text: string): SettingIssue[] {
  switch (value.kind) {
    case 'map':
      return value.entries.flatMap((entry) => escapesInPaths({ ...entry, key: `${key}.${entry.key}` }, text));
    case 'list':
      return value.items.flatMap((item) => escapesInPaths({ key, keySpan: item.span, value: item }, text));
    case 'scalar': {
      const written = text.slice(value.span.start, value.span.end);
      const isPath = key === 'output' || settingFileKind(key) !== null;
      const unintended = written.startsWith('"') && isPath ? unintendedEscapes(written, true) : null;
      return unintended ? [issueInPath(key, value, unintended)] : [];
    }
  }
}

function issueInPath(path: string, { span, value, source }: YamlScalar, unintended: Unintended): SettingIssue {
  const isKnown = unintended.escapes.every(({ meaning }) => meaning !== null);
  const character = controlCharacterIn(String(value));
  if (!isKnown || character === null) {
    return { kind: 'front-matter-syntax', reason: 'backslash', span, isReadable: isKnown, ...unintended };
  }
  const name = settingName(path);
  return { kind: 'setting-value', reason: 'control-character', name, written: source, span, character, unintended };
}

function collectSpans(path: string, key: TextSpan, value: YamlValue, spans: Map<string, SettingSpan>): void {
  spans.set(path, { key, value: value.span });
  if (value.kind === 'map') {
    for (const entry of value.entries) collectSpans(`${path}.${entry.key}`, entry.keySpan, entry.value, spans);
  } else if (value.kind === 'list') {
    for (const [i, item] of value.items.entries()) collectSpans(`${path}.${i}`, item.span, item, spans);
  }
}

interface RepairedText {
  readonly text: string;
  /** Offsets in the original at which a space was inserted. */
  readonly insertions: readonly number[];
  /** The original offset of an offset in `text`. */
  original(offset: number): number;
}

/**
 * In YAML, `frames:32` is not a setting, and makes the next line unreadable, too. The space is inserted for reading, so
 * that one mistake is one issue; only after existing settings, because `a:b` may be intended.
 */
function insertMissingSpaces(text: string): RepairedText {
  const insertions: number[] = [];
  const repaired = text.replaceAll(/^([a-z_]+):(?=[^\s:])/gm, (match, key: string, at: number) => {
    if (!isSettingKey(key)) return match;
    insertions.push(at + match.length);
    return `${match} `;
  });
  const original = (offset: number): number => {
    // The i-th space is at insertions[i] + i in the repaired text.
    let low = 0;
    let high = insertions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (insertions[middle]! + middle < offset) low = middle + 1;
      else high = middle;
    }
    return offset - low;
  };
  return { text: repaired, insertions, original };
}

function moved(issue: SettingIssue, place: (span: TextSpan) => TextSpan): SettingIssue {
  const span = place(issue.span);
  if (issue.kind === 'front-matter-syntax' && issue.reason === 'cut-by-comment') {
    return { ...issue, span, text: place(issue.text) };
  }
  if (issue.kind !== 'duplicate-setting') return { ...issue, span };
  return { ...issue, span, first: place(issue.first), lines: issue.lines && place(issue.lines) };
}
