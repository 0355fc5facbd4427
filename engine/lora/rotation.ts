import type { LoraParts } from '../../weights/lora-keys.ts';
import { readAllFloats } from '../../weights/read.ts';
import { elementCount, type TensorEntry } from '../../weights/tensor.ts';

/**
 * The rotations of an OFT layer: stored (`oft_diag` of older LyCORIS), or by Cayley's transform R = (I + Q)(I − Q)⁻¹ of
 * the skew-symmetric Q = B − Bᵀ of `oft_blocks` B, whose norm is at most alpha · outputs if there is an alpha
 * (A1111, `network_oft.py`; kohya, `networks/oft.py`). PEFT's `oft_R` has the elements above the diagonal of each Q, and
 * its R is the transform's Neumann series (`OFTRotationModule`).
 *
 * @param weight shape of the weight
 * @returns float32 `[blocks, size, size]` in memory; null if the layer is none that is supported
 */
export async function rotationOf(parts: LoraParts, weight: readonly number[]): Promise<TensorEntry | null> {
  const { oftBlocks, oftDiag, oftR, alpha } = parts;
  if (oftR) return inputRotation(oftR, elementCount(weight.slice(1)));
  if (oftDiag) return oftDiag.shape.length === 3 ? oftDiag : null;
  const [blocks, size, columns] = oftBlocks?.shape ?? [];
  // Four axes: BOFT, which rotates pairs in several rounds.
  if (oftBlocks?.shape.length !== 3 || size !== columns) return null;
  const [values, limit] = await readAllFloats(alpha ? [oftBlocks, alpha] : [oftBlocks]);
  const skew = Float64Array.from(values!, (value, i) => value - values![transposedIndex(i, size!)]!);
  const constraint = (limit?.[0] ?? 0) * (weight[0] ?? 0);
  const norm = Math.sqrt(skew.reduce((sum, value) => sum + value * value, 0));
  const scale = constraint === 0 ? 1 : (Math.min(norm, constraint) + 1e-8) / (norm + 1e-8);
  const rotation = new Float32Array(elementCount(oftBlocks.shape));
  for (let block = 0; block < blocks!; block++) {
    const start = block * size! * size!;
    const q = skew.slice(start, start + size! * size!).map((value) => value * scale);
    rotation.set(cayley(q, size!), start);
  }
  return inMemory(oftBlocks, rotation, oftBlocks.shape);
}

function inMemory(entry: TensorEntry, values: Float32Array, shape: readonly number[]): TensorEntry {
  const gathered = new Uint8Array(values.buffer);
  return { ...entry, dtype: 'F32', shape, length: gathered.length, gathered };
}

/**
 * The rotations of inputs of PEFT's OFT, from `[blocks, size·(size − 1)/2]`; one block is shared by all. Its configuration
 * is in another file, so this is the series that it has by default (`use_cayley_neumann`, 5 terms).
 *
 * @param columns of the weight as a matrix
 */
async function inputRotation(entry: TensorEntry, columns: number): Promise<TensorEntry | null> {
  const [stored = 0, elements = 0] = entry.shape;
  const size = (1 + Math.sqrt(1 + 8 * elements)) / 2;
  if (entry.shape.length !== 2 || elements === 0 || !Number.isInteger(size)) return null;
  const [values] = await readAllFloats([entry]);
  const blocks = stored === 1 && columns % size === 0 ? columns / size : stored;
  const rotation = new Float32Array(blocks * size * size);
  for (let block = 0; block < blocks; block++) {
    const from = stored === 1 ? 0 : block * elements;
    rotation.set(neumann(skewSymmetric(values!.subarray(from, from + elements), size), size), block * size * size);
  }
  return inMemory(entry, rotation, [blocks, size, size]);
}

/** From the elements above its diagonal, row by row. */
function skewSymmetric(above: Float32Array, size: number): Float64Array {
  const q = new Float64Array(size * size);
  let next = 0;
  for (let row = 0; row < size; row++) {
    for (let column = row + 1; column < size; column++) {
      q[row * size + column] = above[next]!;
      q[column * size + row] = -above[next++]!;
    }
  }
  return q;
}

/** I + 2Q + 2Q² + 2Q³ + Q⁴: the first five terms of (I + Q)(I − Q)⁻¹, the last one by half. */
function neumann(q: Float64Array, size: number): Float64Array {
  const square = times(q, q, size);
  const cube = times(square, q, size);
  const fourth = times(cube, q, size);
  return q.map((value, i) => (i % (size + 1) === 0 ? 1 : 0) + 2 * (value + square[i]! + cube[i]!) + fourth[i]!);
}

function times(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < size; inner++) {
      const factor = a[row * size + inner]!;
      for (let column = 0; column < size; column++) {
        product[row * size + column]! += factor * b[inner * size + column]!;
      }
    }
  }
  return product;
}

/** The index of the element on the other side of its block's diagonal. */
function transposedIndex(index: number, size: number): number {
  const area = size * size;
  const [row, column] = [Math.floor((index % area) / size), index % size];
  return index - (index % area) + column * size + row;
}

/** (I + Q)(I − Q)⁻¹: X with X(I − Q) = I + Q. Q is skew-symmetric, so both factors commute: (I − Q)X = I + Q. */
function cayley(q: Float64Array, size: number): Float64Array {
  const identity = (i: number) => (i % (size + 1) === 0 ? 1 : 0);
  const left = q.map((value, i) => identity(i) - value);
  const right = q.map((value, i) => identity(i) + value);
  return solve(left, right, size);
}

/** X with A·X = B, by elimination with the largest pivot of each column. A and B are overwritten. */
function solve(a: Float64Array, b: Float64Array, size: number): Float64Array {
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(a[row * size + column]!) > Math.abs(a[pivot * size + column]!)) pivot = row;
    }
    for (const matrix of [a, b]) swapRows(matrix, column, pivot, size);
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = a[row * size + column]! / a[column * size + column]!;
      for (const matrix of [a, b]) {
        for (let i = 0; i < size; i++) matrix[row * size + i]! -= factor * matrix[column * size + i]!;
      }
    }
  }
  return b.map((value, i) => value / a[Math.floor(i / size) * (size + 1)]!);
}

function swapRows(matrix: Float64Array, first: number, second: number, size: number): void {
  if (first === second) return;
  const row = matrix.slice(first * size, (first + 1) * size);
  matrix.copyWithin(first * size, second * size, (second + 1) * size);
  matrix.set(row, second * size);
}
