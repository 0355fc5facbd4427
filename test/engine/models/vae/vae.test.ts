import { afterAll, describe, expect, it } from 'vitest';
import { Vae } from '../../../../engine/models/vae/vae.ts';
import { VAE_FACTOR } from '../../../../engine/models/vae/vae-factor.ts';
import { cpu } from '../../../../engine/onnx/session.ts';
import { openWeights } from '../../../../weights/open.ts';
import { NANO } from '../../../golden/models.ts';
import { fileOf, safetensorsWith } from '../../../weights/files.ts';
import { unetShapes } from '../../../weights/model-shapes.ts';
import { distance, numbers } from '../../graph/tensors.ts';

const vae = new Vae(await openWeights(NANO), cpu());
afterAll(() => vae.release());

describe('Vae', () => {
  it('decodes images in one batch as separately, eight times as large', async () => {
    const latents = numbers([2, 4, 3, 5], 1);
    const both = await vae.decode(latents, 2, 3, 5);
    const second = await vae.decode(latents.slice(60), 1, 3, 5);
    expect(both).toHaveLength(2 * 3 * 3 * VAE_FACTOR * 5 * VAE_FACTOR);
    expect(distance(both.slice(both.length / 2), second)).toBeLessThan(1e-5);
  });

  it('encodes each image to its own mean and variance', async () => {
    const pixels = numbers([2, 3, 16, 24], 2);
    const both = await vae.encode(pixels, 2, 16, 24);
    const second = await vae.encode(pixels.slice(pixels.length / 2), 1, 16, 24);
    for (const part of ['mean', 'logVariance'] as const) {
      expect(both[part]).toHaveLength(2 * 4 * 2 * 3);
      expect(distance(both[part].slice(24), second[part])).toBeLessThan(1e-4);
    }
    expect(Math.max(...both.logVariance)).toBeLessThanOrEqual(20);
    expect(Math.min(...both.logVariance)).toBeGreaterThanOrEqual(-30);
  });

  it('names the setting to use when a checkpoint has no VAE', async () => {
    const file = await openWeights(fileOf(safetensorsWith(unetShapes())));
    expect(() => new Vae(file, cpu())).toThrow(/has no VAE\. Choose one with the setting `vae`/);
  });
});
