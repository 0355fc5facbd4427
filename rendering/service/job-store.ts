import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeOwnFile } from '../../disk/write-own-file.ts';
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
  /** Whether a window announced that it is set aside; absent: none did. */
  announced: z.literal(true).optional(),
});
export type Entry = z.infer<typeof Entry>;

const Entries = z.array(Entry);

/**
 * Plans of the jobs that have not ended, without a change on the disk. A job that cannot be read is left out, because
 * it cannot be continued either; the service's log says so when it starts.
 *
 * @param folder absolute
 */
export async function unfinishedJobs(folder: string): Promise<TravelPlan[]> {
  return (await readJobs(folder, () => undefined)).flatMap(({ work }) => plansOf(work));
}

/**
 * In their order. A job that cannot be read is left out, and reported. If their order cannot be read, all jobs that are
 * there are paused, the oldest one first: a person knows which of them had ended.
 */
async function readJobs(folder: string, log: (line: string) => void): Promise<(Entry & Submitted)[]> {
  const queue = await readJson(join(folder, JOB_QUEUE), Entries);
  if ('error' in queue) log(`${join(folder, JOB_QUEUE)} cannot be read, so all renders are paused: ${queue.error}`);
  const entries = 'error' in queue ? await pausedJobs(folder) : (queue.value ?? []);
  const jobs: (Entry & Submitted)[] = [];
  for (const entry of entries) {
    const path = join(folder, `${entry.key}.json`);
    const job = await readJson(path, Submitted);
    if (job.value) jobs.push({ ...entry, ...job.value });
    else {
      const name = job.document === undefined ? '' : ` of ${job.document}`;
      log(`The render${name} had not finished, and cannot be continued: ${path}: ${job.error ?? 'It is missing.'}`);
    }
  }
  return jobs;
}

/** Entries for all jobs that have a file, the oldest one first. */
async function pausedJobs(folder: string): Promise<Entry[]> {
  const keys = (await readdir(folder)).flatMap((name) => (name.endsWith('.json') ? name.slice(0, -5) : []));
  const jobs = await Promise.all(
    keys
      .filter((key) => z.uuid().safeParse(key).success)
      .map(async (key) => ({ key, time: (await stat(join(folder, `${key}.json`))).mtimeMs })),
  );
  return jobs
    .sort((a, b) => a.time - b.time)
    .map(({ key }) => ({ key, resume: true, paused: true, running: false, crashes: 0 }));
}

/** What a file has; neither value nor error: it does not exist. */
type Read<T> =
  | { readonly value?: T; readonly error?: never; readonly document?: never }
  | { readonly value?: never; readonly error: string; readonly document?: string | undefined };

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<Read<T>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? {} : { error: message };
  }
  const { success, data, error } = schema.safeParse(json);
  if (success) return { value: data };
  const document = z.looseObject({ document: z.string() }).safeParse(json).data?.document;
  return { error: z.prettifyError(error), document };
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
  /** The entries that are on the disk or will be. */
  #saved: readonly Entry[] = [];
  /** Whether the last change could not be saved. */
  #failing = false;

  /** @param folder absolute */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  /** As `readJobs` finds them. Work of jobs that ended is removed. */
  async load(): Promise<(Entry & Submitted)[]> {
    const jobs = await readJobs(this.#folder, this.#log);
    this.#saved = jobs.map(entryOf);
    await this.#removeOthers(new Set(jobs.map(({ key }) => key)));
    return jobs;
  }

  /**
   * Resolves when the job is on the disk, at the end of the queue.
   *
   * @returns the job's key
   * @throws the system's error; nothing of the job remains
   */
  async add(submitted: Submitted, resume: boolean): Promise<string> {
    const key = randomUUID();
    const name = `${key}.json`;
    const entry: Entry = { key, resume, paused: false, running: false, crashes: 0 };
    const adding = this.#writing.then(async () => {
      await this.#write(name, submitted);
      try {
        await this.#write(JOB_QUEUE, [...this.#saved, entry]);
        this.#saved = [...this.#saved, entry];
      } catch (error) {
        await this.#remove(name);
        throw error;
      }
    });
    this.#writing = adding.catch(() => undefined);
    await adding;
    return key;
  }

  /** Replaces the order and state of all jobs. Without jobs, there is no file. */
  save(entries: readonly Entry[]): void {
    this.#saved = entries;
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
    this.#writing = this.#writing.then(write).then(
      () => {
        this.#failing = false;
      },
      (error: Error) => {
        // Every change of a job writes, and would say the same.
        if (!this.#failing) this.#log(`The queue of renders cannot be saved, but goes on: ${error.message}`);
        this.#failing = true;
      },
    );
  }

  async #removeOthers(keys: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.#log(`${this.#folder} cannot be read: ${error.message}`);
      return [];
    });
    for (const name of names) {
      if (name !== JOB_QUEUE && !keys.has(name.split('.')[0]!)) this.#inOrder(() => this.#remove(name));
    }
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }

  async #write(name: string, value: unknown): Promise<void> {
    await writeOwnFile(join(this.#folder, name), JSON.stringify(value));
  }
}

function entryOf({ key, resume, paused, running, crashes, announced }: Entry): Entry {
  return { key, resume, paused, running, crashes, announced };
}
