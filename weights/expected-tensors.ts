import type { TensorDefect } from '../plan/model.ts';
import type { TensorEntry } from './tensor.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

/** Compares the tensors of a component with those that its structure needs. Only the first defect is kept. */
export class ExpectedTensors {
  readonly #tensors: Tensors;
  readonly #component: TensorDefect['component'];
  defect: TensorDefect | null = null;

  constructor(tensors: Tensors, component: TensorDefect['component']) {
    this.#tensors = tensors;
    this.#component = component;
  }

  /** false after a defect was found. */
  hasAny(prefix: string): boolean {
    if (this.defect !== null) return false;
    for (const name of this.#tensors.keys()) if (name.startsWith(prefix)) return true;
    return false;
  }

  /** How many numbers follow a prefix: one more than the largest n in `PREFIXn.…`. 0 after a defect was found. */
  count(prefix: string): number {
    if (this.defect !== null) return 0;
    let count = 0;
    for (const name of this.#tensors.keys()) {
      const number = name.startsWith(prefix) ? /^\d{1,3}(?=\.)/.exec(name.slice(prefix.length))?.[0] : undefined;
      if (number !== undefined) count = Math.max(count, Number(number) + 1);
    }
    return count;
  }

  /** The most frequent size among axes of tensors, so that one wrong tensor does not make the others look wrong. 0 if there is none. */
  usual(axes: readonly (readonly [name: string, axis: number])[]): number {
    const counts = new Map<number, number>();
    for (const [name, axis] of axes) {
      const size = this.#tensors.get(name)?.shape[axis];
      if (size !== undefined) counts.set(size, (counts.get(size) ?? 0) + 1);
    }
    return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
  }

  /** Kernels of one pixel may be omitted: `[out, in]` is as good as `[out, in, 1, 1]`. */
  tensor(name: string, expected: readonly number[]): void {
    const entry = this.#tensors.get(name);
    if (this.defect !== null || (entry && withoutOnes(entry.shape) === withoutOnes(expected))) return;
    const { file = null, name: fullName = name, shape = null } = entry ?? {};
    this.defect = { component: this.#component, tensor: file === null ? name : fullName, has: shape, expected };
  }

  norm(name: string, channels: number): void {
    this.tensor(`${name}.weight`, [channels]);
    this.tensor(`${name}.bias`, [channels]);
  }

  matrix(name: string, outputs: number, inputs: number): void {
    this.tensor(`${name}.weight`, [outputs, inputs]);
  }

  linear(name: string, outputs: number, inputs: number): void {
    this.matrix(name, outputs, inputs);
    this.tensor(`${name}.bias`, [outputs]);
  }

  conv(name: string, outputs: number, inputs: number, kernel: number): void {
    this.tensor(`${name}.weight`, [outputs, inputs, kernel, kernel]);
    this.tensor(`${name}.bias`, [outputs]);
  }

  /** Self-attention or cross-attention without biases except at its output. */
  attention(name: string, channels: number, context: number): void {
    this.matrix(`${name}.to_q`, channels, channels);
    this.matrix(`${name}.to_k`, channels, context);
    this.matrix(`${name}.to_v`, channels, context);
    this.linear(`${name}.to_out.0`, channels, channels);
  }

  /** The gated feed-forward of a transformer block. */
  feedForward(name: string, channels: number): void {
    this.linear(`${name}.net.0.proj`, 8 * channels, channels);
    this.linear(`${name}.net.2`, channels, 4 * channels);
  }
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter((size, axis) => axis < 2 || size !== 1).join('×');
}
