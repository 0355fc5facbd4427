import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { LocalEngine } from '../local-engine.ts';
import { endpointOf, listenAlone } from './endpoint.ts';
import { JobStore } from './job-store.ts';
import { RenderService } from './service.ts';
import { ServiceOptions } from './service-options.ts';

/*
 * The render service's process. It is started by the first window that needs it, serves all windows, and ends when the
 * last one has been gone for `graceMs`: a window that reloads finds its renders as they were, and nothing runs unseen.
 */
const { cacheFolder, version, graceMs } = ServiceOptions.parse(JSON.parse(process.argv[2] ?? 'null'));
const log = (line: string) => console.error(line);

const endpoint = await endpointOf(cacheFolder);
const server = await listenAlone(endpoint);
if (!server) {
  log('Another render service is running.');
  process.exit();
}
const engine = new LocalEngine({
  entry: fileURLToPath(new URL('engine.js', import.meta.url)),
  mode: 'lean',
  cacheFolder,
});
const service = await RenderService.start({
  renderer: engine,
  store: new JobStore(join(cacheFolder, 'jobs'), log),
  version,
});

let grace: NodeJS.Timeout | undefined;

function endSoon(): void {
  clearTimeout(grace);
  grace = setTimeout(() => void end(), service.isBusy ? graceMs : Math.min(graceMs, 1000));
}

let ending = false;

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  server!.close();
  await service.stop();
  engine.kill();
  process.exit();
}

server.on('connection', (socket) => {
  clearTimeout(grace);
  const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  // A window that is killed resets its connection.
  socket.on('error', (error) => log(`A window lost its connection: ${error.message}`));
  service.connect(connection, () => void end());
  connection.onClose(() => {
    if (service.connections === 0) endSoon();
  });
});
process.on('SIGTERM', () => void end());
endSoon();
