import { describe, expect, it } from 'vitest';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { probe } from '../../../engine/onnx/probe.ts';
import { cpu, type Runtime } from '../../../engine/onnx/session.ts';
import { openWeights } from '../../../weights/open.ts';
import { NANO } from '../../golden/models.ts';
import { distance, numbers } from '../graph/tensors.ts';
import { missingForWebGpu } from './swiftshader.ts';

/** Milliseconds: the test takes 35 s of processor time, on machines that do much else. */
const TIMEOUT = 10 * 60_000;

const missing = missingForWebGpu();
if (missing !== null) console.warn(`WebGPU was not tested: ${missing}`);

/** An image of 16×16. */
async function decoded(runtime: Runtime): Promise<Float32Array> {
  const vae = new Vae(await openWeights(NANO), runtime);
  const pixels = await vae.decode(numbers([1, 4, 2, 2], 3), 1, 2, 2);
  await vae.release();
  return pixels;
}

// A UNet is for the long tests: it takes minutes here.
describe.skipIf(missing !== null)('WebGPU', { timeout: TIMEOUT }, () => {
  it('runs our graphs without the CPU, and computes what the CPU does', async () => {
    const found = await probe('webgpu');
    expect(found).toMatchObject({ ok: true });
    if (!found.ok) return;
    const runtime: Runtime = { ...cpu(), provider: 'webgpu', fusedAttention: found.fusedAttention };
    const pixels = await decoded(runtime);
    expect(pixels).toHaveLength(3 * 16 * 16);
    expect(distance(pixels, await decoded(cpu()))).toBeLessThan(1e-4);
  });
});
