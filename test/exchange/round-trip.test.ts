import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import type { LostKey } from '../../exchange/lost.ts';
import { TARGET_NAMES, type TargetName } from '../../exchange/target.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { exported, FORMATS } from './exports.ts';
import { differentFrame, type Meaning, type MeantFrame, meaningOf } from './meaning.ts';

/** Losses that change which prompts frames have. */
const CHANGES_FRAMES: readonly LostKey[] = [
  'dropped',
  'easing',
  'travel',
  'wildcards',
  'hash-sign',
  'negative-travel',
  'settings',
  'prompt-editing',
];

/** Settings that a target holds. */
const HELD: Readonly<Record<TargetName, readonly string[]>> = {
  'a1111-prompt': [],
  fizz: [],
  infotext: ['frames', 'fps', 'loop', 'closed_loop', 'context', 'stride', 'steps', 'seed', 'clip_skip'],
  'webui-api': ['frames', 'fps', 'loop', 'closed_loop', 'context', 'stride', 'steps', 'seed', 'clip_skip', 'rng'],
  cli: ['fps', 'steps', 'seed', 'clip_skip', 'mix'],
  deforum: ['frames', 'fps', 'steps', 'seed', 'clip_skip'],
  'comfy-api': ['frames', 'fps', 'loop', 'steps', 'seed', 'clip_skip'],
};

/** Targets that hold the negative prompt in the text that is read again. */
const WITHOUT_NEGATIVE: ReadonlySet<TargetName> = new Set(['a1111-prompt']);

function faults(text: string, target: TargetName): string[] {
  const { text: file, lost } = exported(text, target);
  const read = importTravel([{ text: file }], { format: FORMATS[target] });
  const [before, after] = [meaningOf(text), meaningOf(read.travel)];
  const isChanged = lost.some(({ key }) => CHANGES_FRAMES.includes(key));
  const settings = HELD[target].filter(
    (key) => JSON.stringify(before.settings[key]) !== JSON.stringify(after.settings[key]),
  );
  const frame = isChanged ? null : different(before, after, target);
  const wrong = [
    ...(frame === null ? [] : [frame]),
    ...settings.map((key) => `${key}: ${JSON.stringify(after.settings[key])}`),
  ];
  return wrong.length === 0 ? [] : [...wrong, file, read.travel];
}

/** Targets without the length of the clip or its loop, on which frames before the first and after the last keyframe depend. */
const WITHOUT_ENDS: ReadonlySet<TargetName> = new Set(['a1111-prompt', 'fizz', 'cli', 'deforum']);

function different(before: Meaning, after: Meaning, target: TargetName): string | null {
  const [start, end] = (WITHOUT_ENDS.has(target) ? before.span : null) ?? [0, before.frames.length - 1];
  const bare = (frames: readonly MeantFrame[]) =>
    WITHOUT_NEGATIVE.has(target)
      ? frames.map(({ positive }) => ({ positive, negative: ['', '', 0] as const }))
      : frames;
  return differentFrame(
    bare(after.frames).slice(start, end + 1),
    bare(before.frames).slice(start, end + 1),
    end + 1 - start,
    false,
  );
}

/** Words with all that has a meaning in one of the formats. */
const word = fc.constantFrom(
  'sea',
  'red hair',
  '(rain:1.2)',
  '((storm))',
  '\\(no logo\\)',
  '"quoted"',
  "it's",
  'café 🌙',
  '\\$price',
  '\\{a\\|b\\}',
  '\\__name__',
  '12:30 at night',
  'kodak 400',
  'back\\\\slash',
  'a: b',
);
const prompt = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(', '));

const document = fc
  .record({
    frames: fc.integer({ min: 17, max: 60 }),
    fps: fc.integer({ min: 1, max: 30 }),
    steps: fc.integer({ min: 1, max: 50 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    clipSkip: fc.integer({ min: 1, max: 3 }),
    loop: fc.constantFrom('N', 'R-P', 'R+P'),
    negative: fc.option(prompt, { nil: '' }),
    mix: fc.constantFrom('slerp', 'lerp'),
    head: fc.option(prompt, { nil: '' }),
    tail: fc.option(prompt, { nil: '' }),
    keys: fc.uniqueArray(
      fc.record({
        at: fc.integer({ min: 0, max: 16 }),
        hold: fc.integer({ min: 0, max: 2 }),
        cut: fc.boolean(),
        prompt,
      }),
      { selector: ({ at }) => at, minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ frames, fps, steps, seed, clipSkip, loop, negative, mix, head, tail, keys }) => {
    const matter = [
      `frames: ${frames}`,
      `fps: ${fps}`,
      `steps: ${steps}`,
      `seed: ${seed}`,
      `clip_skip: ${clipSkip}`,
      `closed_loop: ${loop}`,
      `mix: ${mix}`,
      'checkpoint: a.safetensors',
      'motion_module: mm.ckpt',
      `negative_prompt: ${JSON.stringify(negative)}`,
    ];
    const lines = keys
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, hold, cut, prompt: own }, i, sorted) => {
        const end = Math.min(at + hold, (sorted[i + 1]?.at ?? frames) - 1);
        return `${at}${end > at ? `-${end}` : ''}${cut ? ' cut' : ''}: ${own}`;
      });
    return ['---', ...matter, '---', '', head, '', ...lines, '', tail, ''].join('\n');
  });

describe('import(export(x)) means x', () => {
  it.each(TARGET_NAMES)('for any document, by way of %s', (target) => {
    fc.assert(
      fc.property(document, (text) => {
        expect(faults(text, target)).toEqual([]);
      }),
    );
  });

  const files = [
    ...travelFiles(resolve(import.meta.dirname, '../../examples')),
    ...(HAS_GOLDEN ? travelFiles(join(GOLDEN_FOLDER, 'exchange/export')) : []),
  ];

  it.each(files)('for %s', (file) => {
    const text = readFileSync(file, 'utf8');
    for (const target of TARGET_NAMES) expect(faults(text, target)).toEqual([]);
  });
});

function travelFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.travel'))
    .map((name) => join(folder, name));
}
