import { type Connection, ErrorCodes, Message, type MessageStrategy, ResponseError } from 'vscode-languageserver';

/** Internal methods: a request that is not allowed at the moment is passed on as one of them, which gives its error. */
const REFUSALS = {
  'travel/beforeInitialize': new ResponseError<void>(
    ErrorCodes.ServerNotInitialized,
    'The server is not initialized. Send “initialize” first.',
  ),
  'travel/initializedTwice': new ResponseError<void>(
    ErrorCodes.InvalidRequest,
    'The server is already initialized. Send “initialize” only once.',
  ),
  'travel/afterShutdown': new ResponseError<void>(
    ErrorCodes.InvalidRequest,
    'The server is shut down. Send “exit”, and start another server.',
  ),
} as const;

/**
 * Enforces the order of LSP's lifecycle, which `vscode-languageserver` does not: before `initialize` and after
 * `shutdown`, requests are refused and notifications, except for `exit`, are dropped.
 *
 * @see https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#lifeCycleMessages
 */
export class Lifecycle implements MessageStrategy {
  #phase: 'new' | 'running' | 'shut down' = 'new';

  handleMessage: MessageStrategy['handleMessage'] = (message, next) => {
    if (Message.isRequest(message)) {
      const refusal = this.#refusalOf(message.method);
      if (refusal) return next(Object.assign(message, { method: refusal, params: undefined }));
      if (message.method === 'initialize') this.#phase = 'running';
      if (message.method === 'shutdown') this.#phase = 'shut down';
    } else if (Message.isNotification(message) && this.#phase !== 'running' && message.method !== 'exit') {
      return undefined;
    }
    return next(message);
  };

  #refusalOf(method: string): keyof typeof REFUSALS | null {
    if (this.#phase === 'new') return method === 'initialize' ? null : 'travel/beforeInitialize';
    if (this.#phase === 'shut down') return 'travel/afterShutdown';
    return method === 'initialize' ? 'travel/initializedTwice' : null;
  }
}

/** Answers the requests that a `Lifecycle` refuses. */
export function answerRefusals(connection: Connection): void {
  for (const [method, error] of Object.entries(REFUSALS)) connection.onRequest(method, () => error);
}
