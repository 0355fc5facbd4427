import { describe, expect, it } from 'vitest';
import { CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import { signalOf } from '../../engine/cancellation.ts';

describe('signalOf', () => {
  it('is aborted for a request that was canceled before it arrived', () => {
    expect(signalOf(CancellationToken.Cancelled).aborted).toBe(true);
    const source = new CancellationTokenSource();
    source.cancel();
    expect(signalOf(source.token).aborted).toBe(true);
  });

  it('aborts when the request is canceled later', () => {
    const source = new CancellationTokenSource();
    const signal = signalOf(source.token);
    expect(signal.aborted).toBe(false);
    source.cancel();
    expect(signal.aborted).toBe(true);
  });
});
