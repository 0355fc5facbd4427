import type { LoraParts } from '../../weights/lora-keys.ts';
import { elementCount, type TensorEntry } from '../../weights/tensor.ts';

/**
 * A change ΔW of a weight W, with W's elements in W's order (reshape it to W's shape).
 *
 * - `linear`: ΔW = up @ down, of [out, rank] and [rank, in]
 * - `conv`: ΔW = up @ flatten(down), of [out, rank, 1, 1] and [rank, in, kh, kw]. With `mid` [rank, rank, kh, kw] (CP
 *   decomposition) down is [rank, in, 1, 1], and ΔW[o, i] = Σ_pq up[o, p] · mid[p, q] · down[q, i]
 * - `loha`: ΔW = (w1a @ w1b) ∘ (w2a @ w2b), of [out, rank] and [rank, in·kh·kw] (LyCORIS, arXiv 2108.06098). With t1
 *   and t2 [rank, rank, kh, kw] (Tucker decomposition), w1a and w2a are [rank, out], and each product is a `mid` one
 * - `lokr`: ΔW = w1 ⊗ w2, Kronecker's product; each is whole or a product (LyCORIS, arXiv 2309.14859)
 * - `full`: ΔW is stored
 * - `ia3`: ΔW = W ∘ v, a factor per output or per input (arXiv 2205.05638)
 * - `glora`: ΔW = b + W @ a, each a product (arXiv 2306.07967)
 * - `oft`: ΔW = R·W − W, where R rotates blocks of outputs (arXiv 2306.07280), or W·Rᵀ − W, of inputs (PEFT)
 */
export type LoraChange =
  | { readonly kind: 'linear'; readonly down: TensorEntry; readonly up: TensorEntry }
  | { readonly kind: 'conv'; readonly down: TensorEntry; readonly up: TensorEntry; readonly mid: TensorEntry | null }
  | {
      readonly kind: 'loha';
      readonly w1a: TensorEntry;
      readonly w1b: TensorEntry;
      readonly w2a: TensorEntry;
      readonly w2b: TensorEntry;
      readonly t1?: TensorEntry;
      readonly t2?: TensorEntry;
    }
  | { readonly kind: 'lokr'; readonly w1: KroneckerFactor; readonly w2: KroneckerFactor }
  | { readonly kind: 'full'; readonly difference: TensorEntry }
  | { readonly kind: 'ia3'; readonly factors: TensorEntry; readonly onInput: boolean }
  | {
      readonly kind: 'glora';
      /** W @ a[0] @ a[1] and b[0] @ b[1]. */
      readonly a: readonly [TensorEntry, TensorEntry];
      readonly b: readonly [TensorEntry, TensorEntry];
    }
  | {
      readonly kind: 'oft';
      /**
       * `[blocks, size, size]`; output m of a block is Σ_n rotation[n, m] · W[n]. `onInput`: column m of a block is Σ_n
       * rotation[m, n] · W[:, n].
       */
      readonly rotation: TensorEntry;
      readonly onInput?: true;
      /** A factor per output. */
      readonly rescale?: TensorEntry;
    };

/** A whole matrix or convolution; or a @ b; or with a core, Σ_ij core[i, j] · a[i] · b[j]. */
export type KroneckerFactor =
  | { readonly whole: TensorEntry }
  | { readonly a: TensorEntry; readonly b: TensorEntry; readonly core?: TensorEntry };

/** The change of a weight that its tensors describe; null when parts are missing or not supported. */
export function changeOf(parts: LoraParts, rotation: TensorEntry | null): LoraChange | null {
  if (parts.unsupported) return null;
  const { down, up, mid = null } = parts;
  if (down && up) {
    if (down.shape.length === 4) return { kind: 'conv', down, up, mid };
    return mid ? null : { kind: 'linear', down, up };
  }
  const { hadaW1a: w1a, hadaW1b: w1b, hadaW2a: w2a, hadaW2b: w2b, hadaT1: t1, hadaT2: t2 } = parts;
  if (w1a && w1b && w2a && w2b) return { kind: 'loha', w1a, w1b, w2a, w2b, ...(t1 && { t1 }), ...(t2 && { t2 }) };
  const [w1, w2] = [
    kroneckerFactor(parts.lokrW1, parts.lokrW1a, parts.lokrW1b),
    kroneckerFactor(parts.lokrW2, parts.lokrW2a, parts.lokrW2b, parts.lokrT2),
  ];
  if (w1 && w2) return { kind: 'lokr', w1, w2 };
  if (parts.ia3) return { kind: 'ia3', factors: parts.ia3, onInput: parts.ia3.shape[0] === 1 };
  const { a1, a2, b1, b2, diff, rescale } = parts;
  if (a1 && a2 && b1 && b2) {
    // LyCORIS before 2.0, as A1111: W @ a2 @ a1; since then in the order of the names.
    const isOld = (a1.shape[0] ?? 0) <= (a2.shape[0] ?? 0);
    return { kind: 'glora', a: isOld ? [a2, a1] : [a1, a2], b: isOld ? [b2, b1] : [b1, b2] };
  }
  if (rotation) {
    return { kind: 'oft', rotation, ...(parts.oftR && { onInput: true }), ...(rescale && { rescale }) };
  }
  return diff ? { kind: 'full', difference: diff } : null;
}

