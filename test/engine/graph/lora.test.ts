import { describe, expect, it } from 'vitest';
import type { Value } from '../../../engine/graph/builder.ts';
import type { Layers } from '../../../engine/graph/layers.ts';
import type { LoraPatch } from '../../../engine/lora/patches.ts';
import { elementCount, type TensorEntry } from '../../../weights/tensor.ts';
import { distance, numbers, product, run, valuesOf, weight, weights } from './tensors.ts';

const part = (name: string, shape: readonly number[], seed: number) =>
  weight(`${name} ${seed}`, shape, numbers(shape, seed));
const about = { component: 'unet', target: 'w.weight', scale: 0.5 } as const;

interface Case {
  readonly layer: 'linear' | 'conv';
  readonly weight: readonly number[];
  readonly patch: LoraPatch;
  /** ΔW by its definition, not scaled. */
  readonly change: Float32Array;
}

const [linearDown, linearUp] = [part('down', [2, 4], 31), part('up', [3, 2], 32)];
const [pointDown, pointUp] = [part('down', [2, 4, 1, 1], 33), part('up', [3, 2, 1, 1], 34)];
const [convDown, convUp] = [part('down', [2, 4, 3, 3], 35), part('up', [3, 2, 1, 1], 36)];
const [cpDown, cpMid, cpUp] = [
  part('down', [2, 4, 1, 1], 37),
  part('mid', [2, 2, 3, 3], 38),
  part('up', [3, 2, 1, 1], 39),
];
const [w1a, w1b, w2a, w2b] = [
  part('w1a', [3, 2], 40),
  part('w1b', [2, 36], 41),
  part('w2a', [3, 2], 42),
  part('w2b', [2, 36], 43),
];
const of = (up: TensorEntry, down: TensorEntry) => product(valuesOf(up), valuesOf(down), 2);

const CASES: Readonly<Record<string, Case>> = {
  'a linear layer': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'linear', down: linearDown, up: linearUp },
    change: of(linearUp, linearDown),
  },
  'a linear layer, written as a 1×1 convolution': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'conv', down: pointDown, up: pointUp, mid: null },
    change: of(pointUp, pointDown),
  },
  'a 1×1 convolution, written as a linear layer': {
    layer: 'conv',
    weight: [3, 4, 1, 1],
    patch: { ...about, kind: 'linear', down: linearDown, up: linearUp },
    change: of(linearUp, linearDown),
  },
  'a 3×3 convolution (LoCon)': {
    layer: 'conv',
    weight: [3, 4, 3, 3],
    patch: { ...about, kind: 'conv', down: convDown, up: convUp, mid: null },
    change: of(convUp, convDown),
  },
  'a 3×3 convolution with CP decomposition': {
    layer: 'conv',
    weight: [3, 4, 3, 3],
    patch: { ...about, kind: 'conv', down: cpDown, up: cpUp, mid: cpMid },
    change: coupled(valuesOf(cpUp), valuesOf(cpMid), valuesOf(cpDown)),
  },
  'a 3×3 convolution (LoHa)': {
    layer: 'conv',
    weight: [3, 4, 3, 3],
    patch: { ...about, kind: 'loha', w1a, w1b, w2a, w2b },
    change: of(w1a, w1b).map((value, i) => value * of(w2a, w2b)[i]!),
  },
  'a linear layer (LoHa)': {
    layer: 'linear',
    weight: [3, 36],
    patch: { ...about, kind: 'loha', w1a, w1b, w2a, w2b },
    change: of(w1a, w1b).map((value, i) => value * of(w2a, w2b)[i]!),
  },
};

