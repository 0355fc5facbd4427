import { EXIT } from './exit-code.ts';

interface CancellableWork {
  readonly cancel: AbortController;
  readonly kill: () => void;
}

let current: CancellableWork | null = null;

/**
 * Makes SIGINT (Ctrl+C) and SIGTERM end the program with 130. CancellableWork that runs in `cancellable` is asked to
 * stop first; a second signal ends everything immediately.
 */
export function handleSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
}

function onSignal(): void {
  if (current && !current.cancel.signal.aborted) {
    current.cancel.abort();
    return;
  }
  current?.kill();
  process.exit(EXIT.cancelled);
}

/**
 * Runs `work` so that a signal aborts it.
 *
 * @param kill ends child processes that could outlive this one; called on the second signal only
 */
export async function cancellable<T>(work: (signal: AbortSignal) => Promise<T>, kill: () => void): Promise<T> {
  current = { cancel: new AbortController(), kill };
  try {
    return await work(current.cancel.signal);
  } finally {
    current = null;
  }
}