function kroneckerFactor(
  whole: TensorEntry | undefined,
  a: TensorEntry | undefined,
  b: TensorEntry | undefined,
  core?: TensorEntry,
): KroneckerFactor | null {
  if (whole) return { whole };
  return a && b ? { a, b, ...(core && { core }) } : null;
}

/** The tensors of a change, in its LoRA's file. */
export function changeTensors(change: LoraChange): TensorEntry[] {
  switch (change.kind) {
    case 'linear':
      return [change.down, change.up];
    case 'conv':
      return change.mid ? [change.down, change.up, change.mid] : [change.down, change.up];
    case 'loha': {
      const { w1a, w1b, w2a, w2b, t1, t2 } = change;
      return [w1a, w1b, w2a, w2b, ...(t1 ? [t1] : []), ...(t2 ? [t2] : [])];
    }
    case 'lokr':
      return [change.w1, change.w2].flatMap((factor) => Object.values(factor) as TensorEntry[]);
    case 'full':
      return [change.difference];
    case 'ia3':
      return [change.factors];
    case 'glora':
      return [...change.a, ...change.b];
    case 'oft':
      return change.rescale ? [change.rotation, change.rescale] : [change.rotation];
  }
}

/** Whether ΔW has the elements of a weight, with the same inputs and outputs. */
export function fits(change: LoraChange, weight: readonly number[]): boolean {
  const [outputs = 0, inputs = 1, ...kernel] = weight;
  const inner = inputs * elementCount(kernel);
  switch (change.kind) {
    case 'loha': {
      const { w1a, w1b, w2a, w2b, t1, t2 } = change;
      if (!t1 !== !t2) return false;
      return t1 && t2
        ? coupledFits(w1a.shape[1], t1, w1b, weight) && coupledFits(w2a.shape[1], t2, w2b, weight)
        : factorsFit(w1a, w1b, outputs, inner) && factorsFit(w2a, w2b, outputs, inner);
    }
    case 'lokr': {
      const [first, second] = [kroneckerShape(change.w1), kroneckerShape(change.w2)];
      return (
        first[0] * second[0] === outputs && first[1] * second[1] === inner && second[1] % elementCount(kernel) === 0
      );
    }
    case 'full':
      return isSame(withoutOnes(change.difference.shape), withoutOnes(weight));
    case 'ia3':
      return weight.length > 1 && elementCount(change.factors.shape) === (change.onInput ? inputs : outputs);
    case 'glora': {
      const [[a0, a1], [b0, b1]] = [change.a, change.b];
      return elementCount(kernel) === 1 && factorsFit(a0, a1, inputs, inputs) && factorsFit(b0, b1, outputs, inputs);
    }
    case 'oft': {
      const [blocks = 0, size = 0, columns] = change.rotation.shape;
      const rescaleFits = !change.rescale || elementCount(change.rescale.shape) === outputs;
      const rotated = change.onInput ? inner : outputs;
      return blocks * size === rotated && size === columns && rescaleFits && weight.length > 1;
    }
    case 'linear':
    case 'conv': {
      const { down, up } = change;
      if (change.kind === 'conv' && change.mid) {
        const isOutput = up.shape[0] === outputs && isPoint(up) && up.shape[1] === change.mid.shape[0];
        return isOutput && coupledFits(outputs, change.mid, down, weight) && isPoint(down);
      }
      // A 1×1 kernel may be written or omitted on either side.
      const sameKernel = isSame(down.shape.slice(2), kernel) || (isPoint(down) && elementCount(kernel) === 1);
      return down.shape[1] === inputs && sameKernel && factorsFit(up, down, outputs, inner);
    }
  }
}

/** Whether a core [p, q, kh, kw] fits outputs, and inputs [q, in]. */
function coupledFits(
  outputs: number | undefined,
  core: TensorEntry,
  inputs: TensorEntry,
  weight: readonly number[],
): boolean {
  const [, q, ...kernel] = core.shape;
  const isInput = inputs.shape[0] === q && inputs.shape[1] === weight[1];
  return outputs === weight[0] && isInput && isSame(kernel, weight.slice(2));
}

/** Rows and columns of a factor as a matrix. */
function kroneckerShape(factor: KroneckerFactor): readonly [number, number] {
  if ('whole' in factor) return [factor.whole.shape[0] ?? 0, elementCount(factor.whole.shape.slice(1))];
  const { a, b, core } = factor;
  const columns = elementCount(b.shape.slice(1));
  if (!core) return a.shape[1] === b.shape[0] ? [a.shape[0] ?? 0, columns] : [0, 0];
  const [p, q, ...kernel] = core.shape;
  return a.shape[0] === p && b.shape[0] === q ? [a.shape[1] ?? 0, columns * elementCount(kernel)] : [0, 0];
}

function factorsFit(left: TensorEntry, right: TensorEntry, outputs: number, inputs: number): boolean {
  const rank = right.shape[0] ?? 0;
  const rightFits = right.shape.length >= 2 && elementCount(right.shape.slice(1)) === inputs;
  return rank > 0 && left.shape[0] === outputs && left.shape[1] === rank && isPoint(left) && rightFits;
}

const isPoint = ({ shape }: TensorEntry) => shape.length >= 2 && elementCount(shape.slice(2)) === 1;
const withoutOnes = (shape: readonly number[]) => shape.filter((size, axis) => axis < 2 || size !== 1);
const isSame = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);