/** Σ_pq up[o, p] · mid[p, q, k] · down[q, i], at [o, i, k]; ranks are 2, outputs 3, inputs 4, and k runs over 3×3. */
function coupled(up: Float32Array, mid: Float32Array, down: Float32Array): Float32Array {
  const change = new Float32Array(3 * 4 * 9);
  for (let o = 0; o < 3; o++) {
    for (let i = 0; i < 4; i++) {
      for (let k = 0; k < 9; k++) {
        for (const [p, q] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const) {
          change[(o * 4 + i) * 9 + k]! += up[o * 2 + p]! * mid[(p * 2 + q) * 9 + k]! * down[q * 4 + i]!;
        }
      }
    }
  }
  return change;
}

/** Four samples through a layer whose LoRA has the given strengths: one for all, or one for each. */
async function withLora({ layer, weight: shape, patch }: Case, strengths: readonly number[]): Promise<Float32Array> {
  const x = input(shape);
  const { data } = await run(apply(layer, x.dims), {
    tensors: weights({ 'w.weight': shape, 'w.bias': [3] }),
    patches: (graph) => new Map([['w.weight', [{ patch, strength: graph.input('strength', [strengths.length]) }]]]),
    feeds: { x, strength: { data: Float32Array.from(strengths), dims: [strengths.length] } },
  });
  return data;
}

/** The same four samples through the layer with weights W + factor·ΔW. */
async function withChangedWeight({ layer, weight: shape, change }: Case, factor: number): Promise<Float32Array> {
  const tensors = weights({ 'w.weight': shape, 'w.bias': [3] });
  const values = valuesOf(tensors.get('w.weight')!);
  values.set(values.map((value, i) => value + factor * change[i]!));
  const x = input(shape);
  return (await run(apply(layer, x.dims), { tensors, feeds: { x } })).data;
}

function input(shape: readonly number[]) {
  const dims = shape.length === 4 ? [4, shape[1]!, 3, 3] : [4, 2, shape[1]!];
  return { data: numbers(dims, 5), dims };
}

const apply =
  (layer: 'linear' | 'conv', dims: readonly number[]) =>
  (layers: Layers): Value =>
    layers[layer](layers.graph.input('x', dims), 'w');

describe.each(Object.entries(CASES))('a LoRA on %s', (_, example) => {
  it('changes the weight by strength · scale · ΔW when it has one strength', async () => {
    expect(example.change).toHaveLength(elementCount(example.weight));
    for (const strength of [0, 0.7, -1.2]) {
      const expected = await withChangedWeight(example, strength * example.patch.scale);
      expect(distance(await withLora(example, [strength]), expected)).toBeLessThan(5e-5);
    }
  });

  it('uses a strength per sample if it travels', async () => {
    const strengths = [0, 0.7, -1.2, 1];
    const mixed = await withLora(example, strengths);
    const size = mixed.length / 4;
    for (const [sample, strength] of strengths.entries()) {
      const alone = await withChangedWeight(example, strength * example.patch.scale);
      const rows = [sample * size, (sample + 1) * size] as const;
      expect(distance(mixed.slice(...rows), alone.slice(...rows))).toBeLessThan(5e-5);
    }
  });
});

describe('several LoRAs', () => {
  it('add up on one weight, merged and travelling', async () => {
    const example = CASES['a linear layer']!;
    const second = CASES['a linear layer, written as a 1×1 convolution']!;
    const x = input(example.weight);
    const tensors = weights({ 'w.weight': example.weight, 'w.bias': [3] });
    const { data } = await run(apply('linear', x.dims), {
      tensors,
      patches: (graph) => {
        const strengths = [graph.input('a', [1]), graph.input('b', [4])];
        const patches = [example.patch, second.patch].map((patch, i) => ({ patch, strength: strengths[i]! }));
        return new Map([['w.weight', patches]]);
      },
      feeds: {
        x,
        a: { data: Float32Array.of(2), dims: [1] },
        b: { data: new Float32Array(4).fill(3), dims: [4] },
      },
    });
    const sum = { ...example, change: example.change.map((value, i) => 2 * value + 3 * second.change[i]!) };
    expect(distance(data, await withChangedWeight(sum, example.patch.scale))).toBeLessThan(5e-5);
  });
});
