import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TravelPlan } from '../../plan/plan.ts';
import { plansOf } from '../../plan/work.ts';
import { JOB_QUEUE } from '../../protocol/cache-layout.ts';
import { Submit } from '../../protocol/renders.ts';

/** What was submitted. It never changes. */
const Submitted = Submit.omit({ resume: true });
export type Submitted = z.infer<typeof Submitted>;

/** What changes about a job that has not ended. */
const Entry = z.strictObject({
  key: z.uuid(),
  resume: z.boolean(),
  paused: z.boolean(),
  /** Whether it runs. If a service starts and finds it so, the one before was killed. */
  running: z.boolean(),
  /** How often the engine or the service stopped while the job ran. */
  crashes: z.int().nonnegative(),
});
export type Entry = z.infer<typeof Entry>;

const Entries = z.array(Entry);

/**
 * Plans of the jobs that have not ended, without a change on the disk. A job that cannot be read is left out, because
 * it cannot be continued either.
 *
 * @param folder absolute
 */
export async function unfinishedJobs(folder: string): Promise<TravelPlan[]> {
  const read = async (name: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(join(folder, name), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
      throw error;
    }
  };
  const entries = Entries.safeParse(await read(JOB_QUEUE));
  const jobs = await Promise.all(
    (entries.data ?? []).map(async ({ key }) => Submitted.safeParse(await read(`${key}.json`))),
  );
  return jobs.flatMap(({ data }) => (data ? plansOf(data.work) : []));
}

/**
 * The jobs that have not ended, on the disk: a file with the work of each, and `queue.json` with their order and state,
 * which is replaced atomically.
 */
export class JobStore {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  /** Writes one after another; the last one wins. */
  #writing: Promise<void> = Promise.resolve();

  /** @param folder absolute */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * In their order. A job that cannot be read is left out, and reported to the log. Work of jobs that ended is removed.
   */
  async load(): Promise<(Entry & Submitted)[]> {
    const entries = Entries.safeParse(await this.#read(JOB_QUEUE));
    const jobs: (Entry & Submitted)[] = [];
    for (const entry of entries.data ?? []) {
      const submitted = Submitted.safeParse(await this.#read(`${entry.key}.json`));
      if (submitted.success) jobs.push({ ...entry, ...submitted.data });
      else this.#log(`A render that had not finished cannot be continued: ${z.prettifyError(submitted.error)}`);
    }
    await this.#removeOthers(new Set(jobs.map(({ key }) => key)));
    return jobs;
  }

  /** @returns the job's key */
  add(submitted: Submitted): string {
    const key = randomUUID();
    this.#inOrder(() => this.#write(`${key}.json`, submitted));
    return key;
  }

  /** Replaces the order and state of all jobs. Without jobs, there is no file. */
  save(entries: readonly Entry[]): void {
    this.#inOrder(() => (entries.length > 0 ? this.#write(JOB_QUEUE, entries) : this.#remove(JOB_QUEUE)));
  }

  /** Forgets a job, which is no longer among the saved ones. */
  remove(key: string): void {
    this.#inOrder(() => this.#remove(`${key}.json`));
  }

  /** Resolves when everything is on the disk. */
  flush(): Promise<void> {
    return this.#writing;
  }

  #inOrder(write: () => Promise<void>): void {
    this.#writing = this.#writing
      .then(write)
      .catch((error: Error) => this.#log(`The queue of renders cannot be saved: ${error.message}`));
  }

  async #removeOthers(keys: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      if (name !== JOB_QUEUE && !keys.has(name.split('.')[0]!)) await this.#remove(name);
    }
  }

  async #read(name: string): Promise<unknown> {
    const path = join(this.#folder, name);
    try {
      return JSON.parse(await readFile(path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log(`${path} cannot be read: ${(error as Error).message}`);
      }
      return undefined;
    }
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }

  async #write(name: string, value: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, name);
    await writeFile(`${path}.new`, JSON.stringify(value));
    await rename(`${path}.new`, path);
  }
}
