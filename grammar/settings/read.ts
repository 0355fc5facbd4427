import type { Problem, TextSpan } from '../problem.ts';
import { didYouMean } from './did-you-mean.ts';
import { type GivenSettings, isSettingKey, SETTING_KEYS } from './schema.ts';
import { validateSetting } from './validate.ts';
import { FORM, parseYaml, type YamlValue } from './yaml-tree.ts';

/** Where a setting, or a part of one, is written. */
export interface SettingSpan {
  readonly key: TextSpan;
  readonly value: TextSpan;
}

export interface ReadSettings {
  /** The settings that are valid; one with an error is missing here. */
  readonly settings: GivenSettings;
  /** By path: `fps`, `cfg_scale.50%`, `controlnet.0.weight`. An item of a list has its value's span as its key's. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  readonly problems: readonly Problem[];
}

/** What other tools call our settings. */
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
 * Reads a file's settings. Never throws: whatever is wrong is a problem with the place where it is.
 * @param text the front matter without its `---` lines
 * @param offset where `text` begins in the document; every span is in the document
 */
export function readSettings(text: string, offset: number): ReadSettings {
  const repaired = insertMissingBlanks(text);
  const { root, problems: yamlProblems } = parseYaml(repaired.text);
  const problems: Problem[] = [...yamlProblems];
  const settings: Record<string, unknown> = {};
  const spans = new Map<string, SettingSpan>();

  if (root?.kind === 'map') {
    for (const { key, keySpan, value } of root.entries) {
      if (!isSettingKey(key)) {
        problems.push(unknownSetting(key, keySpan));
        continue;
      }
      collectSpans(key, keySpan, value, spans);
      // What a broken line was read as says nothing about what is meant; its first problem is enough.
      const broken = yamlProblems.some(({ span }) => span.start >= keySpan.start && span.start <= value.span.end);
      if (broken) continue;
      const checked = validateSetting(key, keySpan, value);
      problems.push(...checked.problems);
      if (checked.ok) settings[key] = checked.value;
    }
  } else if (root && !(root.kind === 'scalar' && root.value === null)) {
    problems.push({
      code: 'travel/front-matter-syntax',
      severity: 'error',
      message: FORM,
      span: root.span,
    });
  }

  const place = (span: TextSpan): TextSpan => ({
    start: offset + repaired.original(span.start),
    end: offset + repaired.original(span.end),
  });
  const placed = [
    ...problems.map((problem) => movedProblem(problem, place)),
    ...repaired.insertions.map(missingBlank(offset)),
  ];
  return {
    // Every value came out of its own key's schema.
    settings: settings as GivenSettings,
    spans: new Map([...spans].map(([path, { key, value }]) => [path, { key: place(key), value: place(value) }])),
    problems: placed.sort((a, b) => a.span.start - b.span.start),
  };
}

function unknownSetting(key: string, span: TextSpan): Problem {
  const meant = (Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key] : null) ?? didYouMean(key, SETTING_KEYS);
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return {
    code: 'travel/unknown-setting',
    severity: 'warning',
    message: `There is no setting “${shown}”, so this line does nothing.${meant ? ` Did you mean “${meant}”?` : ''}`,
    span,
    fixes: meant ? [{ title: `Change to “${meant}”`, edits: [{ span, text: meant }], mechanical: false }] : [],
  };
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
  /** Offsets in the original at which a blank was put. */
  readonly insertions: readonly number[];
  /** The original offset of an offset in `text`. */
  original(offset: number): number;
}

/**
 * `frames:32` is no setting in YAML, and makes the next line unreadable too. The blank is put in for reading, so that
 * one mistake is one problem; only after settings that exist, for `a:b` may be meant.
 */
function insertMissingBlanks(text: string): RepairedText {
  const insertions: number[] = [];
  const repaired = text.replaceAll(/^([a-z_]+):(?=[^\s:])/gm, (match, key: string, at: number) => {
    if (!isSettingKey(key)) return match;
    insertions.push(at + match.length);
    return `${match} `;
  });
  const original = (offset: number): number => {
    // The i-th blank stands at insertions[i] + i in the repaired text.
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

const missingBlank =
  (offset: number) =>
  (at: number): Problem => ({
    code: 'travel/setting-missing-space',
    severity: 'error',
    message: 'A blank is missing after the colon; YAML reads the line as one word without it.',
    span: { start: offset + at - 1, end: offset + at },
    fixes: [
      {
        title: 'Insert a blank',
        edits: [{ span: { start: offset + at, end: offset + at }, text: ' ' }],
        mechanical: true,
      },
    ],
  });

function movedProblem(problem: Problem, place: (span: TextSpan) => TextSpan): Problem {
  return {
    ...problem,
    span: place(problem.span),
    ...(problem.related && { related: problem.related.map((item) => ({ ...item, span: place(item.span) })) }),
    ...(problem.fixes && {
      fixes: problem.fixes.map((fix) => ({
        ...fix,
        edits: fix.edits.map((edit) => ({ ...edit, span: place(edit.span) })),
      })),
    }),
  };
}
