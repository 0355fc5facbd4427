import type { GraphModel } from '../graph/builder.ts';
import { Lanes } from '../onnx/lanes.ts';
import type { Feeds, Runtime } from '../onnx/session.ts';
import { SessionCache } from '../onnx/session-cache.ts';

/**
 * Values of one layer, channels times pixels, up to which a call of a model is small: several of them side by side, with
 * one thread each, are faster than one with all threads, and need little memory.
 */
const SMALL_LAYER = 2 ** 20;

export const isSmall = (values: number): boolean => values <= SMALL_LAYER;

/** Runs a model's graphs: small ones side by side, others one after another with all threads. */
export class GraphRunner {
  readonly #runtime: Runtime;
  readonly #sessions: SessionCache;
  readonly #capacity: number;
  readonly #atOnce: number;
  #lanes: Lanes | undefined;

  /**
   * @param capacity sessions that are kept
   * @param atOnce small calls that are made at the same time, at most
   */
  constructor(runtime: Runtime, capacity: number, atOnce: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
    this.#sessions = new SessionCache(runtime, capacity);
    this.#atOnce = Math.min(atOnce, runtime.provider === 'cpu' && runtime.mode === 'lean' ? runtime.threads : 1);
  }

  /**
   * Run a graph. If it is not small, wait for its end before the next call.
   *
   * @param key equal for equal graphs; JSON
   */
  run(key: unknown, build: (runtime: Runtime) => GraphModel, feeds: Feeds, small: boolean): Promise<Float32Array> {
    if (!small || this.#atOnce === 1) return this.#sessions.run(key, build, feeds);
    this.#lanes ??= new Lanes(this.#atOnce, this.#runtime, this.#capacity);
    return this.#lanes.run(key, build, feeds);
  }

  /** Calls in progress must have ended, except small ones. */
  async release(): Promise<void> {
    const lanes = this.#lanes;
    this.#lanes = undefined;
    await Promise.all([this.#sessions.release(), lanes?.release()]);
  }
}
