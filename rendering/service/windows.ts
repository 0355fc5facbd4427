import type { MessageConnection } from 'vscode-jsonrpc/node';
import { largest } from '../../plan/extremes.ts';
import type { Watching } from '../../protocol/engine.ts';

/** The windows that are connected to the service, and which of them watch the pictures of renders. */
export class Windows {
  readonly #connections = new Set<MessageConnection>();
  readonly #watching = new Map<MessageConnection, NonNullable<Watching>>();
  readonly #onWatching: (watching: Watching) => void;

  /** @param onWatching receives what all that watch have enough with, when it may have changed */
  constructor(onWatching: (watching: Watching) => void) {
    this.#onWatching = onWatching;
  }

  get count(): number {
    return this.#connections.size;
  }

  /** Until it is closed. */
  add(connection: MessageConnection): void {
    this.#connections.add(connection);
    connection.onClose(() => this.#drop(connection));
  }

  watch(connection: MessageConnection, watching: Watching): void {
    if (watching === null) this.#watching.delete(connection);
    else this.#watching.set(connection, watching);
    this.#onWatching(widest(this.#watching.values()));
  }

  /** Sends a notification to all of them. */
  tell(method: string, value: unknown): void {
    this.#notify(this.#connections, method, value);
  }

  /** Sends a notification to those that watch. */
  show(method: string, value: unknown): void {
    this.#notify(this.#watching.keys(), method, value);
  }

  #notify(connections: Iterable<MessageConnection>, method: string, value: unknown): void {
    for (const connection of connections) {
      // A window that is killed while it is told loses its connection, which is reported where the connection is made.
      connection.sendNotification(method, value).catch(() => this.#drop(connection));
    }
  }

  #drop(connection: MessageConnection): void {
    this.#connections.delete(connection);
    if (this.#watching.has(connection)) this.watch(connection, null);
  }
}

function widest(windows: Iterable<NonNullable<Watching>>): Watching {
  const sides = [...windows].map(({ longestSide }) => longestSide);
  if (sides.length === 0) return null;
  return { longestSide: sides.includes(null) ? null : largest(sides as number[]) };
}
