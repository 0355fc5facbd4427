import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { readClip } from '../../../engine/media/read-clip.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { TextEncoder } from '../../../engine/models/text-encoder/text-encoder.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { render } from '../../../engine/pipelines/render.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { POCKET } from '../../golden/models.ts';
import { controlNetOf } from '../../weights/layouts/controlnets.ts';
import { fileBytes, rawTensors } from '../../weights/layouts/raw.ts';
import { controlUnit, fileRef, frameOf, smallPlan } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel out of memory '));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** A plan that has every stage: with an image to start from and a ControlNet. Interpolation has a test of its own. */
let plan: TravelPlan;
let expected: Uint8Array[];

async function written(name: string, bytes: Uint8Array) {
  writeFileSync(join(folder, name), bytes);
  return fileRef(join(folder, name));
}

beforeAll(async () => {
  const image = await sharp({ create: { width: 16, height: 16, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const file = await written('teal.png', image);
  const unit = controlUnit(
    'shapes',
    await written('control.safetensors', fileBytes(controlNetOf(await rawTensors(POCKET)))),
  );
  const start = [{ image: 0, share: 1 }];
  const controls = [{ picture: 0, weight: 1 }];
  const small = await smallPlan({ frames: [frameOf(0, { start, controls }), frameOf(1, { start, controls })] });
  plan = {
    ...small,
    images: [file],
    control: { units: [unit], pictures: [{ file }] },
    sampling: { ...small.sampling, denoising: 0.6 },
    output: { ...small.output, formats: ['png'] },
  };
  const once = await rendered('expected');
  expect(once.warnings).toEqual([]);
  expected = once.frames;
}, 60_000);

async function rendered(name: string) {
  const store = new ModelStore();
  const warnings: string[] = [];
  const output = { ...plan.output, base: join(folder, name) };
  try {
    const { files } = await render(
      {
        work: { kind: 'clip', plan: { ...plan, output } },
        threads: 1,
        cacheFolder: null,
        resume: false,
      },
      {
        store,
        signal: new AbortController().signal,
        deviceMemory: async () => ({ bytes: 64e9, source: 'test' }),
        onProgress: () => undefined,
        log: ({ level, line }) => level === 'warning' && warnings.push(line),
      },
    );
    const { clip } = await readClip(files[0]!);
    return { warnings, frames: Array.from({ length: clip.count }, (_, i) => clip.rgb(i)) };
  } finally {
    await store.release();
  }
}

/** Every stage, by the method that runs its model. */
const STAGES = {
  'text encoder': () => vi.spyOn(TextEncoder.prototype, 'encode'),
  'images to start from': () => vi.spyOn(Vae.prototype, 'encode'),
  'hints of ControlNets': () => vi.spyOn(UNet.prototype, 'embedHints'),
  sampling: () => vi.spyOn(UNet.prototype, 'predict'),
  decoding: () => vi.spyOn(Vae.prototype, 'decode'),
} as const;

it.each(Object.entries(STAGES))('runs once more if there is not enough memory: %s', async (name, spyOn) => {
  const spy = spyOn();
  spy.mockRejectedValueOnce(new Error('std::bad_alloc'));
  const { warnings, frames } = await rendered(name);
  expect(warnings).toEqual([expect.stringMatching(/^The device ran out of memory\./)]);
  expect(frames).toEqual(expected);
});

it.each(Object.entries(STAGES))('fails if there is not enough memory twice: %s', async (name, spyOn) => {
  const spy = spyOn();
  spy.mockRejectedValue(new Error('std::bad_alloc'));
  await expect(rendered(`${name} twice`)).rejects.toThrow('std::bad_alloc');
});
