import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { UNet } from '../../engine/models/unet/unet.ts';
import { Vae } from '../../engine/models/vae/vae.ts';
import { probe } from '../../engine/onnx/probe.ts';
import { cpu, type Runtime } from '../../engine/onnx/session.ts';
import { openWeights } from '../../weights/open.ts';
import { distance, numbers } from '../engine/graph/tensors.ts';
import { NANO } from '../golden/models.ts';

/**
 * A GPU emulated in software, a part of Debian's Chromium, which needs `libvulkan1`. It is so slow that only tiny graphs
 * can be tried. Other computers use their own GPU.
 */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES ??= SWIFTSHADER;

it('WebGPU runs our graphs without the CPU, and computes what the CPU does', async () => {
  const found = await probe('webgpu');
  expect(found).toMatchObject({ ok: true });
  if (!found.ok) return;
  const runtime: Runtime = { ...cpu('lean'), provider: 'webgpu', fusedAttention: found.fusedAttention };
  const [expected, actual] = [await compute(cpu('lean')), await compute(runtime)];
  expect(distance(actual.pixels, expected.pixels)).toBeLessThan(1e-4);
  expect(distance(actual.noise, expected.noise)).toBeLessThan(2e-3 * largest(expected.noise));
});

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The noise of two frames of 32×32, and an image of 16×16. */
async function compute(runtime: Runtime): Promise<{ readonly noise: Float32Array; readonly pixels: Float32Array }> {
  const file = await openWeights(NANO);
  const [unet, vae] = [new UNet(file, { runtime }), new Vae(file, runtime)];
  const [noise] = await unet.predict({
    samples: [numbers([2, 4, 4, 4], 1)],
    frames: 2,
    height: 4,
    width: 4,
    timesteps: [500],
    contexts: [[numbers([77, 64], 1), numbers([77, 64], 2)]],
    tokens: 77,
  });
  const pixels = await vae.decode(numbers([1, 4, 2, 2], 3), 1, 2, 2);
  await unet.release();
  await vae.release();
  return { noise: noise!, pixels };
}
