import { type ChildProcess, fork } from 'node:child_process';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import {
  type ExtractResult,
  ExtractResult as ExtractResultSchema,
  METHODS,
  RenderProgress,
  type RenderRequest,
  RenderResult,
} from '../protocol/engine.ts';

export interface EngineOptions {
  /** Absolute path of the engine's entry, `dist/engine.js`. */
  readonly entry: string;
  /** Receives every line the engine writes for the log. */
  readonly onLog?: (line: string) => void;
}

export interface RenderHandlers {
  readonly onProgress?: (progress: RenderProgress) => void;
  /** Aborting asks the engine to stop; it looks between steps. */
  readonly signal?: AbortSignal;
}

/**
 * The engine seen from another process. One render at a time; the process starts with the first request and lives until
 * `stop`. Whatever happens to it (a crash, a kill, memory running out) comes back as a result, never as an exception.
 */
export class Engine {
  readonly #options: EngineOptions;
  #running: { child: ChildProcess; connection: MessageConnection; ended: Promise<string> } | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Of the process, while it runs. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  async render(request: RenderRequest, { onProgress, signal }: RenderHandlers = {}): Promise<RenderResult> {
    const { connection, ended } = this.#start();
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel);
    const progress = connection.onNotification(METHODS.progress, (value: unknown) => {
      const parsed = RenderProgress.safeParse(value);
      if (parsed.success) onProgress?.(parsed.data);
    });
    try {
      return await Promise.race([
        connection
          .sendRequest(METHODS.render, request, cancellation.token)
          .then((answer) => RenderResult.parse(answer))
          .catch((error: Error) => failure('internal', `The engine did not answer as agreed: ${error.message}`)),
        ended.then((how) => (signal?.aborted ? cancelled() : failure('internal', how))),
      ]);
    } finally {
      signal?.removeEventListener('abort', cancel);
      progress.dispose();
      cancellation.dispose();
    }
  }

  /** The `.travel` source and the plan inside a file that a render wrote. */
  async extract(path: string): Promise<ExtractResult> {
    const { connection, ended } = this.#start();
    return Promise.race([
      connection
        .sendRequest(METHODS.extract, path)
        .then((answer) => ExtractResultSchema.parse(answer))
        .catch((error: Error) => ({ ok: false as const, message: error.message })),
      ended.then((message) => ({ ok: false as const, message })),
    ]);
  }

  /** Ends the process at once; a render in progress fails as cancelled or crashed. Temporary files may remain. */
  kill(): void {
    this.#running?.child.kill('SIGKILL');
  }

  /** Ends the process when it is idle. */
  stop(): void {
    this.#running?.connection.dispose();
    this.#running?.child.disconnect();
    this.#running = undefined;
  }

  #start() {
    if (this.#running) return this.#running;
    const child = fork(this.#options.entry, [], {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    const lines: string[] = [];
    const collect = (chunk: Buffer) => {
      for (const line of chunk.toString('utf8').split('\n')) {
        if (line.trim() === '') continue;
        lines.push(line);
        if (lines.length > 20) lines.shift();
        this.#options.onLog?.(line);
      }
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    connection.onNotification(METHODS.log, (line: unknown) => this.#options.onLog?.(String(line)));
    connection.listen();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) =>
        resolve(`The engine could not be started (${this.#options.entry}): ${error.message}`),
      );
      child.once('exit', (code, signal) => {
        this.#running = undefined;
        connection.dispose();
        resolve(describeEnd(code, signal, lines));
      });
    });
    this.#running = { child, connection, ended };
    return this.#running;
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null, lines: readonly string[]): string {
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  const advice =
    signal === 'SIGKILL' || signal === 'SIGABRT'
      ? 'The system may have run out of memory: try a smaller size, a shorter context, or close other programs.'
      : signal === 'SIGBUS'
        ? 'A model file may have been changed or removed while it was in use: render again.'
        : 'Render again; if it happens again, please report it with the lines below.';
  return [`The engine ${how} in the middle of its work. ${advice}`, ...lines].join('\n');
}

function failure(kind: 'internal', message: string): RenderResult {
  return { ok: false, kind, message };
}

function cancelled(): RenderResult {
  return { ok: false, kind: 'cancelled', message: 'The render was cancelled.' };
}
