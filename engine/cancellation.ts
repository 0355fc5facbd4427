import type { CancellationToken } from 'vscode-jsonrpc/node';

/**
 * A request's cancellation as a signal. A request that was canceled before it arrived has a token that never fires, so
 * its present state counts too.
 */
export function signalOf(token: CancellationToken): AbortSignal {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  if (token.isCancellationRequested) cancel.abort();
  return cancel.signal;
}
