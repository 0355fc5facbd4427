import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

/** Every setting that changes over time, with a map in the place of its value. */
const SETTINGS: Readonly<Record<string, (map: string) => string>> = {
  cfg_scale: (map) => `cfg_scale: ${map}`,
  motion_scale: (map) => `motion_scale: ${map}`,
  denoising_strength: (map) => `init_image: a.png\ndenoising_strength: ${map}`,
  'weight of a unit': (map) => `controlnet: [{model: pose, image: a.png, weight: ${map}}]`,
  'image of a unit': (map) => `controlnet: [{model: pose, image: ${map.replace(/: [\d.]+/g, ': a.png')}}]`,
};

const file = (settings: string) => `---\nframes: 16\n${settings}\n---\na\n`;

const found = (text: string) =>
  checkTravel(text, testEnvironment()).problems.filter(({ code }) => code === 'travel/setting-beyond-end');

/** A map, the key that is pointed at, the beginning of the message, and the map after each fix. */
const OUTSIDE: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    '{0: 1, 16: 0.5}',
    '16',
    'Frame 16 is outside the clip. Its 16 frames are numbered 0 to 15,',
    ['{0: 1, 15: 0.5}', 'frames: 17', '{0: 1}'],
  ],
  ['{0: 1, 2s: 0.5}', '2s', 'Frame 16 is outside the clip.', ['{0: 1, 15: 0.5}', 'frames: 17', '{0: 1}']],
  ['{0: 1, 2500ms: 0.5}', '2500ms', 'Frame 20 is outside the clip.', ['{0: 1, 15: 0.5}', 'frames: 21', '{0: 1}']],
  ['{0: 1, 150%: 0.5}', '150%', 'Frame 23 is outside the clip.', ['{0: 1, 15: 0.5}', '{0: 1}']],
  ['{0: 1, 40-50: 0.5}', '40-50', 'Frame 40 is outside the clip.', ['{0: 1, 15: 0.5}', 'frames: 51', '{0: 1}']],
  ['{"0": 1, "20": 0.5}', '"20"', 'Frame 20 is outside the clip.', ['{"0": 1, "15": 0.5}', 'frames: 21', '{"0": 1}']],
  ['{20: 0.5, 15: 1}', '20', 'Frame 20 is outside the clip.', ['frames: 21', '{15: 1}']],
  ['{20: 0.5}', '20', 'Frame 20 is outside the clip.', ['{15: 0.5}', 'frames: 21']],
  ['{-17: 1, 15: 0.5}', '-17', '“-17” (frame -1) is outside the clip.', ['{0: 1, 15: 0.5}', '{15: 0.5}']],
  ['{-18--17: 1, 15: 0.5}', '-18--17', '“-18--17” (frame -2) is outside the clip.', ['{0: 1, 15: 0.5}', '{15: 0.5}']],
  ['{-20-4: 1, 15: 0.5}', '-20-4', '“-20-4” starts before the clip.', ['{0-4: 1, 15: 0.5}', '{15: 0.5}']],
  ['{0: 1, 8-16: 0.5}', '8-16', '“8-16” ends after the last frame.', ['{0: 1, 8-15: 0.5}', 'frames: 17']],
  ['{0: 1, 8-4: 0.5}', '8-4', '“8-4” ends before it starts.', []],
];

describe.each(Object.entries(SETTINGS))('a position outside the clip in %s', (_, settings) => {
  it.each(OUTSIDE)('is a warning at its key, with fixes: %s', (map, key, message, fixed) => {
    const text = file(settings(map));
    const [problem, ...others] = found(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: 'warning', message: expect.stringContaining(message) });
    expect(text.slice(problem!.span.start, problem!.span.end)).toBe(key);
    const after = problem!.fixes!.map(({ edits }) => applyEdits(text, edits));
    expect(after).toEqual(
      fixed.map((one) => (one.startsWith('frames') ? text.replace('frames: 16', one) : file(settings(one)))),
    );
    expect(after.flatMap(found)).toEqual([]);
  });

  it('is none inside the clip, at any position', () => {
    const inside = '{0: 1, -15: 0.5, 15%: 0.5, 0.5s: 0.5, 750ms: 0.5, 8-10: 0.5, 80%--1: 1}';
    expect(found(file(settings(inside)))).toEqual([]);
  });
});

