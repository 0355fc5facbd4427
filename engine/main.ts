import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
} from 'vscode-jsonrpc/node';
import {
  type ExtractResult,
  METHODS,
  type RenderProgress,
  RenderRequest,
  type RenderResult,
} from '../protocol/engine.ts';
import { failureOf } from './failure.ts';
import { extractTravel } from './media/extract.ts';
import { renderPlan } from './pipelines/animatediff.ts';

/**
 * The engine's process: plans in, progress and results out, as JSON-RPC over the channel that `fork` opened. Every
 * request is answered; what goes wrong is part of the answer. Ends when the other side does.
 */
const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));

connection.onRequest<RenderResult, void>(METHODS.render, async (params: unknown, token: CancellationToken) => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  try {
    return await renderPlan(RenderRequest.parse(params), {
      signal: cancel.signal,
      onProgress: (progress: RenderProgress) => connection.sendNotification(METHODS.progress, progress),
      log: (line: string) => connection.sendNotification(METHODS.log, line),
    });
  } catch (error) {
    return failureOf(error);
  }
});

connection.onRequest<ExtractResult, void>(METHODS.extract, async (path: unknown) => {
  try {
    return { ok: true, ...(await extractTravel(String(path))) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
});

// Ctrl-C in a terminal reaches every process of the command; the one that asked for the render decides what it means.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
connection.listen();
