import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { RENDERS } from '../../../protocol/renders.ts';
import { ServiceClient } from '../../../rendering/service/client.ts';
import { endpointOf, listenAlone, messagesOver } from '../../../rendering/service/endpoint.ts';
import { openLog } from '../../../rendering/service/start-service.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-client-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const nothing = () => undefined;

it.each([RENDERS.hello, RENDERS.retire])('does not wait forever for a service that hangs: %s', async (unanswered) => {
  let onAsked: () => void = nothing;
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const hang = () => {
    onAsked();
    return new Promise<never>(nothing);
  };
  const server = await listenAlone(await endpointOf(folder), (socket) => {
    const messages = messagesOver(socket);
    messages.onRequest(RENDERS.hello, async () => (unanswered === RENDERS.hello ? hang() : { version: '1', jobs: [] }));
    messages.onRequest(RENDERS.retire, hang);
    messages.listen();
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
    server!.close();
  });
  const options = { entry: '/extension/dist/renders.js', cacheFolder: folder, version: '2', graceMs: 0 };
  const connected = ServiceClient.connect(options, { onJobs: nothing, onEvent: nothing, onLost: nothing });
  const failed = expect(connected).rejects.toThrow(
    /not answered for 20 seconds\. .*renders\.log may have .* command line has \/extension\/dist\/renders\.js, and try/,
  );
  await asked;
  await vi.advanceTimersByTimeAsync(20_000);
  await failed;
});

it('keeps the log of earlier services until it is large', async () => {
  const path = join(folder, 'renders.log');
  for (const line of ['first\n', 'second\n']) {
    const file = await openLog(folder);
    await file.write(line);
    await file.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  writeFileSync(path, 'x'.repeat(1_000_001));
  await (await openLog(folder)).close();
  expect(statSync(path).size).toBe(0);
});

it.each([
  ['cache', 'a file'],
  ['cache/inside', 'inside a file'],
])('says in a sentence why the service cannot be started: the cache folder %s is %s', async (name) => {
  writeFileSync(join(folder, 'cache'), '');
  await expect(openLog(join(folder, name))).rejects.toThrow(
    /^The render service cannot be started, because its log .* cannot be written: .* is not a folder.*try again\.$/,
  );
});
