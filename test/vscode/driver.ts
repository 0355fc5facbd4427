import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export const Verdict = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), passed: z.number() }),
  z.object({ ok: z.literal(false), passed: z.number(), failures: z.array(z.string()) }),
]);
export type Verdict = z.infer<typeof Verdict>;

export interface Driver {
  /** Address that the tests inside VS Code call. */
  readonly url: string;
  /** Resolves when the tests are done. */
  readonly verdict: Promise<Verdict>;
  close(): Promise<void>;
}

/**
 * Starts a server through which the tests inside VS Code control its window: `POST /screenshot` with a name,
 * `POST /press` with keys, `POST /verdict` at the end.
 *
 * @param actions by name; a request is answered when its action is done
 */
export async function startDriver(
  actions: Readonly<Record<string, (argument: string) => Promise<void>>>,
): Promise<Driver> {
  let settle: (verdict: Verdict) => void;
  const verdict = new Promise<Verdict>((resolve) => {
    settle = resolve;
  });
  async function answer(request: IncomingMessage): Promise<void> {
    const body = await text(request);
    const name = request.url?.slice(1) ?? '';
    if (name === 'verdict') return settle(Verdict.parse(JSON.parse(body)));
    const action = actions[name];
    if (!action) throw new Error(`Unknown driver action "${name}".`);
    await action(body);
  }
  const server = createServer((request, response) => {
    // An extension host in a browser has another origin.
    response.setHeader('Access-Control-Allow-Origin', '*');
    answer(request).then(
      () => response.end(),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    verdict,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
