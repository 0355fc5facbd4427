import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { parseSetting } from '../../../grammar/parse-setting.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';

const environment = testEnvironment({ outputRoot: null });

const serious = (text: string) =>
  checkTravel(text, environment).problems.filter(({ severity }) => severity === 'error' || severity === 'warning');

/** The settings after the first fix of the only problem of a settings block. */
function repaired(yaml: string) {
  const text = `---\n${yaml}\n---\na fox`;
  const found = serious(text).filter(({ code }) => /front-matter-syntax|setting-value/.test(code));
  expect([yaml, found.map(({ code }) => code)]).toEqual([yaml, [expect.anything()]]);
  const [problem] = found;
  const fixes = problem!.fixes ?? [];
  expect([yaml, fixes.length]).toEqual([yaml, 1]);
  const after = applyEdits(text, fixes[0]!.edits);
  const block = after.slice(4, after.lastIndexOf('\n---\n'));
  const read = readSettings(block, 0);
  expect([block, read.issues]).toEqual([block, []]);
  return { ...problem!, settings: read.settings, block };
}

/** Where a path can be, with the value in the settings. */
const PATHS: readonly (readonly [string, (path: string) => string, string[]])[] = [
  ['output', (path) => `output: ${path}`, ['output']],
  ['checkpoint', (path) => `checkpoint: ${path}`, ['checkpoint']],
  ['vae', (path) => `vae: ${path} # mine`, ['vae']],
  ['motion_module', (path) => `motion_module:   ${path}`, ['motion_module']],
  ['extends', (path) => `extends: ${path}`, ['extends']],
  ['mask', (path) => `frames: 8\nmask: ${path}\nfps: 8`, ['mask']],
  ['video, in braces', (path) => `video: {source: ${path}}`, ['video', 'source']],
  ['video, indented', (path) => `video:\n  source: ${path}`, ['video', 'source']],
  ['controlnet', (path) => `controlnet:\n  - model: pose\n    image: ${path}`, ['controlnet', '0', 'image']],
];

const valueAt = (settings: unknown, keys: readonly string[]): unknown =>
  keys.reduce((value, key) => (value as Record<string, unknown>)[key], settings);

describe('a path in double quotes', () => {
  it.each(
    PATHS.flatMap(([name, yaml, keys]) =>
      [
        'clips\\new\\take1',
        'C:\\sd\\models\\ink.safetensors',
        'C:\\temp\\file',
        'renders\\bird',
        'a\\0b',
        'a\\x41b\\q',
        'C:\\users\\me',
        "it's\\new",
        'D:\\',
        'C:\\clips\\',
      ].map((path) => ({ name, yaml, keys, path })),
    ).filter(({ name, path }) => !path.endsWith('\\') || !/controlnet|braces/.test(name)),
  )('$name: "$path" has one problem and one fix', ({ yaml, keys, path }) => {
    const { message, severity, settings } = repaired(yaml(`"${path}"`));
    expect(severity).toBe('error');
    expect(message).toContain('In double quotes, a backslash starts an escape.');
    expect(valueAt(settings, keys)).toBe(path);
  });

  it('is a warning if it has no control character', () => {
    for (const path of ['caf\\u00e9', 'caf\\xe9', 'a\\u0041b']) {
      expect(repaired(`output: "${path}"`)).toMatchObject({ severity: 'warning', settings: { output: path } });
    }
  });

  it('is read as it is with doubled backslashes, slashes, quotes, and in single quotes or none', () => {
    for (const value of ['"C:\\\\sd\\\\new"', '"a/b"', '"a \\"b\\""', '"a\\/b"', "'C:\\new\\take'", 'C:\\new\\take']) {
      expect([value, readSettings(`output: ${value}\nvideo: {source: ${value}}`, 0).issues]).toEqual([value, []]);
    }
  });

  it('for any path of Windows', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_ '.()-]{1,8}$/).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...PATHS),
        (names, [, yaml, keys]) => {
          const path = `C:\\${names.join('\\')}`;
          fc.pre(!/\\["\\/ ]/.test(path));
          expect(valueAt(repaired(yaml(`"${path}"`)).settings, keys)).toBe(path);
        },
      ),
      runs(200),
    );
  });
});

