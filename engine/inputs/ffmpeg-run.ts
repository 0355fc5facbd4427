import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { RenderError } from '../failure.ts';
import { SAFE_INPUT } from '../media/safe-input.ts';

/** A run without any output for this time is ended. */
const SILENCE_MS = 30_000;
/** How often a run is looked at. */
const LOOK_MS = 500;
/** A decoder of 8K video needs about 1 GB. */
const MOST_BYTES = 4 * 2 ** 30;
const PAGE_BYTES = 4096;

/** Lines of the log that are kept, and characters of each. */
const MOST_LINES = 20;
const LONGEST_LINE = 4000;

export interface RunOptions {
  /** Of the file that is read, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Receives the end of the log of a run that failed. */
  readonly info: (line: string) => void;
  /** Receives each line of the log; those that it returns true for are not kept. */
  readonly onLine?: (line: string) => boolean;
  /** Default: 30 seconds. */
  readonly silenceMs?: number;
  /** That it may hold in memory, on Linux. Default: 4 GiB. */
  readonly mostBytes?: number;
}

/** What every run begins with: it reads one local file, and asks nothing. */
export const INPUT_OPTIONS: readonly string[] = ['-hide_banner', '-nostdin', ...SAFE_INPUT];

/**
 * A run of the user's ffmpeg without a shell, whose output is read as it comes. It is ended when nothing comes for a
 * time, when it needs too much memory, when it is disposed of, and when the render is canceled.
 */
export class FfmpegRun {
  readonly #child: ChildProcess;
  readonly #program: string;
  readonly #options: RunOptions;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #lines: string[] = [];
  readonly #closed: Promise<void>;
  /** What was read last. */
  #chunk: Buffer | null = null;
  #lastSign = Date.now();
  /** While the reader works, the process waits for it. */
  #isAwaited = true;
  #failure: string | null = null;
  #isLogEnded = false;
  #waiting: (() => void)[] = [];

  constructor(program: string, args: readonly string[], options: RunOptions) {
    const { signal } = options;
    signal.throwIfAborted();
    this.#program = program;
    this.#options = options;
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    this.#chunks = this.#child.stdout![Symbol.asyncIterator]();
    const kill = () => this.#kill();
    const look = setInterval(() => void this.#look(), LOOK_MS);
    process.once('exit', kill);
    signal.addEventListener('abort', kill);
    this.#closed = new Promise<void>((resolve) => {
      this.#child.once('close', resolve);
      this.#child.once('error', (error) => {
        this.#failure ??= `cannot be started: ${error.message}`;
        resolve();
      });
    }).finally(() => {
      clearInterval(look);
      signal.removeEventListener('abort', kill);
      process.removeListener('exit', kill);
    });
    this.#readLog();
  }

  /**
   * Waits for the log until a condition holds, which its lines change.
   *
   * @returns false if the log ends before
   * @throws RenderError if it hangs or grows; the signal's reason
   */
  async waitForLog(holds: () => boolean): Promise<boolean> {
    while (!holds() && !this.#isLogEnded) {
      await this.#awaited(new Promise<void>((resolve) => this.#waiting.push(resolve)));
      await this.#throwIfEnded();
    }
    return holds();
  }

  /** The last lines of the log. */
  get log(): readonly string[] {
    return this.#lines;
  }

  /** Whether it ended by itself and reported success. */
  get succeeded(): boolean {
    return this.#child.exitCode === 0;
  }

  /** Whether it was ended by a signal of somebody else. */
  get wasKilled(): boolean {
    return this.#child.signalCode !== null && this.#failure === null;
  }

  /**
   * What it writes next, as much as comes at once, which is valid until the next call; null: it has ended.
   *
   * @throws RenderError if it hangs or grows; the signal's reason
   */
  async read(): Promise<Buffer | null> {
    if (this.#chunk) release(this.#chunk);
    this.#chunk = null;
    try {
      const { done, value } = await this.#awaited(this.#chunks.next());
      if (!done) {
        this.#chunk = value;
        return value;
      }
      await this.#closed;
    } catch (error) {
      // A process that was ended takes its output with it; the reason comes below.
      if (this.#failure === null && !this.#options.signal.aborted) throw error;
    }
    await this.#throwIfEnded();
    return null;
  }

  /** Ends the process if it still runs, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#closed;
  }

  async #awaited<T>(sign: Promise<T>): Promise<T> {
    this.#lastSign = Date.now();
    this.#isAwaited = true;
    try {
      return await sign;
    } finally {
      this.#isAwaited = false;
    }
  }

  /** Throws if the process was ended from here, once it is gone. */
  async #throwIfEnded(): Promise<void> {
    const { signal } = this.#options;
    if (this.#failure === null && !signal.aborted) return;
    await this.#closed;
    signal.throwIfAborted();
    throw new RenderError('unsupported', `${this.#program} ${this.#failure}`);
  }

  async #look(): Promise<void> {
    const { name, silenceMs = SILENCE_MS, mostBytes = MOST_BYTES } = this.#options;
    if (this.#isAwaited && Date.now() - this.#lastSign > silenceMs) {
      this.#end(
        `does not answer: nothing came for ${Math.round(silenceMs / 1000)} seconds while it read ${name}. It was ended. Use another copy of the file, or another ffmpeg.`,
      );
    } else if ((await memoryOf(this.#child.pid)) > mostBytes) {
      this.#end(
        `needed more than ${mostBytes / 2 ** 30} GiB of memory to read ${name}. It was ended. Use a smaller video.`,
      );
    }
  }

  #end(failure: string): void {
    this.#failure ??= failure;
    this.#kill();
  }

  #kill(): void {
    this.#child.kill('SIGKILL');
    // A program that it started may still hold the other end.
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #readLog(): void {
    let rest = '';
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#lastSign = Date.now();
      const lines = (rest + chunk.toString('utf8')).split(/[\r\n]+/);
      rest = lines.pop()!.slice(0, LONGEST_LINE);
      for (const line of lines) this.#keep(line.slice(0, LONGEST_LINE));
      this.#tellWaiting();
    });
    this.#child.stderr!.once('close', () => {
      this.#keep(rest);
      this.#isLogEnded = true;
      this.#tellWaiting();
    });
  }

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #keep(line: string): void {
    if (line === '' || this.#options.onLine?.(line)) return;
    this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }
}

/**
 * Frees the memory of a chunk, which is not used again. Left to the garbage collector, the chunks of a video make it
 * look through all memory of the engine again and again, which takes a fifth of the time of decoding.
 */
function release(chunk: Buffer): void {
  // Node 20 has no `transfer`.
  const buffer: ArrayBufferLike & { transfer?: (bytes: number) => unknown } = chunk.buffer;
  // Small buffers share memory.
  if (buffer.byteLength === chunk.byteLength) buffer.transfer?.(0);
}

/** Bytes that a process holds in memory, where the system has a file that says so; else 0. */
async function memoryOf(pid: number | undefined): Promise<number> {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  // It may have ended in the meantime.
  const text = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) * PAGE_BYTES;
}
