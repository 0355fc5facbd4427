import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildLock,
  isLock,
  type LockFacts,
  lockedFiles,
  lockOf,
  lockText,
  picksOthers,
  readLock,
} from '../../plan/lock.ts';
import { lockDifferences } from '../../plan/lock-differences.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { planOf } from '../rendering/plans.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const file = (name: string) => ({ path: `/home/maria/models/${name}`, size: 1000, mtimeMs: 5 });

const PLAN: TravelPlan = {
  ...planOf(),
  models: { ...planOf().models, checkpoint: file('a.safetensors'), motionModule: file('mm.safetensors') },
  loras: [
    { name: 'x', file: file('x.safetensors') },
    { name: 'y', file: file('y.safetensors') },
  ],
  rolled: [
    { written: '{red|__dark__}', chosen: 'black' },
    { written: '__dark__', chosen: 'black', nested: true },
    { written: '__hair__', chosen: 'long' },
  ],
};

const VERSIONS = { promptTravel: '0.1.0', engine: 1, onnxRuntime: '1.30.0' };

/** By default, a file's contents are its name. */
function lockWith(
  plan: TravelPlan,
  {
    versions = VERSIONS,
    contents = (name) => name,
  }: { versions?: LockFacts['versions']; contents?: (name: string) => string } = {},
) {
  const models = lockedFiles(plan).map(({ file: { path } }) => sha256(contents(path.split('/').at(-1)!)));
  return buildLock(plan, { versions, models, sha256 });
}

const LOCK = lockWith(PLAN);

/** @param change of a copy of the plan */
function planWith(change: (plan: TravelPlan) => void): TravelPlan {
  const plan = structuredClone(PLAN);
  change(plan);
  return plan;
}

describe('a lock of a clip that starts from images', () => {
  const image = file('first.png');
  const fromImage = planWith((plan) => {
    plan.images = [image];
    plan.sampling.denoising = 0.6;
    plan.frames[0]!.start = [{ image: 0, share: 1 }];
  });

  it('has the contents of the images and the strength', () => {
    const lock = lockWith(fromImage);
    expect(lock.models.at(-1)).toEqual({ kind: 'image', name: 'first.png', size: 1000, sha256: sha256('first.png') });
    expect(lock.settings).toMatchObject({ denoising_strength: 0.6 });
    expect(readLock(lockText(lock))).toEqual({ ok: true, lock });
  });

  it('notices another image, another strength and another share', () => {
    const lock = lockWith(fromImage);
    const others = { contents: (name: string) => (name === 'first.png' ? 'other' : name) };
    expect(lockDifferences(lock, lockWith(fromImage, others)).join()).toContain(
      'The image “first.png” is another file',
    );
    const stronger = structuredClone(fromImage);
    stronger.sampling.denoising = 0.7;
    expect(lockDifferences(lock, lockWith(stronger)).join()).toContain('“denoising_strength” is “0.7”; locked: “0.6”');
    const faded = structuredClone(fromImage);
    faded.frames[0]!.start = [{ image: 0, share: 0.5 }];
    expect(lockDifferences(lock, lockWith(faded))).toHaveLength(1);
  });

  it('has the contents of masks, and notices another one, or none', () => {
    const masked = structuredClone(fromImage);
    masked.masks = [file('mask.png')];
    masked.frames[0]!.inpaint = { image: 0, mask: 0 };
    const lock = lockWith(masked);
    expect(lock.models.at(-1)).toMatchObject({ kind: 'mask', name: 'mask.png' });
    const others = { contents: (name: string) => (name === 'mask.png' ? 'other' : name) };
    expect(lockDifferences(lock, lockWith(masked, others)).join()).toContain('The mask “mask.png” is another file');
    expect(lockDifferences(lock, lockWith(fromImage)).length).toBeGreaterThan(0);
    const elsewhere = structuredClone(masked);
    elsewhere.frames[0]!.inpaint = undefined;
    expect(lockDifferences(lock, lockWith(elsewhere))).toHaveLength(1);
  });

  it('has the text encoder', () => {
    const other = structuredClone(fromImage);
    other.models.textEncoder = file('clip_l.safetensors');
    expect(lockWith(other).models).toContainEqual(
      expect.objectContaining({ kind: 'text-encoder', name: 'clip_l.safetensors' }),
    );
    expect(lockDifferences(lockWith(fromImage), lockWith(other)).join()).toContain(
      'The text encoder “clip_l.safetensors”',
    );
  });

  it('has the file that encodes images, unless it is the checkpoint', () => {
    const encoded = structuredClone(fromImage);
    encoded.models.vaeEncoder = file('taesd_encoder.pth');
    expect(lockWith(encoded).models).toContainEqual(
      expect.objectContaining({ kind: 'vae', name: 'taesd_encoder.pth' }),
    );
    encoded.models.vaeEncoder = encoded.models.checkpoint;
    expect(lockWith(encoded).models).toEqual(lockWith(fromImage).models);
  });

  it('is not the only one that is valid: clips without images keep theirs', () => {
    expect(LOCK.settings).not.toHaveProperty('denoising_strength');
    expect(LOCK.models.map(({ kind }) => kind)).not.toContain('image');
  });
});

