import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ISSUE_CHECKS } from '../../../grammar/checks/settings/all.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { SETTING_KEYS } from '../../../grammar/settings/schema.ts';
import { runs } from '../../property-runs.ts';

const OFFSET = 4;

/** What the checks make of the issues of some settings, in the order of the text. */
function problemsOf(text: string, offset = 0) {
  const { issues } = readSettings(text, offset);
  const problems = ISSUE_CHECKS.flatMap((check) => check.explainAll(issues));
  expect(problems).toHaveLength(issues.length);
  return problems.sort((a, b) => a.span.start - b.span.start);
}

/** The only problem of a front matter, with the text it points at and the text after its first fix. */
function only(text: string) {
  const { settings } = readSettings(text, OFFSET);
  const problems = problemsOf(text, OFFSET);
  expect(problems).toHaveLength(1);
  const [problem] = problems;
  const { span, fixes = [] } = problem!;
  const document = `---\n${text}`;
  const at = document.slice(span.start, span.end);
  const fixed = [...(fixes[0]?.edits ?? [])]
    .reverse()
    .reduce((all, edit) => all.slice(0, edit.span.start) + edit.text + all.slice(edit.span.end), document);
  return { ...problem!, settings, at, fixed: fixes.length > 0 ? fixed.slice(OFFSET) : null };
}

