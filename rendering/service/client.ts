import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { z } from 'zod';
import { TravelPlan } from '../../plan/plan.ts';
import { RENDER_LOG } from '../../protocol/cache-layout.ts';
import type { Watching } from '../../protocol/engine.ts';
import {
  type Change,
  Hello,
  JobEvent,
  type JobInfo,
  Jobs,
  type Preferences,
  RENDERS,
  type Submit,
} from '../../protocol/renders.ts';
import { isRunning } from '../queue.ts';
import { connect, endpointOf, messagesOver } from './endpoint.ts';
import type { ServiceOptions } from './service-options.ts';
import { startService } from './start-service.ts';

export interface ServiceClientOptions extends ServiceOptions {
  /** Absolute path of the service's program, `dist/renders.js`. */
  readonly entry: string;
}

/** What a window learns about the renders. */
export interface ServiceListener {
  readonly onJobs: (jobs: readonly JobInfo[]) => void;
  readonly onEvent: (event: JobEvent) => void;
  /** The service has ended, or was killed. Jobs that had not ended continue when it is started again. */
  readonly onLost: () => void;
}

/** A service of another version may have another answer, but has a version. */
const AnyHello = z.looseObject({ version: z.string() });

/** How long a command waits for a service that may be busy. */
const ANSWER_MS = 1000;

/** How often a service may end while a window connects. */
const MOST_ATTEMPTS = 10;

/** How long a window waits for an answer that needs no work. A busy computer is slower than usual, but not by so much. */
const MOST_ANSWER_MS = 20_000;

/** The service has ended before it answered. */
class ServiceEndedError extends Error {
  override readonly name = 'ServiceEndedError';

  constructor() {
    super('The render service ended. Try again.');
  }
}

/** JSON-RPC alone would never settle a request whose connection is closed. */
interface Connection {
  /** @throws ServiceEndedError, or the error of the service */
  readonly request: (method: string, params?: unknown) => Promise<unknown>;
  readonly closed: Promise<void>;
  readonly close: () => void;
}

/** A window's connection to the render service. */
export class ServiceClient {
  readonly #connection: Connection;
  #disposed = false;

  private constructor(connection: Connection, listener: ServiceListener) {
    this.#connection = connection;
    void connection.closed.then(() => {
      if (!this.#disposed) listener.onLost();
    });
  }

  /**
   * Connects to the service, which is started if it does not run. A service of an older version stops what it does, and
   * this version's service continues it.
   *
   * @throws Error if the service cannot be started, does not answer, or is of a newer version
   */
  static async connect(options: ServiceClientOptions, listener: ServiceListener): Promise<ServiceClient> {
    for (let attempt = 1; ; attempt++) {
      const connection = await openConnection(options, listener);
      try {
        const hello = await answerOf(connection, RENDERS.hello, options);
        const { version } = AnyHello.parse(hello);
        if (version === options.version) {
          listener.onJobs(Hello.parse(hello).jobs);
          return new ServiceClient(connection, listener);
        }
        // Two windows would end each other's service again and again.
        if (isNewer(version, options.version)) {
          connection.close();
          throw new Error(`A newer version of the extension (${version}) renders. Reload this window to use it.`);
        }
        await answerOf(connection, RENDERS.retire, options);
        await connection.closed;
      } catch (error) {
        if (!(error instanceof ServiceEndedError) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }

  /** Tells what the user has set. The service follows the window that did so last. */
  async configure(preferences: Preferences): Promise<void> {
    await this.#connection.request(RENDERS.configure, preferences);
  }

  /** Puts work at the end of the queue. @returns the job's id */
  async submit(submit: Submit): Promise<number> {
    return z.int().parse(await this.#connection.request(RENDERS.submit, submit));
  }

  /** Nothing happens if the job is gone, or is not in a state for the change. */
  async change(id: number, change: Change['change']): Promise<void> {
    await this.#connection.request(RENDERS.change, { id, change } satisfies Change);
  }

  /** Which pictures of what runs this window gets. */
  async watch(watching: Watching): Promise<void> {
    await this.#connection.request(RENDERS.watch, watching);
  }

  /** Whether this window announces the end of a job: the first one that asks does. */
  async announce(id: number): Promise<boolean> {
    return z.boolean().parse(await this.#connection.request(RENDERS.announce, id));
  }

  /** The plan of a job, the first one of a sheet; null if the job is gone. */
  async plan(id: number): Promise<TravelPlan | null> {
    return TravelPlan.nullable().parse(await this.#connection.request(RENDERS.plan, id));
  }

  /** Leaves the service to the other windows. */
  dispose(): void {
    this.#disposed = true;
    this.#connection.close();
  }
}

/** Whether a version such as `0.10.0` is newer than another one. */
function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) > 0;
}

/**
 * Names of what the service renders now; empty if it does not run, or does not answer. It is not started.
 *
 * @param cacheFolder absolute
 */
export async function runningRenders(cacheFolder: string): Promise<string[]> {
  try {
    const socket = await connect(await endpointOf(cacheFolder));
    if (!socket) return [];
    const connection = connectionOver(socket, messagesOver(socket));
    const hello = await Promise.race([connection.request(RENDERS.hello), after(ANSWER_MS, null, { ref: false })]);
    connection.close();
    const { success, data } = Hello.safeParse(hello);
    return success ? data.jobs.filter(isRunning).map(({ name }) => name) : [];
  } catch (error) {
    // Whoever asks has its own render to do.
    console.error(`The render service cannot be asked: ${(error as Error).message}`);
    return [];
  }
}

async function openConnection(
  { entry, ...service }: ServiceClientOptions,
  listener: ServiceListener,
): Promise<Connection> {
  const endpoint = await endpointOf(service.cacheFolder);
  const socket = (await connect(endpoint)) ?? (await startService(endpoint, entry, service));
  const messages = messagesOver(socket);
  messages.onNotification(RENDERS.jobs, (jobs: unknown) => listener.onJobs(Jobs.parse(jobs)));
  messages.onNotification(RENDERS.event, (event: unknown) => listener.onEvent(JobEvent.parse(event)));
  return connectionOver(socket, messages);
}

/** @throws Error if the service hangs, as one does that was stopped by a signal; then the connection is closed */
async function answerOf(
  connection: Connection,
  method: string,
  { cacheFolder, entry }: ServiceClientOptions,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const log = join(cacheFolder, RENDER_LOG);
      const what = `The render service has not answered for ${MOST_ANSWER_MS / 1000} seconds.`;
      const todo = `End its process, whose command line has ${entry}, and try again.`;
      reject(new Error(`${what} ${log} may have the reason. ${todo}`));
      connection.close();
    }, MOST_ANSWER_MS);
  });
  try {
    return await Promise.race([connection.request(method), late]);
  } finally {
    clearTimeout(timer);
  }
}

function connectionOver(socket: Socket, messages: MessageConnection): Connection {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const ended = closed.then(() => Promise.reject(new ServiceEndedError()));
  // Not every connection has a request when it is closed.
  ended.catch(() => undefined);
  messages.listen();
  return {
    request: (method, params) => Promise.race([messages.sendRequest(method, params), ended]),
    closed,
    close: () => socket.destroy(),
  };
}
