import type { TextSpan } from '../problem.ts';
import { didYouMean } from './did-you-mean.ts';
import type { SettingIssue } from './issues.ts';
import { type GivenSettings, isSettingKey, SETTING_KEYS } from './schema.ts';
import { findUnquotedText } from './unquoted-text.ts';
import { validateSetting } from './validate.ts';
import { parseYaml, type YamlValue } from './yaml-tree.ts';

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
  const { root, issues: found } = parseYaml(unquoted.text);
  const yamlIssues = [...found, ...unquoted.issues.filter(({ reason }) => reason === 'unquoted')];
  const issues: SettingIssue[] = [...found, ...unquoted.issues];
  const settings: Record<string, unknown> = {};
  const spans = new Map<string, SettingSpan>();

  if (root?.kind === 'map') {
    for (const { key, keySpan, value } of root.entries) {
      if (!isSettingKey(key)) {
        issues.push(unknownSetting(key, keySpan));
        continue;
      }
      collectSpans(key, keySpan, value, spans);
      // The value of a broken line is not what was meant; its first issue is enough.
      const broken = yamlIssues.some(({ span }) => span.start >= keySpan.start && span.start <= value.span.end);
      if (broken) continue;
      const checked = validateSetting(key, keySpan, value);
      issues.push(...checked.issues);
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