describe('readSettings', () => {
  it('reads the opening example of the language', () => {
    const text = [
      'frames: 32',
      'fps: 8',
      'closed_loop: N',
      'seed: 42',
      'negative_prompt: render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)',
      'save: [webp, mp4]',
    ].join('\n');
    expect(readSettings(text, OFFSET)).toMatchObject({
      issues: [],
      settings: {
        frames: 32,
        fps: 8,
        closed_loop: 'N',
        seed: 42,
        negative_prompt: 'render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)',
        save: ['webp', 'mp4'],
      },
    });
  });

  it('gives the place of every part of a setting', () => {
    const text = 'fps: 12\r\ncfg_scale: {0: 7, 50%: 9.5}\r\ncontrolnet:\r\n  - model: pose\r\n    weight: 0.8\r\n';
    const { spans, issues, settings } = readSettings(text, 0);
    const texts = Object.fromEntries(
      [...spans].map(([path, { key, value }]) => [path, [key, value].map(({ start, end }) => text.slice(start, end))]),
    );
    expect(issues).toEqual([]);
    expect(settings.cfg_scale).toEqual({ '0': 7, '50%': 9.5 });
    expect(texts).toMatchObject({
      fps: ['fps', '12'],
      cfg_scale: ['cfg_scale', '{0: 7, 50%: 9.5}'],
      'cfg_scale.50%': ['50%', '9.5'],
      'controlnet.0.model': ['model', 'pose'],
      'controlnet.0.weight': ['weight', '0.8'],
    });
    expect(settings.controlnet?.[0]).toMatchObject({ model: 'pose', weight: 0.8, start: 0, end: 1 });
  });

  it('reads no settings from nothing, empty lines, and comments', () => {
    for (const text of ['', '\n\n', '# nothing here\n']) {
      expect(readSettings(text, 0)).toMatchObject({ settings: {}, issues: [] });
    }
  });

  it.each([
    ['frmes: 32', 'travel/unknown-setting', 'frmes', 'frames: 32'],
    ['Closed-Loop: N', 'travel/unknown-setting', 'Closed-Loop', 'closed_loop: N'],
    ['video_length: 32', 'travel/unknown-setting', 'video_length', 'frames: 32'],
    ['fps: 8\nfps: 12', 'travel/duplicate-setting', 'fps', 'fps: 8\n'],
    ['fps: fast', 'travel/setting-type', 'fast', null],
    ['fps: 7,5', 'travel/setting-type', '7,5', 'fps: 7.5'],
    ['frames: "32"', 'travel/setting-type', '"32"', 'frames: 32'],
    ['frames: 1.5', 'travel/setting-type', '1.5', null],
    ['fps: 0', 'travel/setting-range', '0', null],
    ['frames: 0', 'travel/setting-range', '0', 'frames: 1'],
    ['overlap: -2', 'travel/setting-range', '-2', 'overlap: -1'],
    ['cfg_scale: 700', 'travel/setting-range', '700', 'cfg_scale: 100'],
    ['cfg_scale: {0: 7, 50%: 700}', 'travel/setting-range', '700', 'cfg_scale: {0: 7, 50%: 100}'],
    ['cfg_scale: {0: 7, half: 9}', 'travel/setting-position', 'half', null],
    ['cfg_scale: {}', 'travel/setting-value', '{}', null],
    ['cfg_scale: high', 'travel/setting-type', 'high', null],
    ['closed_loop: R', 'travel/setting-value', 'R', null],
    ['sampler: Euler A', 'travel/setting-value', 'Euler A', 'sampler: Euler a'],
    ['save: [webp, avi]', 'travel/setting-value', 'avi', null],
    ['save: mp4', 'travel/setting-type', 'mp4', 'save: [mp4]'],
    ['save: []', 'travel/nothing-to-save', '[]', 'save: [webp]'],
    ['unload_models: yes', 'travel/setting-type', 'yes', 'unload_models: true'],
    ['negative_prompt: 1984', 'travel/setting-type', '1984', 'negative_prompt: "1984"'],
    ['seed:', 'travel/setting-type', 'seed', null],
    ['closed_loop:', 'travel/setting-type', 'closed_loop', null],
    ['motion_module:', 'travel/setting-type', 'motion_module', null],
    ['save: [webp, null]', 'travel/setting-type', 'null', null],
    ['width: 513', 'travel/size-not-multiple-of-8', '513', null],
    ['transition: eased', 'travel/setting-value', 'eased', null],
    ['transition: cubic-bezier(2, 0, 1, 1)', 'travel/setting-value', 'cubic-bezier(2, 0, 1, 1)', null],
    ['video: {source: "https://youtu.be/abc"}', 'travel/link', '"https://youtu.be/abc"', null],
    ['init_image: "data:image/png;base64,iVBORw0KGgo="', 'travel/link', '"data:image/png;base64,iVBORw0KGgo="', null],
    ['video: {source: a.mp4, to: 0}', 'travel/setting-range', '0', null],
    ['video: {source: a.mp4, from: 1, to: -1}', 'travel/setting-range', '-1', null],
    ['video: {source: a.mp4, from: 2, to: 1}', 'travel/setting-value', '1', null],
    ['video: {source: a.mp4, from: 2, to: 2}', 'travel/setting-value', '2', null],
    ['video: youtube', 'travel/setting-type', 'youtube', null],
    ['video: {}', 'travel/setting-value', '{}', null],
    ['define: {two words: x}', 'travel/definition-name', 'two words', null],
    ['controlnet: [{weight: 1}]', 'travel/setting-missing', '{weight: 1}', null],
    ['controlnet: [{model: a, wieght: 1}]', 'travel/unknown-setting', 'wieght', 'controlnet: [{model: a, weight: 1}]'],
    ['frames:32', 'travel/setting-missing-space', ':', 'frames: 32'],
    ['seed: &a 1', 'travel/front-matter-syntax', '1', null],
    ['negative_prompt: bad: hands', 'travel/front-matter-syntax', 'bad: hands', 'negative_prompt: "bad: hands"'],
    ['negative_prompt: @home', 'travel/front-matter-syntax', '@home', 'negative_prompt: "@home"'],
    ['- a', 'travel/front-matter-syntax', '- a', null],
    ['just words', 'travel/front-matter-syntax', 'just words', null],
    ['vae: !file x', 'travel/front-matter-syntax', '!file x', 'vae: "!file x"'],
    ['fram', 'travel/front-matter-syntax', 'fram', null],
  ])('finds one problem in %j', (text, code, at, fixed) => {
    expect(only(text)).toMatchObject({ code, at, fixed });
  });

  it.each([
    ['sampler: DPM++ 2M SDE Karras', 'Write `sampler: DPM++ 2M SDE` and `schedule: karras`.'],
    ['sampler: DPM++ SDE Karras', 'Write `sampler: DPM++ SDE` and `schedule: karras`.'],
    ['sampler: DDIM Karras', 'Did you mean “DDIM”? Valid values include '],
    ['sampler: dpmpp_2m', 'Did you mean “DPM++ 2M”? Valid values include '],
    ['sampler: EulerDiscreteScheduler', 'Did you mean “Euler”? Valid values include '],
    ['sampler: heunpp2', '; docs/settings.md lists all 21.'],
    ['schedule: dpmpp_2m', '; docs/settings.md lists all 12.'],
    ['closed_loop: x', 'Valid values: N, R-P, R+P, A.'],
    ['controlnet: [{model: a, preprocessor: none2}]', '; docs/settings.md lists all 37.'],
  ])('tells the values of %j', (text, message) => {
    expect(problemsOf(text)[0]!.message).toContain(message);
  });

  it('keeps the settings around one that is being typed', () => {
    const text = 'fps: 8\ndefine:\n  a: b\nfra # soon\r\nframes: 24\nco';
    const { settings, issues } = readSettings(text, 0);
    expect(settings).toEqual({ fps: 8, define: { a: 'b' }, frames: 24 });
    expect(issues.map(({ span }) => text.slice(span.start, span.end))).toEqual(['fra', 'co']);
  });

  it.each([
    ['save: [gif\nfps: 8', 'This list is never closed. Add a `]` at its end.'],
    ['define: {a: b', 'This map is never closed. Add a `}` at its end.'],
    ['define: {a: "b\nfps: 8', 'This value has no closing quotation mark. Add one at its end.'],
    [
      'negative_prompt: "a\nfps: 8',
      'A quote (") starts this value, but does not end it. YAML reads only the part in quotes. Put the whole value in quotes.',
    ],
    ['save: ["gif" "webp"]', 'A comma is missing between two values. Add one.'],
    ['my key\nfps: 8', 'This is not a setting. Write `key: value`, as in `frames: 32`.'],
  ])('explains what is wrong with %j', (text, message) => {
    expect(problemsOf(text)[0]).toMatchObject({ code: 'travel/front-matter-syntax', message });
  });

  it('keeps the other settings when one line is wrong', () => {
    const { settings, issues } = readSettings('fps: x\nframes:32\nseed: 7\nnot_a_setting: 1\n', 0);
    expect(settings).toEqual({ frames: 32, seed: 7 });
    expect(issues.map(({ kind }) => kind)).toEqual(['setting-type', 'setting-missing-space', 'unknown-setting']);
  });

  it('keeps places right after lines with a missing space', () => {
    const text = 'frames:32\nfps:8\nseed: x\n';
    const { spans, issues } = readSettings(text, 100);
    const { value } = spans.get('seed')!;
    expect(text.slice(value.start - 100, value.end - 100)).toBe('x');
    expect(spans.get('fps')).toEqual({ key: { start: 110, end: 113 }, value: { start: 114, end: 115 } });
    expect(issues.map(({ span }) => span)).toEqual([
      { start: 106, end: 107 },
      { start: 113, end: 114 },
      { start: 122, end: 123 },
    ]);
  });

  it('replaces a tab that indents', () => {
    const text = 'define:\n\thero: woman\n';
    expect(problemsOf(text).find(({ message }) => message.includes('tab'))).toMatchObject({
      code: 'travel/front-matter-syntax',
      span: { start: 8, end: 9 },
      fixes: [{ mechanical: false, edits: [{ text: '  ' }] }],
    });
  });

  it('refuses aliases, which can expand a small text to a huge one', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [*${'abcdefgh'[i]}, *${'abcdefgh'[i]}]`),
    ];
    expect(problemsOf(bomb.join('\n')).some(({ message }) => message.includes('aliases'))).toBe(true);
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', 'define: '.concat('{a: '.repeat(50_000))],
    ['dashes', '- '.repeat(50_000)],
  ])('refuses a hundred thousand nested %s', (_, text) => {
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ code: 'travel/front-matter-syntax', severity: 'error' }),
    ]);
  });

  it('reads twenty thousand definitions', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `  name_${i}: piece ${i}`);
    const { settings, issues } = readSettings(`define:\n${lines.join('\n')}\n`, 0);
    expect(issues).toEqual([]);
    expect(Object.keys(settings.define ?? {})).toHaveLength(20_000);
  });

  it('never lets a key reach the prototype', () => {
    const { settings } = readSettings('__proto__: {fps: 3}\ndefine: {__proto__: x, constructor: y}', 0);
    expect(Object.getPrototypeOf(settings)).toBe(Object.prototype);
    expect(settings.fps).toBeUndefined();
    expect(settings.define).not.toHaveProperty('fps');
  });

  it('gives spans inside the text for any text', () => {
    const line = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom(...SETTING_KEYS), fc.string({ unit: 'binary' }))
        .map(([key, value]) => `${key}: ${value}`),
      fc
        .tuple(
          fc.constantFrom(...SETTING_KEYS),
          fc.constantFrom('[', '{a: ', '"', '&x ', '*x', '!t', '\t- ', '|\n ', '{0: 1'),
        )
        .map(([key, value]) => `${key}:${value}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.nat(50), (lines, offset) => {
        const text = lines.join('\n');
        const { spans } = readSettings(text, offset);
        const problems = problemsOf(text, offset);
        const places = [
          ...problems.flatMap(({ span, fixes = [] }) => [
            span,
            ...fixes.flatMap(({ edits }) => edits.map((e) => e.span)),
          ]),
          ...[...spans.values()].flatMap(({ key, value }) => [key, value]),
        ];
        for (const { start, end } of places) {
          expect(start).toBeGreaterThanOrEqual(offset);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(offset + text.length + 1);
        }
      }),
      runs(500),
    );
  });
});
