import { EXIT } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs `work` so that Ctrl+C (or SIGTERM) aborts its signal, and a second one ends everything immediately.
 *
 * @param kill ends child processes that could outlive this one; called on the second signal only
 */
export async function cancellable<T>(work: (signal: AbortSignal) => Promise<T>, kill: () => void): Promise<T> {
  const cancel = new AbortController();
  const onSignal = () => {
    if (!cancel.signal.aborted) {
      cancel.abort();
      return;
    }
    kill();
    process.exit(EXIT.cancelled);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(cancel.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
