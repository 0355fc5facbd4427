import { describe, expect, it } from 'vitest';
import { BadModelError } from '../../../weights/tensor.ts';
import { distance, normalized, numbers, product, run, transposed, valuesOf, weights } from './tensors.ts';

const feed = (dims: readonly number[], seed = 1) => ({ data: numbers(dims, seed), dims });

/** A 3×3 convolution by its definition, with any padding before and behind. */
function convolved(x: Float32Array, w: Float32Array, [inputs, size]: [number, number], stride: number, before: number) {
  const outputs = w.length / (inputs * 9);
  const after = 1;
  const out = Math.floor((size + before + after - 3) / stride) + 1;
  const y = new Float32Array(outputs * out * out);
  for (let o = 0; o < outputs; o++) {
    for (let row = 0; row < out; row++) {
      for (let column = 0; column < out; column++) {
        let sum = 0;
        for (let i = 0; i < inputs; i++) {
          for (let k = 0; k < 9; k++) {
            const [r, c] = [row * stride + Math.floor(k / 3) - before, column * stride + (k % 3) - before];
            if (r < 0 || c < 0 || r >= size || c >= size) continue;
            sum += x[(i * size + r) * size + c]! * w[(o * inputs + i) * 9 + k]!;
          }
        }
        y[(o * out + row) * out + column] = sum;
      }
    }
  }
  return y;
}

