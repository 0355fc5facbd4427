import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { toRgb } from '../../../engine/media/pixels.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { PreviewDecoder } from '../../../engine/pictures/preview-decoder.ts';
import { RenderPictures } from '../../../engine/pictures/render-pictures.ts';
import type { FileRef } from '../../../plan/plan.ts';
import { openWeights } from '../../../weights/open.ts';
import { fileBytes } from '../../weights/layouts/raw.ts';
import { pixels, smallRenders } from '../checkpoint/small-renders.ts';
import { numbers } from '../graph/tensors.ts';
import { DECODER, rawOf, weightsOf } from '../models/vae/taesd-weights.ts';
import { fileRef, frameOf } from '../pipelines/plans.ts';
import { watchedPictures } from './watched.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel-previews-'));
const store = new ModelStore();
afterAll(async () => {
  await store.release();
  rmSync(folder, { recursive: true });
});

const path = join(folder, 'taesd_decoder.safetensors');
writeFileSync(path, fileBytes(rawOf(weightsOf(DECODER))));
const decoder = await fileRef(path);

/** Starting the thread takes longer than anything else. */
const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 30_000 });

/**
 * Renders a clip that somebody watches.
 *
 * @param steps more are made than needed if the render stops as soon as a preview has come
 */
async function watched(name: string, previewDecoder?: FileRef, steps?: number) {
  const renders = smallRenders(folder, store);
  const { pictures, seen } = await watchedPictures();
  const plan = await renders.planOf('Euler', name);
  const models = { ...plan.models, ...(previewDecoder && { previewDecoder }) };
  const longer = steps && {
    sampling: { ...plan.sampling, steps },
    context: { ...plan.context, windows: Array(steps).fill(plan.context.windows[0]) },
  };
  const { result, log } = await renders.render(
    { ...plan, models, ...longer },
    { pictures, stopAt: () => steps !== undefined && seen.some(({ kind }) => kind === 'preview') },
  );
  return { result, log, kinds: seen.map(({ kind }) => kind), base: plan.output.base };
}

describe('a render that is watched', () => {
  it('has the same pixels with a decoder for its previews', async () => {
    const [plain, previewed] = [await watched('plain'), await watched('previewed', decoder)];
    for (const { result } of [plain, previewed]) expect(result).toMatchObject({ ok: true });
    expect(pixels(previewed.base)).toEqual(pixels(plain.base));
    expect(plain.kinds).not.toContain('preview');
  });

  it('shows previews while it is sampled, and only frames afterward', async () => {
    const { result, kinds } = await watched('stopped', decoder, 1000);
    expect(result).toMatchObject({ ok: true, stoppedAfter: expect.any(Number) });
    expect(kinds[0]).toBe('latents');
    expect(kinds).toContain('preview');
    expect(kinds.lastIndexOf('preview')).toBeLessThan(kinds.indexOf('frame'));
  });

  it.each<[string, (name: string) => Promise<FileRef>, RegExp]>([
    ['is gone', async (name) => ({ ...decoder, path: join(folder, name) }), /cannot be opened/],
    ['has changed', async () => ({ ...decoder, size: 5 }), /changed/],
    [
      'is damaged',
      async (name) => {
        const broken = join(folder, `${name}.safetensors`);
        writeFileSync(broken, 'no weights');
        return fileRef(broken);
      },
      /broken/,
    ],
  ])('reports once that the decoder %s, and does not fail', async (what, fileOf, reason) => {
    const name = `broken ${what}`;
    const { result, log, kinds } = await watched(name, await fileOf(name));
    expect(result).toMatchObject({ ok: true });
    expect(kinds).not.toContain('preview');
    expect(log.filter((line) => line.includes('TAESD'))).toEqual([expect.stringMatching(reason)]);
  });
});

describe('PreviewDecoder', () => {
  const plan = { width: 16, height: 24, frames: [frameOf(0), frameOf(1)], decoder };
  const size = 4 * 2 * 3;
  const warn = (line: string) => {
    throw new Error(line);
  };

  it('decodes all frames of a step, as the VAE does', async () => {
    const latents = numbers([2, 4, 3, 2], 3);
    const seen = new Map<number, Uint8Array>();
    const previews = new PreviewDecoder({
      plan,
      runtime: cpu(2),
      onFrame: (position, rgb) => seen.set(position, rgb),
      warn,
    });
    previews.offer(() => latents);
    await until(() => seen.size === 2);
    previews.end();
    const vae = new Vae(await openWeights(decoder.path), cpu());
    for (const [position, rgb] of seen) {
      const frame = latents.slice(position * size, (position + 1) * size);
      const expected = toRgb(await vae.decode(frame, 1, 3, 2));
      const worst = rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect([rgb.length, worst <= 1]).toEqual([3 * 16 * 24, true]);
    }
    await vae.release();
  });

  it('takes the newest step when it is ready, and none while it works, rests, or after its end', async () => {
    let [now, frames] = [0, 0];
    const taken: number[] = [];
    const offered = (step: number) => () => {
      taken.push(step);
      return new Float32Array(2 * size);
    };
    const previews = new PreviewDecoder(
      // Of one thread, previews may take a twentieth.
      { plan, runtime: cpu(1), onFrame: () => void frames++, warn },
      () => now,
    );
    for (const step of [1, 2, 3]) previews.offer(offered(step));
    expect(taken).toEqual([1]);
    await until(() => frames === 2);
    // Until the thread has reported how long it took, it works; then it rests.
    await until(() => {
      previews.offer(offered(4));
      now += 50;
      return taken.length > 1;
    });
    expect(taken).toEqual([1, 4]);
    expect(now).toBeGreaterThan(50);
    previews.end();
    now += 1e9;
    previews.offer(offered(5));
    expect(taken).toEqual([1, 4]);
  });

  it('does not rest while a GPU renders', async () => {
    let frames = 0;
    const previews = new PreviewDecoder(
      { plan, runtime: { ...cpu(4), provider: 'webgpu' }, onFrame: () => void frames++, warn },
      () => 0,
    );
    const offer = () => previews.offer(() => new Float32Array(2 * size));
    offer();
    await until(() => frames === 2);
    await until(() => {
      offer();
      return frames > 2;
    });
    previews.end();
  });
});

it('previews are no larger than they are shown', async () => {
  const sizes: number[] = [];
  const pictures = new RenderPictures(async (picture) => {
    if (picture.kind === 'preview') sizes.push((await sharp(picture.webp).metadata()).width);
  });
  let onFrame: (position: number, rgb: Uint8Array) => void = () => undefined;
  const clip = { width: 1024, height: 512, frames: [frameOf(0)] };
  const end = vi.fn();
  pictures.begin(clip, { factors: [[1, 1, 1]], bias: [0, 0, 0] }, (received) => {
    onFrame = received;
    return { offer: () => undefined, end };
  });
  const step = () => pictures.step(1, () => new Float32Array(128 * 64));
  step();
  expect(end).not.toHaveBeenCalled();
  await pictures.watch({ longestSide: null });
  step();
  onFrame(0, new Uint8Array(1024 * 512 * 3));
  await until(() => sizes.length === 1);
  await pictures.watch({ longestSide: 100 });
  onFrame(0, new Uint8Array(1024 * 512 * 3));
  await until(() => sizes.length === 2);
  expect(sizes).toEqual([384, 100]);
  pictures.end();
  expect(end).toHaveBeenCalledOnce();
});
