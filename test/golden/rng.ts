import { z } from 'zod';
import { FrameNoise } from '../../engine/random/frame-noise.ts';
import { Mt19937 } from '../../engine/random/mt19937.ts';
import { TorchGenerator } from '../../engine/random/torch-cpu.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';
import { compareOutputs } from './compare.ts';

const A1111Params = z.looseObject({
  shape: z.array(z.int().positive()),
  seeds: z.array(z.int()).min(1),
  eta_noise_seed_delta: z.literal(0),
  subseeds: z.undefined().optional(),
  seed_resize_from_h: z.undefined().optional(),
});

/** torch's CPU generator, and A1111's noise from it. The NV generator and A1111's variation seeds are not covered. */
function rng(golden: GoldenCase): Outcome {
  const outputs: Record<string, ArrayLike<number>> = {};
  const notCovered = new Set<string>();
  const sequences = new Map<string, TorchGenerator>();
  const noises = new Map<string, FrameNoise>();
  const size = (name: string) => golden.tensor(name).data.length;
  const lowBits = (seed: string) => Number(BigInt.asUintN(32, BigInt(seed)));

  // Draws of one generator depend on the earlier ones, so they are computed in numeric order, not in file order.
  for (const name of [...golden.tensorNames].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const [group, seed] = name.split('/') as [string, string];
    switch (group) {
      case 'cpu':
      case 'cpu_big':
        outputs[name] = new TorchGenerator(BigInt(seed)).randn(size(name));
        break;
      case 'cpu_seq': {
        const generator = sequences.get(seed) ?? new TorchGenerator(BigInt(seed));
        sequences.set(seed, generator);
        outputs[name] = generator.randn(size(name));
        break;
      }
      case 'mt19937': {
        const words = new Mt19937(lowBits(seed));
        outputs[name] = Float64Array.from({ length: size(name) }, () => words.word());
        break;
      }
      default: {
        const key = name.slice(0, name.lastIndexOf('/'));
        const params = A1111Params.safeParse(golden.manifest.params?.[key]);
        if (!key.startsWith('a1111/CPU/') || !params.success) {
          notCovered.add(group === 'a1111' ? key : group);
          break;
        }
        const { seeds, shape } = params.data;
        const noise =
          noises.get(key) ??
          new FrameNoise(
            seeds,
            shape.reduce((a, b) => a * b),
          );
        noises.set(key, noise);
        outputs[name] = noise.next();
      }
    }
  }
  const { status, detail } = compareOutputs(golden, outputs);
  const note = notCovered.size > 0 ? `; not covered: ${[...notCovered].join(', ')}` : '';
  return {
    status,
    detail: (status === 'passed' ? `${Object.keys(outputs).length} tensors` : detail) + note,
  };
}

export const checkers: Readonly<Record<string, Checker>> = { 'rng/rng': rng };
