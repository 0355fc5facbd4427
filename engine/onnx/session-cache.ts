import type { GraphModel } from '../graph/builder.ts';
import { type Feeds, type Runtime, Session } from './session.ts';

/**
 * Sessions by what their graphs depend on. The least recently used one is released when the capacity is exceeded:
 * weights are shared, but each session keeps the memory of its own intermediate results.
 */
export class SessionCache {
  readonly #runtime: Runtime;
  readonly #capacity: number;
  /** In order of use, the most recent last. */
  readonly #sessions = new Map<string, Session>();

  constructor(runtime: Runtime, capacity: number) {
    this.#runtime = runtime;
    this.#capacity = capacity;
  }

  /** @param key equal for equal graphs; JSON */
  async get(key: unknown, build: () => GraphModel): Promise<Session> {
    const name = JSON.stringify(key);
    const session = this.#sessions.get(name) ?? (await this.#create(build));
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    return session;
  }

  /** Run a graph. Wait for its end before the next call, whose graph may take its place. */
  async run(key: unknown, build: (runtime: Runtime) => GraphModel, feeds: Feeds): Promise<Float32Array> {
    return (await this.get(key, () => build(this.#runtime))).run(feeds);
  }

  async release(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.release()));
  }

  async #create(build: () => GraphModel): Promise<Session> {
    for (const [name, session] of this.#sessions) {
      if (this.#sessions.size < this.#capacity) break;
      this.#sessions.delete(name);
      await session.release();
    }
    return Session.create(build(), this.#runtime);
  }
}
