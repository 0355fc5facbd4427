import { expect, it } from 'vitest';
import { UNet } from '../../engine/models/unet/unet.ts';
import { Vae } from '../../engine/models/vae/vae.ts';
import { probe } from '../../engine/onnx/probe.ts';
import { cpu, type Runtime } from '../../engine/onnx/session.ts';
import { openWeights } from '../../weights/open.ts';
import { distance, numbers } from '../engine/graph/tensors.ts';
import { missingForWebGpu } from '../engine/onnx/swiftshader.ts';
import { NANO, POCKET, pocketMotionModule } from '../golden/models.ts';

// Without the emulated GPU, the computer's own one is used.
missingForWebGpu();

it('WebGPU runs our graphs without the CPU, and computes what the CPU does', async () => {
  const found = await probe('webgpu');
  expect(found).toMatchObject({ ok: true });
  if (!found.ok) return;
  const runtime: Runtime = { ...cpu(), provider: 'webgpu', fusedAttention: found.fusedAttention };
  const [expected, actual] = [await compute(cpu()), await compute(runtime)];
  expect(distance(actual.pixels, expected.pixels)).toBeLessThan(1e-4);
  expect(distance(actual.noise, expected.noise)).toBeLessThan(2e-3 * largest(expected.noise));
});

it('WebGPU leaves the motion module to the CPU, if it should', async () => {
  const found = await probe('webgpu');
  expect(found).toMatchObject({ ok: true });
  if (!found.ok) return;
  const [file, motionModule] = [await openWeights(POCKET), await pocketMotionModule('v2')];
  const noiseOn = async (runtime: Runtime, motionOnCpu: boolean) => {
    const unet = new UNet(file, { runtime, motionModule });
    const [noise] = await unet.predict({
      ...CLIP,
      contexts: [[numbers([77, 128], 1), numbers([77, 128], 2)]],
      memory: { sideBySide: true, batch: CLIP.frames, motionOnCpu },
    });
    await unet.release();
    return noise!;
  };
  const runtime: Runtime = { ...cpu(), provider: 'webgpu', fusedAttention: found.fusedAttention };
  const [expected, actual] = [await noiseOn(cpu(), false), await noiseOn(runtime, true)];
  expect(distance(actual, expected)).toBeLessThan(2e-3 * largest(expected));
});

/** Two frames of 32×32. */
const CLIP = { samples: [numbers([2, 4, 4, 4], 1)], frames: 2, height: 4, width: 4, timesteps: [500], tokens: 77 };

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The noise of two frames of 32×32, and an image of 16×16. */
async function compute(runtime: Runtime): Promise<{ readonly noise: Float32Array; readonly pixels: Float32Array }> {
  const file = await openWeights(NANO);
  const [unet, vae] = [new UNet(file, { runtime }), new Vae(file, runtime)];
  const [noise] = await unet.predict({ ...CLIP, contexts: [[numbers([77, 64], 1), numbers([77, 64], 2)]] });
  const pixels = await vae.decode(numbers([1, 4, 2, 2], 3), 1, 2, 2);
  await unet.release();
  await vae.release();
  return { noise: noise!, pixels };
}
