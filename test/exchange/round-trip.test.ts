import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareClip } from '../../exchange/bare-clip.ts';
import { importTravel } from '../../exchange/import.ts';
import type { LostKey } from '../../exchange/lost.ts';
import { resolvedSchedule } from '../../exchange/samplers.ts';
import { TARGET_NAMES, type TargetName } from '../../exchange/target.ts';
import { bareName } from '../../exchange/text.ts';
import { ineffectiveSettings } from '../../grammar/checks/ineffective-settings.ts';
import { samplerOf, sigmaScheduleOf } from '../../grammar/clip/sampling.ts';
import { Settings } from '../../grammar/settings/schema.ts';
import { type TravellingNumber, valueOverTime } from '../../grammar/time/schedule.ts';
import { overlapFrames } from '../../grammar/time/windows.ts';
import { fractionIn } from '../../plan/frame-rate.ts';
import { SAMPLERS, SigmaSchedule } from '../../plan/samplers.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { exported, FORMATS } from './exports.ts';
import { type ImportCase, importFile } from './imports.ts';
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

const IN_ALL = ['fps', 'steps', 'seed', 'clip_skip', 'cfg_scale', 'sampler'];
const SIZED = [...IN_ALL, 'frames', 'width', 'height'];
const IN_WEBUI = [
  ...SIZED,
  'loop',
  'closed_loop',
  'context',
  'stride',
  'overlap',
  'rng',
  'emphasis',
  'subseed',
  'subseed_strength',
  'eta',
  'eta_noise_seed_delta',
];

/** Settings that a target holds. */
const HELD: Readonly<Record<TargetName, readonly string[]>> = {
  'a1111-prompt': [],
  fizz: [],
  infotext: IN_WEBUI,
  'webui-api': IN_WEBUI,
  cli: [...IN_ALL, 'mix'],
  deforum: SIZED,
  'comfy-api': [...SIZED, 'loop'],
};

/** What a setting means: −1 is an overlap, too, a sampler has a schedule, and the checkpoint a size. */
function meantBy({ settings }: Meaning, key: string, frames: number): string {
  if (key === 'overlap') return `${overlapFrames(Number(settings.context), Number(settings.overlap))}`;
  if (key === 'fps') return `${rateOf(settings)}`;
  if (key === 'width' || key === 'height') return `${settings[key] ?? 512}`;
  if (key === 'cfg_scale') {
    return valueOverTime(settings.cfg_scale as TravellingNumber, { frames, fps: rateOf(settings) }).join(' ');
  }
  if (key !== 'sampler') return JSON.stringify(settings[key]);
  const own = settings as Pick<Settings, 'sampler' | 'schedule'>;
  return `${samplerOf(own)}, ${resolvedSchedule(samplerOf(own), sigmaScheduleOf(own))}`;
}

const rateOf = ({ fps }: Meaning['settings']) => (typeof fps === 'string' ? (fractionIn(fps) ?? NaN) : Number(fps));

/** Inputs and outputs: a target holds them, or says by name that it does not. */
const FILES = ['save', 'interpolate', 'controlnet', 'video', 'mask'] as const;

/** With the defaults of their parts, and models by name. */
function fileMeant({ settings }: Meaning, key: (typeof FILES)[number]): string | undefined {
  if (settings[key] === undefined) return undefined;
  if (key !== 'controlnet') return JSON.stringify(Settings.shape[key].parse(settings[key]));
  const units = Settings.shape.controlnet.parse(settings[key]);
  return JSON.stringify(units.map((unit) => ({ ...unit, model: bareName(unit.model) })));
}

/** The settings that a loss is about. */
const NAMED: Readonly<Partial<Record<LostKey, string>>> = { 'cfg-travel': 'cfg_scale', sampler: 'sampler' };

/** Targets that hold the negative prompt in the text that is read again. */
const WITHOUT_NEGATIVE: ReadonlySet<TargetName> = new Set(['a1111-prompt']);

function faults(text: string, target: TargetName): string[] {
  const { text: file, lost, hint } = exported(text, target);
  const read = importTravel([{ text: file }], { format: FORMATS[target] });
  const [before, after] = [meaningOf(text), meaningOf(read.travel)];
  const isChanged = lost.some(({ key }) => CHANGES_FRAMES.includes(key));
  const named = lost.map(({ key }) => NAMED[key]);
  const said = [hint ?? '', ...lost.map(({ message }) => message)].join('\n');
  // A format of images has neither.
  const isTimeless = target === 'comfy-api' && said.includes('(fps, loop)');
  const held = HELD[target]
    .filter((key) => !named.includes(key) && !hint?.includes(`${key}:`))
    .filter((key) => !isTimeless || (key !== 'fps' && key !== 'loop'));
  // Not every file has a length.
  const meant = (of: Meaning, key: string) => meantBy(of, key, before.frames.length);
  const idle = new Set(ineffectiveSettings(bareClip(text)).map(({ path }) => path));
  const settings = held.filter((key) => !idle.has(key) && meant(before, key) !== meant(after, key));
  const files = FILES.filter(
    (key) => !new RegExp(`\\b${key}\\b`).test(said) && fileMeant(before, key) !== fileMeant(after, key),
  );
  const frame = isChanged ? null : different(before, after, target);
  const wrong = [
    ...(frame === null ? [] : [frame]),
    ...settings.map((key) => `${key}: ${meant(after, key)} instead of ${meant(before, key)}`),
    ...files.map((key) => `${key}: ${fileMeant(after, key)} instead of ${fileMeant(before, key)}`),
  ];
  return wrong.length === 0 ? [] : [...wrong, file, read.travel];
}

