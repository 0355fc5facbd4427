import { type GraphBuilder, sizeOf, type Value } from './builder.ts';
import { transpose } from './operations.ts';
import { suitsWinograd, winograd } from './winograd.ts';

/*
 * Matrix products and convolutions. On the CPU, their results are the same for any number of threads.
 */

export interface ConvOptions {
  readonly stride?: number;
  /** Pad only on the right and at the bottom, as the VAE's encoder does when it halves the size. */
  readonly padEnd?: boolean;
}

const TRANSPOSE_SECOND = { attributes: { transB: 1 } } as const;

/** Pixels of which each of 32 threads gets enough that the CPU's kernel sums them in the same order as one thread does. */
const LARGE_AREA = 32 * 128;

/** Columns of which each of 32 threads gets enough for the same. */
const LARGE_WIDTH = 32 * 80;

/** Rows that fit into the second-level cache with the results of a layer that is not wide; fewer would make more operators. */
const ROWS_AT_ONCE = 1024;

/** Inputs and results of a layer that stay in the cache without runs. */
const CACHED_VALUES = 2 ** 21;

/** The most groups of equal size for so many threads; the CPU's kernel is slow with fewer than 16 filters. */
function groupsOf(filters: number, threads: number): number {
  let groups = Math.max(1, Math.min(threads, Math.floor(filters / 16)));
  while (filters % groups !== 0) groups--;
  return groups;
}

/** x·Wᵀ + b. Gemm reads W as stored; for MatMul it would have to be transposed first. */
export function product(graph: GraphBuilder, x: Value, weight: Value, bias: Value | null = null): Value {
  const [out, input] = weight.dims as [number, number];
  const rows = sizeOf(x) / input;
  const flat = x.dims.length === 2 ? x : graph.reshape(x, [rows, input]);
  // Fewer rows than columns would be multiplied the other way round, with other rounding.
  const leastRows = rows * (input + out) <= CACHED_VALUES ? rows : Math.max(ROWS_AT_ONCE, out);
  const y =
    graph.threads !== undefined && out > rows && out < LARGE_WIDTH
      ? wideProduct(graph, flat, weight, bias)
      : inRuns(graph, flat, leastRows, (run) =>
          graph.op('Gemm', bias ? [run, weight, bias] : [run, weight], [run.dims[0]!, out], TRANSPOSE_SECOND),
        );
  return x.dims.length === 2 ? y : graph.reshape(y, [...x.dims.slice(0, -1), out]);
}

/**
 * Computes rows independently, on the CPU in runs of at least so many, because what a run reads and computes stays in the
 * processor's cache.
 *
 * @param x `[rows, channels]`
 */
export function inRuns(graph: GraphBuilder, x: Value, leastRows: number, compute: (run: Value) => Value): Value {
  const rows = x.dims[0]!;
  const count = Math.floor(rows / leastRows);
  if (graph.threads === undefined || count < 2) return compute(x);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * rows) / count));
  return graph.inBlock(() => {
    const runs = bounds.slice(1).map((end, i) => compute(graph.slice(x, 0, bounds[i]!, end)));
    return graph.concat(runs, 0);
  });
}

/**
 * x·Wᵀ + b as (W·xᵀ + b)ᵀ. The CPU's kernel divides the longer axis of the result among threads. If that is the columns,
 * the order in which it sums depends on the number of threads.
 */
function wideProduct(graph: GraphBuilder, x: Value, weight: Value, bias: Value | null): Value {
  const [out, rows] = [weight.dims[0]!, x.dims[0]!];
  const inputs = bias ? [weight, x, graph.reshapeWeight(bias, [out, 1])] : [weight, x];
  return transpose(graph, graph.op('Gemm', inputs, [out, rows], TRANSPOSE_SECOND), [1, 0]);
}

/** A 2-D convolution that keeps the size, or halves it with stride 2; x is `[batch, channels, height, width]`. */
export function convolve(
  graph: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  { stride = 1, padEnd = false }: ConvOptions = {},
): Value {
  const [batch, , height, width] = x.dims as [number, number, number, number];
  const [out, , kernel] = weight.dims as [number, number, number, number];
  if (graph.winograd && kernel === 3 && stride === 1 && !padEnd && suitsWinograd(x.dims, weight.dims)) {
    return graph.inBlock(() => winograd(graph, x, weight, bias));
  }
  const pad = kernel === 3 ? 1 : 0;
  const pads = padEnd ? [0, 0, 1, 1] : [pad, pad, pad, pad];
  const size = (length: number) => Math.floor((length + pads[0]! + pads[2]! - kernel) / stride) + 1;
  const dims = [batch, out, size(height), size(width)];
  const attributes = { kernel_shape: [kernel, kernel], pads, strides: [stride, stride] };
  const convolved = (input: Value, group: number) =>
    graph.op('Conv', bias ? [input, weight, bias] : [input, weight], [input.dims[0]!, ...dims.slice(1)], {
      attributes: { ...attributes, group },
    });
  const area = dims[2]! * dims[3]!;
  if (batch > 1 || out > area || area >= LARGE_AREA) return convolved(x, 1);
  return convolveAlone(graph, x, out, convolved);
}

/**
 * A convolution of one small image. The CPU's kernel would divide its pixels among threads, and the order in which it
 * sums depends on the number of pixels in each part; but it gives images of a batch and groups of filters to threads as
 * they are. So the filters become groups that each read the whole image.
 */
function convolveAlone(
  graph: GraphBuilder,
  x: Value,
  filters: number,
  convolved: (input: Value, group: number) => Value,
): Value {
  const { threads = 1 } = graph;
  if (threads === 1) return convolved(x, 1);
  const groups = groupsOf(filters, threads);
  const repeat = (times: number, axis: number) => graph.concat(Array<Value>(times).fill(x), axis);
  if (groups > 1) return convolved(repeat(groups, 1), groups);
  // Too few filters for groups: the image is a batch of two, and the second result is dropped.
  return graph.slice(convolved(repeat(2, 0), 1), 0, 0, 1);
}
