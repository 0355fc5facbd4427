import type { GraphModel } from '../graph/builder.ts';
import { Lanes } from '../onnx/lanes.ts';
import type { Feeds, Runtime } from '../onnx/session.ts';
import { SessionCache } from '../onnx/session-cache.ts';

/** How many small calls a runtime can make at the same time. */
export const mostSideBySide = ({ provider, threads }: Runtime): number => (provider === 'cpu' ? threads : 1);

/** Runs a model's graphs: small ones side by side if the runtime can, others one after another with all threads. */
export class GraphRunner {
  readonly #runtime: Runtime;
  readonly #sessions: SessionCache;
  readonly #capacity: number;
  #atOnce: number;
  #lanes: Lanes | undefined;
  /** The last call that is not side by side: one at a time uses the sessions. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param capacity sessions that are kept
   * @param atOnce small calls that are made at the same time, at most
   */
  constructor(runtime: Runtime, capacity: number, atOnce: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
    this.#sessions = new SessionCache(runtime, capacity);
    this.#atOnce = Math.min(atOnce, mostSideBySide(runtime));
  }

  /** Sets how many small calls are made at the same time, at most. No call may be in progress. */
  async allow(atOnce: number): Promise<void> {
    const allowed = Math.min(atOnce, mostSideBySide(this.#runtime));
    if (allowed === this.#atOnce) return;
    this.#atOnce = allowed;
    const lanes = this.#lanes;
    this.#lanes = undefined;
    await lanes?.release();
  }

  /** @param key equal for equal graphs; JSON */
  run(key: unknown, build: (runtime: Runtime) => GraphModel, feeds: Feeds, small: boolean): Promise<Float32Array> {
    if (!small || this.#atOnce === 1) {
      const output = this.#last.then(() => this.#sessions.run(key, build, feeds));
      // Its caller handles the error; the next call only waits.
      this.#last = output.catch(() => undefined);
      return output;
    }
    this.#lanes ??= new Lanes(this.#atOnce, this.#runtime, this.#capacity);
    return this.#lanes.run(key, build, feeds);
  }

  /** Waits for calls in progress. */
  async release(): Promise<void> {
    const lanes = this.#lanes;
    this.#lanes = undefined;
    await this.#last;
    await Promise.all([this.#sessions.release(), lanes?.release()]);
  }
}
