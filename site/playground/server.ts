import type { Transport } from '@codemirror/lsp-client';
/** The built worker of VS Code for the Web, and CLIP's vocabulary, as addresses in the site. */
import workerUrl from '../../dist/web/server.js?url';
import mergesUrl from '../../models/clip/merges.txt.gz?url';
import { CLIP_MERGES } from '../../protocol/language-server.ts';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
}

interface RunningServer {
  readonly transport: Transport;
  stop(): void;
}

/**
 * Starts the language server as a worker of this page. The requests that it sends are answered here: it asks for CLIP's
 * vocabulary, to count tokens. The rest is the client's.
 *
 * @param failed called with a sentence if the worker cannot be loaded or stops
 */
export function startServer(failed: (reason: string) => void): RunningServer {
  const worker = new Worker(workerUrl);
  const handlers = new Set<(message: string) => void>();
  worker.addEventListener('error', ({ message }) =>
    failed(`The language server could not be started (${message || 'it was not loaded'}). Reload the page.`),
  );
  worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.id !== undefined && data.method !== undefined) void answer(data.id, data.method);
    else for (const handler of handlers) handler(JSON.stringify(data));
  });

  const answer = async (id: number | string, method: string) => {
    if (method !== CLIP_MERGES) {
      const error = { code: -32601, message: `${method} is not available in the playground.` };
      return worker.postMessage({ jsonrpc: '2.0', id, error });
    }
    worker.postMessage({ jsonrpc: '2.0', id, result: { text: await readMerges() } });
  };

  return {
    transport: {
      send: (message) => worker.postMessage(JSON.parse(message)),
      subscribe: (handler) => void handlers.add(handler),
      unsubscribe: (handler) => void handlers.delete(handler),
    },
    stop: () => worker.terminate(),
  };
}

/** null if it cannot be read: the server reports what does not work without it. */
async function readMerges(): Promise<string | null> {
  try {
    const response = await fetch(mergesUrl);
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    // Some hosts unpack a `.gz` file while they send it.
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
    return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  } catch (error) {
    console.warn(`CLIP's vocabulary could not be loaded from ${mergesUrl}: ${error}. Tokens are not counted.`);
    return null;
  }
}
