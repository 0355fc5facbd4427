import type { LoraParts } from '../../weights/lora-keys.ts';
import { readAllFloats } from '../../weights/read.ts';
import { elementCount, type TensorEntry } from '../../weights/tensor.ts';

/**
 * The rotations of an OFT layer: stored (`oft_diag` of older LyCORIS), or by Cayley's transform R = (I + Q)(I − Q)⁻¹ of
 * the skew-symmetric Q = B − Bᵀ of `oft_blocks` B, whose norm is at most alpha · outputs if there is an alpha
 * (A1111, `network_oft.py`; kohya, `networks/oft.py`).
 *
 * @param outputs of the weight
 * @returns float32 `[blocks, size, size]` in memory; null if the layer is none that is supported
 */
export async function rotationOf(parts: LoraParts, outputs: number): Promise<TensorEntry | null> {
  const { oftBlocks, oftDiag, alpha } = parts;
  if (oftDiag) return oftDiag.shape.length === 3 ? oftDiag : null;
  const [blocks, size, columns] = oftBlocks?.shape ?? [];
  // Four axes: BOFT, which rotates pairs in several rounds.
  if (oftBlocks?.shape.length !== 3 || size !== columns) return null;
  const [values, limit] = await readAllFloats(alpha ? [oftBlocks, alpha] : [oftBlocks]);
  const skew = Float64Array.from(values!, (value, i) => value - values![transposedIndex(i, size!)]!);
  const constraint = (limit?.[0] ?? 0) * outputs;
  const norm = Math.sqrt(skew.reduce((sum, value) => sum + value * value, 0));
  const scale = constraint === 0 ? 1 : (Math.min(norm, constraint) + 1e-8) / (norm + 1e-8);
  const rotation = new Float32Array(elementCount(oftBlocks.shape));
  for (let block = 0; block < blocks!; block++) {
    const start = block * size! * size!;
    const q = skew.slice(start, start + size! * size!).map((value) => value * scale);
    rotation.set(cayley(q, size!), start);
  }
  const gathered = new Uint8Array(rotation.buffer);
  return { ...oftBlocks, dtype: 'F32', length: gathered.length, gathered };
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