/** Targets without the length of the clip or its loop, on which frames before the first and after the last keyframe depend. */
const WITHOUT_ENDS: ReadonlySet<TargetName> = new Set(['a1111-prompt', 'fizz', 'cli', 'deforum']);

function different(before: Meaning, after: Meaning, target: TargetName): string | null {
  const hasEnds = !WITHOUT_ENDS.has(target);
  const shortest = hasEnds ? before.frames.length : Math.min(before.frames.length, after.frames.length);
  const [start, end] = (hasEnds ? null : before.span) ?? [0, shortest - 1];
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
  '<lora:film:0.8>',
  '<lora:film:0.8:0.5>',
  '\\#1',
  '[a:b:0.5]',
  'one AND two',
  'one BREAK two',
  'embedding_name',
  '日本語',
  '100%',
  '{x|y}',
  '0',
);
const prompt = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(', '));

const unit = fc
  .record({
    preprocessor: fc.constantFrom('none', 'canny', 'depth_midas', 'lineart_coarse'),
    weight: fc.constantFrom('1', '0.45', '{0: 1, 8: 0.5}'),
    input: fc.constantFrom('batch: poses', 'image: a.png', 'image: {0: a.png, 8-12: b.png}', 'video: b.mp4'),
    others: fc.subarray(['start: 0.1', 'end: 0.7', 'mode: control', 'mask: masks', 'normalise: clip', 'empty: hold']),
  })
  .map(
    ({ preprocessor, weight, input, others }) =>
      `{${['model: m.pth', `preprocessor: ${preprocessor}`, `weight: ${weight}`, input, ...others].join(', ')}}`,
  );

const document = fc
  .record({
    frames: fc.integer({ min: 17, max: 60 }),
    fps: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom('12.5', '7.937', '24000/1001', '30000/1001')),
    steps: fc.integer({ min: 1, max: 50 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    clipSkip: fc.integer({ min: 1, max: 3 }),
    loop: fc.constantFrom('N', 'R-P', 'R+P', 'A'),
    others: fc.record(
      {
        context: fc.constantFrom(12, 16, 24),
        stride: fc.integer({ min: 1, max: 4 }),
        overlap: fc.constantFrom(-1, 0, 2, 4, 6),
        width: fc.constantFrom(384, 512, 768),
        height: fc.constantFrom(384, 512, 768),
        cfg_scale: fc.constantFrom(1, 6.5, 12),
        sampler: fc.constantFrom(...SAMPLERS),
        schedule: fc.constantFrom('automatic', ...SigmaSchedule.options),
        rng: fc.constantFrom('cpu', 'gpu', 'nv'),
        emphasis: fc.constantFrom('Original', 'No norm'),
        subseed: fc.integer({ min: -1, max: 9 }),
        subseed_strength: fc.constantFrom(0, 0.3),
        eta: fc.constantFrom(0, 0.5, 1),
        eta_noise_seed_delta: fc.constantFrom(0, 31337),
        loop: fc.constantFrom(0, 3),
        save: fc
          .subarray(['gif', 'mp4', 'webm', 'apng', 'png', 'txt', 'prores', 'ffv1'], { minLength: 1 })
          .map((names) => `[${names.join(', ')}]`),
        interpolate: fc.constantFrom('{method: film, x: 3}', '{method: blend, x: 1}'),
        controlnet: fc.array(unit, { maxLength: 3 }).map((units) => `[${units.join(', ')}]`),
        video: fc.constantFrom(
          '{source: a.mp4}',
          '{path: a}',
          '{source: a.mp4, from: 1, to: 9}',
          '{path: a, repeat: true}',
        ),
      },
      { requiredKeys: [] },
    ),
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
        negative: fc.option(prompt, { nil: null, freq: 1 }),
      }),
      { selector: ({ at }) => at, minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ frames, fps, steps, seed, clipSkip, loop, others, negative, mix, head, tail, keys }) => {
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
      // The escape of a comment is one of lines.
      `negative_prompt: ${JSON.stringify(negative.replaceAll('\\#', ''))}`,
      ...Object.entries(others).map(([key, value]) => `${key}: ${value}`),
    ];
    const lines = keys
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, hold, cut, prompt: own, negative: added }, i, sorted) => {
        const end = Math.min(at + hold, (sorted[i + 1]?.at ?? frames) - 1);
        return `${at}${end > at ? `-${end}` : ''}${cut ? ' cut' : ''}: ${own}${added === null ? '' : ` --neg ${added}`}`;
      });
    return ['---', ...matter, '---', '', head, '', ...lines, '', tail, ''].join('\n');
  });

describe('import(export(x)) means x', () => {
  it.each(TARGET_NAMES)('for a hold that goes on after the next keyframe, by way of %s', (target) => {
    expect(faults('---\nframes: 24\n---\n0-9: a\n6: b\n8-20 cut: c\n16: d\n', target)).toEqual([]);
  });

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

  it.each(HAS_GOLDEN ? readableImports() : [])('for what is imported from %s', (file) => {
    const { travel } = importFile(file);
    for (const target of TARGET_NAMES) expect(faults(travel, target)).toEqual([]);
  });
});

/** The files of the reference set that are not broken. */
function readableImports(): string[] {
  const folder = join(GOLDEN_FOLDER, 'exchange');
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { readonly import: ImportCase[] };
  return index.import.filter(({ expected }) => expected).map(({ file }) => join(folder, file));
}

function travelFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.travel'))
    .map((name) => join(folder, name));
}
