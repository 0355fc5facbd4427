import { EXIT } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Run `work` so that Ctrl-C (or SIGTERM) asks it to stop through the signal, and a second one ends everything at once.
 *
 * @param kill ends what could outlive this process; called on the second signal only
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