describe('a path with a control character', () => {
  it.each(['a\nb', 'a\tb', 'a\u0007', 'a\0', 'a\u2028b', '\u001b[0m'])('is refused on the command line: %j', (path) => {
    expect(parseSetting('output', path)).toMatchObject({ ok: false, message: expect.stringMatching(/contains a/) });
    expect(parseSetting('vae', path).ok).toBe(false);
    expect(parseSetting('negative_prompt', path).ok).toBe(true);
  });

  it('is an error in a file', () => {
    expect(serious('---\noutput: a\tb\n---\nx')).toMatchObject([{ code: 'travel/setting-value', severity: 'error' }]);
  });
});

/** Where a prompt can be. */
const PROMPTS: readonly (readonly [string, (text: string) => string, string[]])[] = [
  ['negative_prompt', (text) => `negative_prompt: ${text}`, ['negative_prompt']],
  ['define, in braces', (text) => `define: {saber: ${text}, other: b}`, ['define', 'saber']],
  ['define, indented', (text) => `define:\n  other: b\n  saber: ${text}`, ['define', 'saber']],
  ['define, in braces over lines', (text) => `define: {\n  saber: ${text},\n  other: b\n}`, ['define', 'saber']],
];

describe('a prompt in double quotes', () => {
  const cases = (texts: readonly string[]) =>
    PROMPTS.flatMap(([name, yaml, keys]) => texts.map((text) => ({ name, yaml, keys, text })));

  it.each(cases(['saber \\(fate\\), blue eyes', "it's \\[x\\]", '\\(a:1.2\\)', 'a\\|b', '\\$hero', 'a \\# b']))(
    '$name: "$text" has one problem and single quotes as its fix',
    ({ yaml, keys, text }) => {
      const { message, severity, settings } = repaired(yaml(`"${text}"`));
      expect([severity, message]).toEqual(['error', expect.stringContaining('a backslash starts an escape')]);
      expect(valueAt(settings, keys)).toBe(text);
    },
  );

  it('keeps the escapes that are needed', () => {
    const { settings, fixes } = repaired('negative_prompt: "a\\nb \\(c\\)"');
    expect(settings.negative_prompt).toBe('a\nb \\(c\\)');
    expect(fixes![0]!.title).toBe('Double the backslash');
  });

  it.each(cases(['a\\nb', 'a\\n b', 'caf\\u00e9', 'say \\"hi\\"', '\\\\(x\\\\)']))(
    '$name: "$text" is fine',
    ({ yaml, text }) => {
      expect(readSettings(yaml(`"${text}"`), 0).issues).toEqual([]);
    },
  );
});

/** What YAML reads as something else at the start of a value. */
const TRAPS = [
  '[a|b], c',
  '{a|b} c',
  '*star',
  '&amp, c',
  '!a',
  '| a',
  '> a',
  '- a',
  '? a',
  '@a',
  '%d',
  '`x`',
  '"a" b',
  "'80s, b",
];