describe('layers', () => {
  it('multiplies by a linear layer as PyTorch keeps it, and adds its bias', async () => {
    const tensors = weights({ 'fc.weight': [3, 4], 'fc.bias': [3] });
    const x = feed([2, 5, 4]);
    const y = await run((layers) => layers.linear(layers.graph.input('x', x.dims), 'fc'), { tensors, feeds: { x } });
    const expected = product(x.data, transposed(valuesOf(tensors.get('fc.weight')!), 4), 4);
    const bias = valuesOf(tensors.get('fc.bias')!);
    expect(y.dims).toEqual([2, 5, 3]);
    expect(
      distance(
        y.data,
        expected.map((value, i) => value + bias[i % 3]!),
      ),
    ).toBeLessThan(1e-5);
  });

  it.each([
    ['keeping the size', {}, 1, 1, 5],
    ['halving it', { stride: 2 }, 2, 1, 3],
    ['halving it with padding at the end only', { stride: 2, padEnd: true }, 2, 0, 2],
  ])('convolves, %s', async (_, options, stride, before, size) => {
    const tensors = weights({ 'c.weight': [3, 2, 3, 3] });
    const x = feed([1, 2, 5, 5]);
    const y = await run((layers) => layers.conv(layers.graph.input('x', x.dims), 'c', options), {
      tensors,
      feeds: { x },
    });
    expect(y.dims).toEqual([1, 3, size, size]);
    expect(
      distance(y.data, convolved(x.data, valuesOf(tensors.get('c.weight')!), [2, 5], stride, before)),
    ).toBeLessThan(1e-5);
  });

  it('computes group norms per sample, or over the frames of each clip', async () => {
    const tensors = weights({ 'n.weight': [4], 'n.bias': [4] });
    const [scale, shift] = [valuesOf(tensors.get('n.weight')!), valuesOf(tensors.get('n.bias')!)];
    // Two clips of three frames, four channels in two groups, 1×2 pixels.
    const x = feed([6, 4, 1, 2]);
    const at = (frame: number, channel: number, pixel: number) => (frame * 4 + channel) * 2 + pixel;
    for (const shared of [1, 3]) {
      const y = await run(
        (layers) => layers.groupNorm(layers.graph.input('x', x.dims), 'n', { groups: 2, epsilon: 1e-5, shared }),
        { tensors, feeds: { x } },
      );
      const expected = new Float32Array(48);
      for (let clip = 0; clip < 6 / shared; clip++) {
        for (let group = 0; group < 2; group++) {
          const members: number[] = [];
          for (let frame = clip * shared; frame < (clip + 1) * shared; frame++) {
            for (const channel of [2 * group, 2 * group + 1])
              members.push(at(frame, channel, 0), at(frame, channel, 1));
          }
          const normal = normalized(
            Float32Array.from(members, (i) => x.data[i]!),
            members.length,
            1e-5,
          );
          members.forEach((i, n) => {
            const channel = Math.floor(i / 2) % 4;
            expected[i] = normal[n]! * scale[channel]! + shift[channel]!;
          });
        }
      }
      expect(y.dims).toEqual(x.dims);
      expect(distance(y.data, expected)).toBeLessThan(1e-5);
    }
  });

  it('computes layer norms over the last axis', async () => {
    const tensors = weights({ 'n.weight': [5], 'n.bias': [5] });
    const [scale, shift] = [valuesOf(tensors.get('n.weight')!), valuesOf(tensors.get('n.bias')!)];
    const x = feed([3, 5]);
    const y = await run((layers) => layers.layerNorm(layers.graph.input('x', x.dims), 'n'), { tensors, feeds: { x } });
    const expected = normalized(x.data, 5, 1e-5).map((value, i) => value * scale[i % 5]! + shift[i % 5]!);
    expect(distance(y.data, expected)).toBeLessThan(1e-5);
  });

  it("attends the same with ONNX Runtime's operator and written out, and as the definition says", async () => {
    const [query, key, value] = [feed([2, 5, 6], 1), feed([2, 3, 6], 2), feed([2, 3, 6], 3)];
    const results = [true, false].map((fusedAttention) =>
      run(
        (layers) =>
          layers.attention(
            layers.graph.input('query', query.dims),
            layers.graph.input('key', key.dims),
            layers.graph.input('value', value.dims),
            2,
          ),
        { fusedAttention, feeds: { query, key, value } },
      ),
    );
    const [fused, written] = await Promise.all(results);
    const expected = new Float32Array(2 * 5 * 6);
    for (let sample = 0; sample < 2; sample++) {
      for (let head = 0; head < 2; head++) {
        for (let token = 0; token < 5; token++) {
          const at = (rows: number, row: number, i: number) => (sample * rows + row) * 6 + head * 3 + i;
          const scores = [0, 1, 2].map((other) =>
            Math.exp(
              [0, 1, 2].reduce((sum, i) => sum + query.data[at(5, token, i)]! * key.data[at(3, other, i)]!, 0) /
                Math.sqrt(3),
            ),
          );
          const total = scores.reduce((sum, score) => sum + score, 0);
          for (let i = 0; i < 3; i++) {
            expected[at(5, token, i)] = scores.reduce(
              (sum, score, other) => sum + (score / total) * value.data[at(3, other, i)]!,
              0,
            );
          }
        }
      }
    }
    expect(distance(fused!.data, expected)).toBeLessThan(1e-5);
    expect(distance(written!.data, expected)).toBeLessThan(1e-5);
  });

  it('rejects heads that do not divide the channels', async () => {
    const attend = run((layers) => {
      const x = layers.graph.input('x', [1, 2, 12]);
      return layers.attention(x, x, x, 8);
    }, {});
    await expect(attend).rejects.toThrow(BadModelError);
    await expect(attend).rejects.toThrow(/12 channels.*8 heads.*metadata/);
  });

  it('activates: SiLU, CLIP’s quick GELU, GELU', async () => {
    const x = { data: Float32Array.of(-3, -1, -0.25, 0, 0.5, 2), dims: [6] };
    const activate = async (kind: 'silu' | 'quickGelu' | 'gelu') =>
      (await run((layers) => layers[kind](layers.graph.input('x', x.dims)), { feeds: { x } })).data;
    const swish = (alpha: number) => x.data.map((value) => value / (1 + Math.exp(-alpha * value)));
    expect(distance(await activate('silu'), swish(1))).toBeLessThan(1e-6);
    expect(distance(await activate('quickGelu'), swish(1.702))).toBeLessThan(1e-6);
    // x·Φ(x), Φ the normal distribution.
    const gelu = Float32Array.of(-0.00404969, -0.15865525, -0.10032342, 0, 0.34573123, 1.95449974);
    expect(distance(await activate('gelu'), gelu)).toBeLessThan(1e-5);
  });

  it('gates: the first half of the projection holds the values, the second the gates', async () => {
    const tensors = weights({ 'ff.net.0.proj.weight': [4, 1], 'ff.net.2.weight': [2, 2] });
    valuesOf(tensors.get('ff.net.0.proj.weight')!).set([2, 3, 100, -100]);
    valuesOf(tensors.get('ff.net.2.weight')!).set([1, 0, 0, 1]);
    const x = { data: Float32Array.of(1), dims: [1, 1] };
    const y = await run((layers) => layers.geglu(layers.graph.input('x', x.dims), 'ff'), { tensors, feeds: { x } });
    // gelu(100) = 100 and gelu(−100) = 0.
    expect(distance(y.data, Float32Array.of(200, 0))).toBeLessThan(1e-3);
  });

  it('resizes to the nearest pixel as PyTorch, to odd sizes too', async () => {
    const x = { data: Float32Array.of(0, 1, 2, 3), dims: [1, 1, 2, 2] };
    const resize = async (height: number, width: number) => [
      ...(await run((layers) => layers.resize(layers.graph.input('x', x.dims), height, width), { feeds: { x } })).data,
    ];
    expect(await resize(2, 4)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(await resize(3, 3)).toEqual([0, 0, 1, 0, 0, 1, 2, 2, 3]);
  });
});
