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
const [k1, k2a, k2b] = [part('k1', [2, 3], 44), part('k2a', [2, 2], 45), part('k2b', [2, 2], 46)];
const linearDifference = part('difference', [3, 4], 47);
const [perOutput, perInput] = [part('ia3', [3, 1], 48), part('ia3', [1, 4], 49)];
const [a2, b1] = [part('a2', [4, 2], 50), part('b1', [2, 4], 51)];
const rotation = part('rotation', [1, 3, 3], 52);
const inputRotation = part('rotation', [2, 2, 2], 56);
const convRotation = part('rotation', [9, 4, 4], 57);
const [byInput, byOutput] = [part('m', [1, 4], 53), part('m', [3], 54)];
const byConvInput = part('m', [1, 4, 1, 1], 55);
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
  'a linear layer (LoKr)': {
    layer: 'linear',
    weight: [4, 6],
    patch: { ...about, kind: 'lokr', w1: { whole: k1 }, w2: { a: k2a, b: k2b } },
    change: kronecker(valuesOf(k1), [2, 3], of(k2a, k2b), [2, 2]),
  },
  'a linear layer (full difference)': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'full', difference: linearDifference },
    change: valuesOf(linearDifference),
  },
  'a linear layer ((IA)³ on its outputs)': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'ia3', factors: perOutput, onInput: false },
    change: own([3, 4]).map((value, i) => value * valuesOf(perOutput)[Math.floor(i / 4)]!),
  },
  'a 3×3 convolution ((IA)³ on its inputs)': {
    layer: 'conv',
    weight: [3, 4, 3, 3],
    patch: { ...about, kind: 'ia3', factors: perInput, onInput: true },
    change: own([3, 4, 3, 3]).map((value, i) => value * valuesOf(perInput)[Math.floor(i / 9) % 4]!),
  },
  'a linear layer (GLoRA)': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'glora', a: [a2, linearDown], b: [linearUp, b1] },
    change: product(product(own([3, 4]), valuesOf(a2), 4), valuesOf(linearDown), 2).map(
      (value, i) => value + of(linearUp, b1)[i]!,
    ),
  },
  'a linear layer (OFT)': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'oft', rotation },
    change: rotated(own([3, 4]), valuesOf(rotation), 4).map((value, i) => value - own([3, 4])[i]!),
  },
  "a linear layer (PEFT's OFT, by inputs)": {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'oft', rotation: inputRotation, onInput: true },
    change: inputsRotated(own([3, 4]), valuesOf(inputRotation), 2, 4),
  },
  "a 3×3 convolution (PEFT's OFT, by inputs)": {
    layer: 'conv',
    weight: [3, 4, 3, 3],
    patch: { ...about, kind: 'oft', rotation: convRotation, onInput: true },
    change: inputsRotated(own([3, 4, 3, 3]), valuesOf(convRotation), 4, 36),
  },
  'a linear layer (DoRA by inputs)': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'linear', down: linearDown, up: linearUp, magnitude: byInput },
    change: decomposed([3, 4], of(linearUp, linearDown), valuesOf(byInput), 'inputs'),
  },
  'a 3×3 convolution (DoRA by inputs)': {
    layer: 'conv',
    weight: [3, 4, 3, 3],
    patch: { ...about, kind: 'conv', down: convDown, up: convUp, mid: null, magnitude: byConvInput },
    change: decomposed([3, 4, 9], of(convUp, convDown), valuesOf(byConvInput), 'inputs'),
  },
  'a linear layer (DoRA by outputs)': {
    layer: 'linear',
    weight: [3, 4],
    patch: { ...about, kind: 'linear', down: linearDown, up: linearUp, magnitude: byOutput },
    change: decomposed([3, 4], of(linearUp, linearDown), valuesOf(byOutput), 'outputs'),
  },
  'a linear layer (LoHa)': {
    layer: 'linear',
    weight: [3, 36],
    patch: { ...about, kind: 'loha', w1a, w1b, w2a, w2b },
    change: of(w1a, w1b).map((value, i) => value * of(w2a, w2b)[i]!),
  },
};

/** The weight itself. */
function own(shape: readonly number[]): Float32Array {
  return valuesOf(weights({ 'w.weight': shape }).get('w.weight')!);
}

/** a ⊗ b */
function kronecker(
  a: Float32Array,
  [rowsA, columnsA]: readonly [number, number],
  b: Float32Array,
  [rowsB, columnsB]: readonly [number, number],
): Float32Array {
  const columns = columnsA * columnsB;
  return Float32Array.from({ length: rowsA * rowsB * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const left = a[Math.floor(row / rowsB) * columnsA + Math.floor(column / columnsB)]!;
    return left * b[(row % rowsB) * columnsB + (column % columnsB)]!;
  });
}

/** Row m is Σ_n rotation[n, m] · row n. */
function rotated(rows: Float32Array, by: Float32Array, columns: number): Float32Array {
  const size = rows.length / columns;
  return Float32Array.from(rows, (_, i) => {
    const [m, column] = [Math.floor(i / columns), i % columns];
    return Array.from({ length: size }, (__, n) => by[n * size + m]! * rows[n * columns + column]!).reduce(
      (x, y) => x + y,
    );
  });
}