describe('a trap of YAML is one problem, and the fix puts the value in quotes', () => {
  it.each([...PROMPTS, ...PATHS].flatMap(([name, yaml, keys]) => TRAPS.map((text) => ({ name, yaml, keys, text }))))(
    '$name: $text',
    ({ yaml, keys, text }) => {
      const { message, fixes, settings } = repaired(yaml(text));
      expect(message).toMatch(/Put the whole value in quotes/);
      expect(fixes![0]!.title).toBe('Put the value in quotes');
      expect(valueAt(settings, keys)).toBe(text);
    },
  );

  it.each(
    [...PROMPTS, ...PATHS].flatMap(([name, yaml, keys]) =>
      ['a: b', 'a #1'].map((text) => ({ name, yaml, keys, text })),
    ),
  )('$name: $text', ({ yaml, keys, text }) => {
    const found = serious(`---\n${yaml(text)}\n---\nx`).filter(({ code }) => code === 'travel/front-matter-syntax');
    expect([yaml(text), found.length]).toEqual([yaml(text), 1]);
    const after = applyEdits(`---\n${yaml(text)}\n---\nx`, found[0]!.fixes![0]!.edits);
    const block = after.slice(4, after.lastIndexOf('\n---\n'));
    expect(valueAt(readSettings(block, 0).settings, keys)).toBe(text);
  });

  it.each(['a, b', 'a [b]', '(x:1.2), {y|z}, w'])('a comma or bracket in braces: %s', (text) => {
    const { settings } = repaired(`define: {saber: ${text}, other: b}`);
    expect(settings.define).toEqual({ saber: text, other: 'b' });
  });

  it.each([
    'define: {a: b, c: d}',
    'define: {a: "b, c", d: \'e: f\'}',
    'define: {a: b} # {c: d}',
    'define: {\n  a: b,\n  c: "d", # e\n}',
    'define: {}',
    'define: {"a": "b"}',
    'video: {source: a.mp4}',
    'cfg_scale: {0: 7, 50%: 9}',
    'controlnet:\n  - model: a\n    image: b.png\n  - {model: c, weight: {0: 1, 8: 0.5}}',
    'interpolate: {method: off, x: 10}',
    'video: {\n  source: a.mp4,   # my dance\n  from: 0 }',
    'video: {\n  source: a.mp4   # my dance, of {2024}\n}',
    'define: { # names\n  a: b, #\n  # c: d\n  e: f # g: h\n}',
    'controlnet:\n  - {batch: frames,\n     model: pose, weight: 1}\nfps: 8',
    'controlnet:\n  - { # it\'s a comment }\n    model: "a, }", batch: b, weight: 1\n  }\nfps: 8',
    'controlnet: [\n  {model: a, batch: b},\n  {model: c,\n   batch: d, weight: 1}\n]\nfps: 8',
    'save: [webp,\n  mp4]\nfps: 8',
    'define:\n  a: b\n  c: >\n    folded\n  d: |\n    [literal',
  ])('%s is fine', (yaml) => {
    expect(readSettings(yaml, 0).issues).toEqual([]);
  });
});

describe('a wrong definition costs its own text only', () => {
  const definitions = (yaml: string) => {
    const { settings, issues } = readSettings(yaml, 0);
    return [settings.define, issues.map(({ kind }) => kind)];
  };

  it.each([
    ['define:\n  hero: "silver fox"\n  old-pier: "pier in fog"', { hero: 'silver fox' }, 'definition-name'],
    ['define: {hero: a, 2nd: b}', { hero: 'a' }, 'definition-name'],
    ['define: {hero: a, two words: b}', { hero: 'a' }, 'definition-name'],
    ['define:\n  hero: a\n  year: 1984', { hero: 'a', year: '1984' }, 'setting-type'],
    ['define:\n  hero: a\n  list: [b]', { hero: 'a' }, 'front-matter-syntax'],
    ['define:\n  hero: a\n  x: "\\("\n  y: b', { hero: 'a', y: 'b' }, 'front-matter-syntax'],
    ['define:\n  hero: a\n  empty:\n  y: b', { hero: 'a', y: 'b' }, 'setting-type'],
  ])('%s', (yaml, kept, kind) => {
    expect(definitions(yaml)).toEqual([expect.objectContaining(kept), [kind]]);
  });

  it('and is the only problem', () => {
    expect(serious('---\ndefine:\n  hero: "fox"\n  old-pier: "pier"\n---\n$hero on the pier')).toHaveLength(1);
    const { problems } = checkTravel('---\ndefine: {saber: "saber \\(fate\\)"}\n---\n$saber on a hill', environment);
    expect(problems.map(({ code }) => code)).toEqual(['travel/front-matter-syntax']);
  });
});
