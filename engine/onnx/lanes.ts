import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { GraphModel } from '../graph/builder.ts';
import type { FromLane, ToLane } from './lane-messages.ts';
import { type Feeds, type Runtime, timed } from './session.ts';

/** Beside this file, or beside the bundle of the engine. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './lane-worker.ts' : './lane.js', import.meta.url);

/**
 * Runs graphs side by side, each in a thread of its own with sessions of its own. For small graphs this is faster than
 * many threads in one session: their operators are too short to be divided.
 */
export class Lanes {
  readonly #idle: Lane[];
  readonly #all: readonly Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  /** @param capacity sessions that each lane keeps */
  constructor(count: number, runtime: Runtime, capacity: number) {
    const threads = Math.max(1, Math.floor(runtime.threads / count));
    this.#all = Array.from({ length: count }, () => new Lane({ ...runtime, threads }, capacity));
    this.#idle = [...this.#all];
  }

  /** Run a graph in the next lane that is free. @param key equal for equal graphs; JSON */
  async run(key: unknown, build: (runtime: Runtime) => GraphModel, feeds: Feeds): Promise<Float32Array> {
    const lane = this.#idle.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
    try {
      return await timed(() => lane.run(JSON.stringify(key), build, feeds));
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.#idle.push(lane);
    }
  }

  /** Waits for runs in progress. */
  async release(): Promise<void> {
    await Promise.all(this.#all.map((lane) => lane.release()));
  }
}

class Lane {
  readonly #runtime: Runtime;
  readonly #capacity: number;
  /** In order of use, the most recent last. */
  readonly #keys = new Set<string>();
  #worker: Worker | undefined;
  /** The last request. A lane makes one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(runtime: Runtime, capacity: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
  }

  async run(key: string, build: (runtime: Runtime) => GraphModel, feeds: Feeds): Promise<Float32Array> {
    if (!this.#keys.delete(key)) {
      for (const oldest of this.#keys) {
        if (this.#keys.size < this.#capacity) break;
        this.#keys.delete(oldest);
        await this.#ask({ kind: 'release', key: oldest });
      }
      await this.#ask({ kind: 'create', key, model: build(this.#runtime), runtime: this.#runtime });
    }
    this.#keys.add(key);
    const output = await this.#ask({ kind: 'run', key, feeds });
    if (!output) throw new Error('A thread that runs graphs returned nothing.');
    return output;
  }

  async release(): Promise<void> {
    for (const key of this.#keys) await this.#ask({ kind: 'release', key });
    this.#keys.clear();
    await this.#last;
    // Ending a thread inside ONNX Runtime would end the process.
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #ask(request: ToLane): Promise<Float32Array | null> {
    const answer = this.#last.then(() => this.#answerTo(request));
    // Its caller handles the error; the next request only waits.
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #answerTo(request: ToLane): Promise<Float32Array | null> {
    this.#worker ??= new Worker(ENTRY);
    const worker = this.#worker;
    // An idle thread does not keep the process.
    worker.ref();
    worker.postMessage(request);
    try {
      const [answer] = (await once(worker, 'message').catch((error: unknown) => {
        // The thread has ended.
        this.#worker = undefined;
        this.#keys.clear();
        throw error;
      })) as [FromLane];
      if (answer.ok) return answer.output;
      throw new Error(answer.message);
    } finally {
      worker.unref();
    }
  }
}