describe('a position outside the clip', () => {
  it('is removed with its line', () => {
    const text = file('cfg_scale:\n  0: 7 # first\n  20: 9 # second');
    const fix = found(text)[0]!.fixes!.at(-1)!;
    expect(applyEdits(text, fix.edits)).toBe(file('cfg_scale:\n  0: 7 # first'));
  });

  it('says what is done there', () => {
    const messages = (settings: string) => found(file(settings)).map(({ message }) => message);
    expect(messages('cfg_scale: {-17: 3, 20: 9}')).toEqual([
      '“-17” (frame -1) is outside the clip. Its 16 frames are numbered 0 to 15, so this value counts as that of frame 0. Move the position.',
      'Frame 20 is outside the clip. Its 16 frames are numbered 0 to 15, so this value is never reached. Move the position, or increase `frames`.',
    ]);
    expect(messages('controlnet: [{model: pose, image: {0: a.png, 20: b.png}}]')).toEqual([
      'Frame 20 is outside the clip. Its 16 frames are numbered 0 to 15, so this image is not used. Move the position, or increase `frames`.',
    ]);
  });

  it('is that of the whole context in the webui dialect, which renders it', () => {
    const text = (at: number) => `---\ndialect: webui\nframes: 8\ncontext: 16\ncfg_scale: {0: 7, ${at}: 9}\n---\na\n`;
    expect(found(text(15))).toEqual([]);
    expect(found(text(16))).toHaveLength(1);
  });

  it('names the extended file that has it, and offers no edit of it', () => {
    const environment = testEnvironment({
      readTravelFile: () => ({ path: 'style.travel', text: '---\ncfg_scale: {0: 7, 40: 9}\n---\n' }),
    });
    const { problems } = checkTravel(file('extends: style.travel'), environment);
    expect(problems.map(({ code, message, fixes }) => [code, message.split('.')[0], fixes])).toEqual([
      ['travel/setting-beyond-end', 'In “style', []],
    ]);
  });

  it('has no edit if the command line sets it', () => {
    const text = file('cfg_scale: {0: 7, 20: 9}');
    const { problems } = checkTravel(text, testEnvironment(), { overrides: { cfg_scale: { 0: 7, 20: 8 } } });
    expect(problems.map(({ code, fixes }) => [code, fixes])).toEqual([['travel/setting-beyond-end', []]]);
  });
});

describe.each(Object.entries(SETTINGS))('two positions at one frame in %s', (_, settings) => {
  const duplicates = (text: string) =>
    checkTravel(text, testEnvironment()).problems.filter(({ code }) => code === 'travel/duplicate-position');

  it.each([
    ['{0: 1, 0%: 0.5}', '0', '{0%: 0.5}'],
    ['{8: 1, 1s: 0.5}', '8', '{1s: 0.5}'],
    ['{0: 0.5, 100%: 1, -1: 0.5}', '100%', '{0: 0.5, -1: 0.5}'],
    ['{4-6: 1, 500ms-9: 0.5}', '4-6', '{500ms-9: 0.5}'],
  ])('are a warning at the one that is ignored: %s', (map, key, fixed) => {
    const text = file(settings(map));
    const [problem, ...others] = duplicates(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: 'warning', message: expect.stringContaining(`“${key}” is ignored`) });
    expect(text.slice(problem!.span.start, problem!.span.end)).toBe(key);
    const after = problem!.fixes!.map(({ edits }) => applyEdits(text, edits));
    expect(after).toEqual([file(settings(fixed))]);
    expect(after.flatMap(duplicates)).toEqual([]);
    const planOf = (one: string) => JSON.stringify(checkTravel(one, testEnvironment()).plan?.frames);
    expect(planOf(after[0]!)).toBe(planOf(text));
  });

  it('are none at different frames', () => {
    expect(duplicates(file(settings('{0: 1, 1: 0.5, 2-8: 1, 75%: 0.5, -1: 1}')))).toEqual([]);
  });
});

it('a range of images after the frame of another one is used', () => {
  const text = file('controlnet: [{model: pose, image: {0-8: a.png, 0s: b.png}}]');
  const { problems } = checkTravel(text, testEnvironment());
  expect(problems.filter(({ code }) => code === 'travel/duplicate-position')).toEqual([]);
});
