import { type Fuse, fuseWeights } from '../../plan/fuse.ts';

/**
 * Fuses the predictions of one step's windows: Σ weight·prediction ÷ Σ weight in each frame, or, with `overwrite`, the
 * last window's prediction, as in sd-webui-animatediff. A frame that only one window covers keeps its exact prediction.
 */
export class WindowFuser {
  readonly #fuse: Fuse;
  readonly #frameSize: number;
  /** In float64, in which weight·prediction is exact. */
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;

  /** @param frameSize values per frame */
  constructor(frames: number, frameSize: number, fuse: Fuse) {
    this.#fuse = fuse;
    this.#frameSize = frameSize;
    this.#sums = new Float64Array(frames * frameSize);
    this.#weights = new Float64Array(frames);
  }

  /**
   * @param positions the frames that the window covers, in order
   * @param prediction `[positions, frameSize]`, flat
   */
  add(positions: readonly number[], prediction: Float32Array): void {
    const size = this.#frameSize;
    if (prediction.length !== positions.length * size) {
      throw new Error(
        `A window of ${positions.length} frames of ${size} values got a prediction of ${prediction.length} values.`,
      );
    }
    const windowWeights = fuseWeights(positions.length, this.#fuse);
    const replace = this.#fuse === 'overwrite';
    positions.forEach((frame, place) => {
      if (!(frame in this.#weights)) {
        throw new Error(`A window covers frame ${frame} of a clip that has ${this.#weights.length} frames.`);
      }
      const weight = windowWeights[place]!;
      this.#weights[frame] = (replace ? 0 : this.#weights[frame]!) + weight;
      const from = place * size;
      const to = frame * size;
      for (let i = 0; i < size; i++) {
        this.#sums[to + i] = (replace ? 0 : this.#sums[to + i]!) + weight * prediction[from + i]!;
      }
    });
  }

  /** `[frames, frameSize]`. @throws when no window covers a frame, which a valid plan excludes */
  result(): Float32Array {
    const missing = [...this.#weights.keys()].filter((frame) => this.#weights[frame] === 0);
    if (missing.length > 0) {
      throw new Error(`No context window covers frame ${missing.join(', ')} in this step.`);
    }
    const out = new Float32Array(this.#sums.length);
    this.#weights.forEach((weight, frame) => {
      const end = (frame + 1) * this.#frameSize;
      for (let i = frame * this.#frameSize; i < end; i++) out[i] = this.#sums[i]! / weight;
    });
    return out;
  }
}