/** W·Rᵀ − W: column m of a block is Σ_n rotation[m, n] · column n. */
function inputsRotated(values: Float32Array, by: Float32Array, size: number, columns: number): Float32Array {
  return Float32Array.from(values, (value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [block, m] = [Math.floor(column / size), column % size];
    let sum = -value;
    for (let n = 0; n < size; n++) {
      sum += by[(block * size + m) * size + n]! * values[row * columns + block * size + n]!;
    }
    return sum;
  });
}

/** V·m/|V| − W with V = W + 0.5·ΔW, divided by the scale 0.5 that the expectation multiplies with. */
function decomposed(
  [outputs, inputs, kernel = 1]: readonly number[],
  change: Float32Array,
  magnitude: Float32Array,
  by: 'inputs' | 'outputs',
): Float32Array {
  const weight = own(kernel === 1 ? [outputs!, inputs!] : [outputs!, inputs!, 3, 3]);
  const merged = weight.map((value, i) => value + 0.5 * change[i]!);
  const group = (i: number) =>
    by === 'outputs' ? Math.floor(i / (inputs! * kernel)) : Math.floor(i / kernel) % inputs!;
  const norms = new Float64Array(magnitude.length);
  merged.forEach((value, i) => {
    norms[group(i)]! += value ** 2;
  });
  return merged.map((value, i) => ((value * magnitude[group(i)]!) / Math.sqrt(norms[group(i)]!) - weight[i]!) / 0.5);
}

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
    tensors: weights({ 'w.weight': shape, 'w.bias': [shape[0]!] }),
    patches: (graph) => new Map([['w.weight', [{ patch, strength: graph.input('strength', [strengths.length]) }]]]),
    feeds: { x, strength: { data: Float32Array.from(strengths), dims: [strengths.length] } },
  });
  return data;
}

/** The same four samples through the layer with weights W + factor·ΔW. */
async function withChangedWeight({ layer, weight: shape, change }: Case, factor: number): Promise<Float32Array> {
  const tensors = weights({ 'w.weight': shape, 'w.bias': [shape[0]!] });
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

describe('a change of a vector', () => {
  const change = (size: number, seed: number): LoraPatch => ({
    ...about,
    kind: 'full',
    difference: part('vector', [size], seed),
  });
  const shapes = {
    'n.weight': [4],
    'n.bias': [4],
    'w.weight': [3, 4],
    'w.bias': [3],
    'c.weight': [3, 4, 3, 3],
    'c.bias': [3],
  };
  type Key = keyof typeof shapes;
  const layersOf: Readonly<
    Record<
      string,
      {
        readonly keys: readonly Key[];
        readonly dims: readonly number[];
        readonly build: (layers: Layers, x: Value) => Value;
      }
    >
  > = {
    'a linear layer': { keys: ['w.bias'], dims: [4, 2, 4], build: (layers, x) => layers.linear(x, 'w') },
    'a convolution': { keys: ['c.bias'], dims: [4, 4, 3, 3], build: (layers, x) => layers.conv(x, 'c') },
    'a layer norm': { keys: ['n.weight', 'n.bias'], dims: [4, 2, 4], build: (layers, x) => layers.layerNorm(x, 'n') },
    'a group norm': {
      keys: ['n.weight', 'n.bias'],
      dims: [4, 4, 3, 3],
      build: (layers, x) => layers.groupNorm(x, 'n', { groups: 2, epsilon: 1e-5 }),
    },
  };

  describe.each(Object.entries(layersOf))('of %s', (_, { keys, dims, build }) => {
    const x = { data: numbers(dims, 5), dims };
    const patched = (strengths: readonly number[], openBatch: boolean) =>
      run((layers) => build(layers, layers.graph.input('x', dims)), {
        openBatch,
        tensors: weights(shapes),
        patches: (graph) => {
          const strength = graph.input('strength', [strengths.length]);
          return new Map(keys.map((key, i) => [key, [{ patch: change(shapes[key][0]!, 60 + i), strength }]]));
        },
        feeds: { x, strength: { data: Float32Array.from(strengths), dims: [strengths.length] } },
      });
    const expected = (strength: number) => {
      const tensors = weights(shapes);
      keys.forEach((key, i) => {
        const values = valuesOf(tensors.get(key)!);
        const difference = numbers(shapes[key], 60 + i);
        values.set(values.map((value, j) => value + strength * 0.5 * difference[j]!));
      });
      return run((layers) => build(layers, layers.graph.input('x', dims)), { tensors, feeds: { x } });
    };

    it('is merged when it has one strength', async () => {
      const { data } = await patched([0.7], false);
      expect(distance(data, (await expected(0.7)).data)).toBeLessThan(5e-6);
      expect(distance(data, (await expected(0)).data)).toBeGreaterThan(1e-2);
    });

    it.each([false, true])('uses a strength per sample if it travels (open batch: %s)', async (openBatch) => {
      const strengths = [0, 0.7, -1.2, 1];
      const { data } = await patched(strengths, openBatch);
      const size = data.length / 4;
      for (const [sample, strength] of strengths.entries()) {
        const rows = [sample * size, (sample + 1) * size] as const;
        expect(distance(data.slice(...rows), (await expected(strength)).data.slice(...rows))).toBeLessThan(5e-6);
      }
    });
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
