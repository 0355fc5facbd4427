import { z } from 'zod';
import { FrameNoise } from '../../engine/random/frame-noise.ts';
import type { Generator } from '../../engine/random/generator.ts';
import { Mt19937 } from '../../engine/random/mt19937.ts';
import { PhiloxGenerator } from '../../engine/random/philox.ts';
import { TorchGenerator } from '../../engine/random/torch-cpu.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';
import { compareOutputs } from './compare.ts';

const A1111Params = z.strictObject({
  shape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  seeds: z.array(z.int()).min(1),
  eta_noise_seed_delta: z.int(),
  subseeds: z.array(z.int()).optional(),
  subseed_strength: z.number().optional(),
  seed_resize_from_h: z.int().optional(),
  seed_resize_from_w: z.int().optional(),
});

function frameNoise(generator: 'cpu' | 'nv', params: z.infer<typeof A1111Params>): FrameNoise {
  const [channels, height, width] = params.shape;
  const { subseeds, subseed_strength: strength, seed_resize_from_h: resizeH, seed_resize_from_w: resizeW } = params;
  return new FrameNoise({
    generator,
    seeds: params.seeds,
    shape: { channels, height, width },
    etaNoiseSeedDelta: params.eta_noise_seed_delta,
    variation: subseeds && strength !== undefined ? { subseeds, strength } : null,
    resizeFrom: resizeH && resizeW ? { height: resizeH / 8, width: resizeW / 8 } : null,
  });
}

/** The generators of torch, and A1111's noise from them. */
function rng(golden: GoldenCase): Outcome {
  const outputs: Record<string, ArrayLike<number>> = {};
  const sequences = new Map<string, Generator>();
  const noises = new Map<string, FrameNoise>();
  const size = (name: string) => golden.tensor(name).data.length;
  const lowBits = (seed: string) => Number(BigInt.asUintN(32, BigInt(seed)));
  const sequence = (key: string, make: () => Generator) => {
    const generator = sequences.get(key) ?? make();
    sequences.set(key, generator);
    return generator;
  };

  // Draws of one generator depend on the earlier ones, so they are computed in numeric order, not in file order.
  for (const name of [...golden.tensorNames].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const [group, seed] = name.split('/') as [string, string];
    switch (group) {
      case 'cpu':
      case 'cpu_big':
        outputs[name] = new TorchGenerator(BigInt(seed)).randn(size(name));
        break;
      case 'cpu_seq':
        outputs[name] = sequence(`${group}/${seed}`, () => new TorchGenerator(BigInt(seed))).randn(size(name));
        break;
      case 'nv':
      case 'nv_big':
        outputs[name] = sequence(`${group}/${seed}`, () => new PhiloxGenerator(BigInt(seed))).randn(size(name));
        break;
      case 'mt19937': {
        const words = new Mt19937(lowBits(seed));
        outputs[name] = Float64Array.from({ length: size(name) }, () => words.word());
        break;
      }
      default: {
        const key = name.slice(0, name.lastIndexOf('/'));
        const params = A1111Params.parse(golden.manifest.params?.[key]);
        const noise = noises.get(key) ?? frameNoise(seed === 'CPU' ? 'cpu' : 'nv', params);
        noises.set(key, noise);
        outputs[name] = noise.next();
      }
    }
  }
  const { status, detail } = compareOutputs(golden, outputs);
  return { status, detail: status === 'passed' ? `${Object.keys(outputs).length} tensors` : detail };
}

export const checkers: Readonly<Record<string, Checker>> = { 'rng/rng': rng };