describe('a lock of an interpolated clip', () => {
  const interpolated = (count: number) =>
    planWith((plan) => {
      const model = file('film_net_fp16.pt');
      plan.output.interpolation = {
        method: 'film',
        model,
        timed: true,
        count,
        closed: false,
        cuts: [],
        findCuts: true,
      };
    });

  it('has the contents of the model, and notices another one and another number of frames', () => {
    const lock = lockWith(interpolated(3));
    expect(lock.models.at(-1)).toMatchObject({ kind: 'film', name: 'film_net_fp16.pt' });
    expect(readLock(lockText(lock))).toEqual({ ok: true, lock });
    expect(lockDifferences(lock, lockWith(interpolated(3)))).toEqual([]);
    expect(lockDifferences(lock, lockWith(interpolated(4)))).toHaveLength(1);
    const others = { contents: (name: string) => (name === 'film_net_fp16.pt' ? 'other' : name) };
    expect(lockDifferences(lock, lockWith(interpolated(3), others)).join()).toContain('FILM model “film_net_fp16.pt”');
    expect(lockDifferences(LOCK, lock).length).toBeGreaterThan(0);
  });
});

describe('a lock', () => {
  it('is readable JSON without a path, a date or nested choices, and opens again', () => {
    const text = lockText(LOCK);
    expect(text).not.toMatch(/maria|mtime|\/models/);
    expect(text.split('\n').length).toBeGreaterThan(30);
    expect(text.endsWith('}\n')).toBe(true);
    expect(readLock(text)).toEqual({ ok: true, lock: LOCK });
    expect(LOCK.rolled).toEqual([
      { written: '{red|__dark__}', chosen: 'black' },
      { written: '__hair__', chosen: 'long' },
    ]);
    expect(LOCK.models.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'checkpoint a.safetensors',
      'motion-module mm.safetensors',
      'lora x.safetensors',
      'lora y.safetensors',
    ]);
  });

  it('is the same whatever the order of keys, the paths, the outputs and the text', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, reversed(each)]),
      );
    };
    const elsewhere = planWith((plan) => {
      plan.models.checkpoint.path = '/other/a.safetensors';
      plan.source = '# a comment';
      plan.output.base = '/elsewhere';
      plan.output.formats = ['mp4'];
      plan.device = 'cpu';
    });
    expect(lockText(lockWith(reversed(elsewhere) as TravelPlan))).toBe(lockText(LOCK));
  });

  it('is named after its file', () => {
    expect(lockOf('a/b.travel')).toBe('a/b.travel.lock');
    expect(['b.travel.lock', 'B.TRAVEL.LOCK', 'yarn.lock', 'b.travel', 'travel.lock'].map(isLock)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('picksOthers', () => {
  it.each<[string, boolean, (plan: TravelPlan) => void, boolean]>([
    ['the same', true, () => undefined, false],
    ['another picked seed', true, (plan) => (plan.sampling.seed = 5), true],
    ['another written seed', false, (plan) => (plan.sampling.seed = 5), false],
    ['another choice', false, (plan) => (plan.rolled[2]!.chosen = 'bun'), true],
    ['a choice that is not locked', false, (plan) => plan.rolled.push({ written: '{a|b}', chosen: 'a' }), false],
  ])('is, for %s: %j', (_, isRandom, change, expected) => {
    expect(picksOthers(LOCK, planWith(change), isRandom)).toBe(expected);
  });
});

describe('readLock', () => {
  it.each([
    ['nothing', '', /not JSON, or is cut off/],
    ['half of it', lockText(LOCK).slice(0, 200), /not JSON, or is cut off/],
    ['another type', '[]', /not as Prompt Travel writes it\. Write it again/],
    ['no object', 'null', /not as Prompt Travel writes it/],
    ['a path', lockText({ ...LOCK, seed: -1 }), /at “seed”/],
    ['no model', lockText({ ...LOCK, models: [] }), /at “models”/],
    ['a wrong hash', lockText(LOCK).replace(LOCK.prompts, 'abc'), /at “prompts”/],
    ['something more', lockText(LOCK).replace('{', '{"path": "/home",'), /not as Prompt Travel writes it/],
    ['a later format', lockText(LOCK).replace('"format": 1', '"format": 2'), /has format 2, and .* reads 1\. Update/],
    ['a merge conflict', `<<<<<<< ours\n${lockText(LOCK)}`, /merge conflict/],
  ])('explains in one sentence why it cannot read %s', (_, text, reason) => {
    const read = readLock(text);
    expect(read).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !readLock(text).ok));
  });
});

describe('lockDifferences', () => {
  it('are none for the same clip, also if its models have other names', () => {
    expect(lockDifferences(LOCK, lockWith(PLAN))).toEqual([]);
    const renamed = planWith((plan) => {
      plan.loras[0]!.file.path = '/z/renamed.safetensors';
    });
    const contents = (name: string) => (name === 'renamed.safetensors' ? 'x.safetensors' : name);
    expect(lockDifferences(LOCK, lockWith(renamed, { contents }))).toEqual([]);
    const newer = { ...VERSIONS, promptTravel: '0.2.0' };
    expect(lockDifferences(LOCK, lockWith(PLAN, { versions: newer }))).toEqual([]);
  });

  const changed = (text: string) => (name: string) => (name === text ? 'other bytes' : name);

  it.each<[string, (plan: TravelPlan) => void, RegExp]>([
    ['the seed', (plan) => (plan.sampling.seed = 7), /^The seed is 7; locked: 1\.$/],
    ['a choice', (plan) => (plan.rolled[2]!.chosen = 'bun'), /^“__hair__” gave “bun”; locked: “long”\.$/],
    [
      'another choice',
      (plan) => plan.rolled.pop(),
      /^The wildcards and choices in the text are not the locked ones\.$/,
    ],
    ['a setting', (plan) => (plan.width = 128), /^“width” is “128”; locked: “64”\.$/],
    ['the rate', (plan) => (plan.output.fps = 12), /^“fps” is “12”; locked: “8”\.$/],
    ['a prompt', (plan) => (plan.prompts[0]!.text = 'wolf'), /^The prompts, or the frames/],
    ['a mix', (plan) => (plan.frames[0]!.positive.t = 0.5), /^The prompts, or the frames/],
    ['the strength of a LoRA', (plan) => plan.frames[0]!.loras.push(0.5), /^The prompts, or the frames/],
    ['cfg_scale', (plan) => (plan.frames[0]!.cfgScale = 9), /^Settings such as cfg_scale/],
    ['FreeU', (plan) => (plan.sampling.freeU = { b1: 1.5, b2: 1.6, s1: 0.9, s2: 0.2 }), /^Settings such as cfg_scale/],
    [
      'FreeInit',
      (plan) => (plan.sampling.freeInit = { filter: 'box', d_s: 0.25, d_t: 0.25, iterations: 3 }),
      /^Settings such as cfg_scale/,
    ],
    ['DeepCache', (plan) => (plan.sampling.deepCache = { interval: 3 }), /^Settings such as cfg_scale/],
    ['the windows', (plan) => (plan.context.fuse = 'flat'), /^Settings such as cfg_scale/],
    ['the order of frames', (plan) => plan.output.order.push(0), /^Settings such as cfg_scale/],
    [
      'the checkpoint',
      (plan) => (plan.models.checkpoint = file('b.safetensors')),
      /^The checkpoint is “b\.safetensors” \(SHA-256 \w{10}…\); locked: “a\.safetensors” \(SHA-256 \w{10}…\)\.$/,
    ],
    ['a VAE', (plan) => (plan.models.vae = file('v.pt')), /^The VAE “v\.pt” .* is used, but not locked\.$/],
    ['no motion', (plan) => (plan.models.motionModule = null), /^The motion module .* is locked, but not used\.$/],
    ['a LoRA less', (plan) => plan.loras.pop(), /^The LoRA “y\.safetensors” .* is locked, but not used\.$/],
  ])('name %s, and nothing else', (_, change, sentence) => {
    const differences = lockDifferences(LOCK, lockWith(planWith(change)));
    expect(differences).toEqual([expect.stringMatching(sentence)]);
  });

  it('name a model of the same name with other contents', () => {
    const same = lockDifferences(LOCK, lockWith(PLAN, { contents: changed('x.safetensors') }));
    expect(same).toEqual([
      expect.stringMatching(/^The LoRA “x\.safetensors” is another file: its SHA-256 starts with/),
    ]);
    const longer = planWith((plan) => {
      plan.models.checkpoint.size = 2_132_625_894;
    });
    expect(lockDifferences(LOCK, lockWith(longer, { contents: changed('a.safetensors') }))).toEqual([
      expect.stringMatching(/“a\.safetensors” is another file: 2,132,625,894 bytes, .*; locked: 1,000 bytes, /),
    ]);
  });

  it.each([
    [{ ...VERSIONS, promptTravel: '0.2.0', engine: 2 }, /^Prompt Travel 0\.2\.0 computes other pixels than “0\.1\.0”/],
    [{ ...VERSIONS, onnxRuntime: '1.31.0' }, /^ONNX Runtime is 1\.31\.0; locked: “1\.30\.0”/],
  ])('name what computes other pixels: %j', (versions, sentence) => {
    expect(lockDifferences(LOCK, lockWith(PLAN, { versions }))).toEqual([expect.stringMatching(sentence)]);
  });

  it('do not compare the hashes of another version of plans', () => {
    const older = { ...LOCK, versions: { ...LOCK.versions, plan: 1 }, prompts: 'f'.repeat(64) };
    expect(lockDifferences(older, LOCK)).toEqual([expect.stringMatching(/^The prompts cannot be compared/)]);
  });

  it('list at most three choices, and shorten what a lock says', () => {
    const rolled = Array.from({ length: 9 }, (_, i) => ({ written: `__${i}__`, chosen: 'x'.repeat(100_000) }));
    const other = rolled.map((roll) => ({ ...roll, chosen: 'y\n y' }));
    const differences = lockDifferences({ ...LOCK, rolled }, { ...LOCK, rolled: other });
    expect(differences).toHaveLength(4);
    expect(differences[3]).toBe('6 other choices differ, too.');
    expect(differences.join(' ').length).toBeLessThan(600);
    expect(differences.join('')).not.toContain('\n');
  });
});
