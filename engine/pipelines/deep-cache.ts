/** Whether a call of the model computes the whole UNet. A render can only be continued before such a call. */
export const isWholeCall = (call: number, interval: number): boolean => call % interval === 0;

/** Features of one prompt in one frame. */
interface Kept {
  readonly window: number;
  readonly features: Float32Array;
}

/**
 * DeepCache, Ma et al. 2023, "DeepCache: Accelerating Diffusion Models for Free", with its uniform interval: every
 * `interval`th model call computes the whole UNet, and those between them only its outermost layers, with what the inner
 * ones gave in the last whole call. Features are kept frame by frame, because context windows move from call to call.
 */
export class DeepCache {
  readonly #interval: number;
  /** By role and frame. */
  readonly #kept = new Map<string, Map<number, Kept>>();
  #call = -1;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Begins a call, for one of its windows. @param call of the model, 0-based @returns whether it computes the whole UNet */
  begin(call: number): boolean {
    const isWhole = isWholeCall(call, this.#interval);
    if (isWhole && call !== this.#call) this.#kept.clear();
    this.#call = call;
    return isWhole;
  }

  /**
   * Keeps the features of a window's frames. If windows overlap, the last one counts, whichever ends first.
   *
   * @param role of the prompt: negative, or a part of the positive one
   * @param window its place in the call
   * @param features `[positions, …]`, flat
   */
  keep(role: string, window: number, positions: readonly number[], features: Float32Array): void {
    const frames = this.#kept.get(role) ?? new Map<number, Kept>();
    this.#kept.set(role, frames);
    const size = features.length / positions.length;
    for (const [place, position] of positions.entries()) {
      if ((frames.get(position)?.window ?? -1) > window) continue;
      frames.set(position, { window, features: features.slice(place * size, (place + 1) * size) });
    }
  }

  /** The features of a window's frames, `[positions, …]`, flat; null if some were not kept. */
  features(role: string, positions: readonly number[]): Float32Array | null {
    const frames = this.#kept.get(role);
    const kept = positions.map((position) => frames?.get(position));
    const size = kept[0]?.features.length ?? 0;
    const out = new Float32Array(positions.length * size);
    for (const [place, frame] of kept.entries()) {
      if (!frame) return null;
      out.set(frame.features, place * size);
    }
    return out;
  }
}
