import { dirname } from 'node:path';
import { type CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import { type Machine, NO_MACHINE } from '../plan/machine.ts';
import type { FileRef } from '../plan/plan.ts';
import { baseOf, type Work } from '../plan/work.ts';
import {
  AnnotateProgress,
  type AnnotateRequest,
  AnnotateResult,
  type ConvertRequest,
  ConvertResult,
  type DevicesRequest,
  DevicesResult,
  ExtractResult,
  type IdentifyRequest,
  IdentifyResult,
  type InputPicturesRequest,
  InputPicturesResult,
  LogLine,
  METHODS,
  RenderPicture,
  RenderProgress,
  type RenderRequest,
  RenderResult,
  TextsResult,
  type Watching,
} from '../protocol/engine.ts';
import { changedModel, fileChanged, removePartials } from './engine-crash.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { CANCELLED, type RenderEvent, type Renderer, type Rendering, type RenderOptions } from './renderer.ts';

/** What happens while hints are written. */
export type AnnotateEvent =
  | ({ readonly kind: 'progress' } & AnnotateProgress)
  /** A line for the log. */
  | ({ readonly kind: 'log' } & LogLine);

export interface LocalEngineOptions extends Pick<RenderRequest, 'cacheFolder'> {
  /** Absolute path of the engine's program, `dist/engine.js`. */
  readonly entry: string;
  /** Milliseconds without work after which the process ends. */
  readonly idleMs?: number;
  /** What the user has set for this computer, at the time of a request; default: nothing. */
  readonly machine?: () => Pick<Machine, 'gpuMemory' | 'threads' | 'ffmpeg'>;
}

/**
 * The engine answers a cancel request between two calls of a model. A call can take longer than a person waits, so
 * after this time the process is ended.
 */
const CANCEL_MS = 1_500;

/** Longer than the engine keeps models open. */
const IDLE_MS = 15 * 60_000;

/**
 * The engine on this computer. Its process starts with the first request and ends when it has been idle for some time.
 * Whatever happens to it (a crash, a kill, memory running out) is a result, never an exception.
 */
export class LocalEngine implements Renderer {
  readonly device = 'this computer';
  readonly #options: Required<LocalEngineOptions>;
  #running: EngineProcess | undefined;
  /** Receives what the process prints: the request in progress. */
  #onLine: (line: string) => void = () => undefined;
  #watching: Watching = null;
  /** Requests without an answer. */
  #busy = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: LocalEngineOptions) {
    this.#options = { idleMs: IDLE_MS, machine: () => NO_MACHINE, ...options };
  }

  /** Of the process, while it runs. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  submit(
    work: Work,
    onEvent: (event: RenderEvent) => void = () => undefined,
    { resume = false }: RenderOptions = {},
  ): Rendering {
    const cancellation = new CancellationTokenSource();
    return {
      result: this.#render({ work, resume }, onEvent, cancellation).finally(() => cancellation.dispose()),
      cancel: () => cancellation.cancel(),
      stopHere: () => this.#notify(METHODS.stopHere),
    };
  }

  watch(watching: Watching): void {
    this.#watching = watching;
    this.#notify(METHODS.watch, watching);
  }

  /** The `.travel` source and the plan inside a file that a render wrote. @param path absolute */
  extract(path: string): Promise<ExtractResult> {
    return this.#ask(METHODS.extract, path, (answer) => ExtractResult.parse(answer));
  }

  /** The texts in the metadata of an image or video of any program. @param path absolute */
  texts(path: string): Promise<TextsResult> {
    return this.#ask(METHODS.texts, path, (answer) => TextsResult.parse(answer));
  }

  /** Writes a rendered file in other formats, or shown in another way. */
  convert(request: ConvertRequest): Promise<ConvertResult> {
    const withFfmpeg: ConvertRequest = { ...request, ffmpeg: this.#options.machine().ffmpeg ?? undefined };
    return this.#ask(METHODS.convert, withFfmpeg, (answer) => ConvertResult.parse(answer));
  }

  /** Tries what could run models here, which takes seconds. */
  devices(): Promise<DevicesResult> {
    const request: DevicesRequest = { gpuMemory: this.#options.machine().gpuMemory ?? undefined };
    return this.#ask(METHODS.devices, request, (answer) => DevicesResult.parse(answer));
  }

  /** What decides the pixels of a render besides its plan. The hashes of unchanged files are known from the cache. */
  identify(files: readonly FileRef[]): Promise<IdentifyResult> {
    const request: IdentifyRequest = { files: [...files], cacheFolder: this.#options.cacheFolder };
    return this.#ask(METHODS.identify, request, (answer) => IdentifyResult.parse(answer));
  }

  /** Small pictures of what guides a clip. */
  inputPictures(request: Omit<InputPicturesRequest, 'cacheFolder' | 'ffmpeg'>): Promise<InputPicturesResult> {
    return this.#ask(METHODS.inputPictures, { ...request, ...this.#places() }, (answer) =>
      InputPicturesResult.parse(answer),
    );
  }

  /**
   * Writes the hints of a clip.
   *
   * @param onEvent receives how many are written, and lines for the log
   */
  async annotate(
    request: Pick<AnnotateRequest, 'inputs' | 'folder'>,
    onEvent: (event: AnnotateEvent) => void,
    signal: AbortSignal,
  ): Promise<AnnotateResult> {
    const { connection } = this.#start(() => undefined);
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    const listeners = [
      connection.onNotification(METHODS.annotated, (value: unknown) => {
        onEvent({ kind: 'progress', ...AnnotateProgress.parse(value) });
      }),
      connection.onNotification(METHODS.log, (value: unknown) => onEvent({ kind: 'log', ...LogLine.parse(value) })),
    ];
    try {
      const answer = await this.#ask(
        METHODS.annotate,
        { ...request, ...this.#places() },
        (value) => AnnotateResult.parse(value),
        cancellation.token,
      );
      return 'kind' in answer || answer.ok ? answer : { ...answer, kind: 'engine-stopped' };
    } finally {
      signal.removeEventListener('abort', cancel);
      for (const listener of listeners) listener.dispose();
      cancellation.dispose();
    }
  }

  #places(): Pick<AnnotateRequest, 'cacheFolder' | 'ffmpeg'> {
    return { cacheFolder: this.#options.cacheFolder, ffmpeg: this.#options.machine().ffmpeg ?? undefined };
  }

  #ask<T>(
    method: string,
    params: unknown,
    parse: (answer: unknown) => T,
    token?: CancellationToken,
  ): Promise<T | Failed> {
    const { connection, ended } = this.#start(() => undefined);
    const failed = (message: string): Failed => ({ ok: false, message });
    return this.#whileBusy(
      Promise.race([
        connection
          .sendRequest(method, params, ...(token ? [token] : []))
          .then(parse)
          .catch(async (error: Error) => failed((await endOf(ended)) ?? invalidResponse(error))),
        ended.then(failed),
      ]),
    );
  }

  /** Ends the process at once; a render in progress fails. Temporary files may remain. */
  kill(): void {
    this.#running?.child.kill('SIGKILL');
  }

  /** Ends the process; call it when no render is in progress. */
  stop(): void {
    clearTimeout(this.#idle);
    const running = this.#running;
    this.#running = undefined;
    running?.connection.dispose();
    if (running?.child.connected) running.child.disconnect();
  }

  async #render(
    job: Pick<RenderRequest, 'work' | 'resume'>,
    onEvent: (event: RenderEvent) => void,
    cancellation: CancellationTokenSource,
  ): Promise<RenderResult> {
    // The caller may cancel right after it has submitted.
    await Promise.resolve();
    const { token } = cancellation;
    if (token.isCancellationRequested) return CANCELLED;
    const { cacheFolder, machine } = this.#options;
    const { threads, gpuMemory, ffmpeg } = machine();
    const log = (line: LogLine) => onEvent({ kind: 'log', ...line });
    const { connection, ended, child } = this.#start((line) => log({ level: 'info', line }));
    const { pid } = child;
    const listeners = [
      connection.onNotification(METHODS.progress, (value: unknown) => {
        const progress = RenderProgress.safeParse(value);
        if (progress.success) onEvent({ kind: 'progress', progress: progress.data });
        else log({ level: 'info', line: `The engine sent progress that cannot be read: ${progress.error.message}` });
      }),
      connection.onNotification(METHODS.log, (value: unknown) => {
        const line = LogLine.safeParse(value);
        log(line.success ? line.data : { level: 'info', line: String(value) });
      }),
      connection.onNotification(METHODS.picture, (value: unknown) => {
        const picture = RenderPicture.safeParse(value);
        if (picture.success) onEvent(picture.data);
        else log({ level: 'info', line: `The engine sent a picture that cannot be read: ${picture.error.message}` });
      }),
    ];
    const failed = async (kind: 'engine-stopped' | 'internal', message: string): Promise<RenderResult> => {
      if (kind === 'engine-stopped' && pid !== undefined) await removePartials(dirname(baseOf(job.work)), pid, log);
      if (token.isCancellationRequested) return CANCELLED;
      const path = await changedModel(job.work);
      return path === null ? { ok: false, kind, message } : fileChanged(path, message);
    };
    let deadline: NodeJS.Timeout | undefined;
    token.onCancellationRequested(() => {
      deadline = setTimeout(() => this.kill(), CANCEL_MS);
    });
    const request: RenderRequest = {
      ...job,
      threads,
      cacheFolder,
      gpuMemory: gpuMemory ?? undefined,
      ffmpeg: ffmpeg ?? undefined,
    };
    try {
      const result = await this.#whileBusy(
        Promise.race([
          connection
            .sendRequest(METHODS.render, request, token)
            .then((answer) => RenderResult.parse(answer))
            .catch(async (error: Error) => {
              const end = await endOf(ended);
              return end === null ? failed('internal', invalidResponse(error)) : failed('engine-stopped', end);
            }),
          ended.then((message) => failed('engine-stopped', message)),
        ]),
      );
      // A lost GPU stays lost until its process ends.
      if (!result.ok && result.kind === 'device-lost') this.stop();
      return result;
    } finally {
      clearTimeout(deadline);
      for (const listener of listeners) listener.dispose();
    }
  }

  #start(onLine: (line: string) => void): EngineProcess {
    this.#onLine = onLine;
    if (this.#running) return this.#running;
    const running = startEngineProcess(this.#options.entry, (line) => this.#onLine(line));
    void running.ended.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    if (this.#watching !== null) this.#notify(METHODS.watch, this.#watching);
    return running;
  }

  /** Does nothing if the process does not run, or ends now. */
  #notify(method: string, value?: Watching): void {
    this.#running?.connection.sendNotification(method, value).catch((error: Error) => this.#onLine(error.message));
  }

  async #whileBusy<T>(work: Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#busy++;
    try {
      return await work;
    } finally {
      this.#busy--;
      if (this.#busy === 0) this.#idle = setTimeout(() => this.stop(), this.#options.idleMs).unref();
    }
  }
}

interface Failed {
  readonly ok: false;
  readonly message: string;
}

/** How the process ended; null if it is running. A lost connection is a symptom: how the process ended says more. */
async function endOf(ended: Promise<string>): Promise<string | null> {
  return Promise.race([ended, new Promise<null>((resolve) => setImmediate(() => resolve(null)))]);
}

const invalidResponse = (error: Error) => `The engine sent an invalid response: ${error.message}`;
