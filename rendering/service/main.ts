import type { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JOBS } from '../../protocol/cache-layout.ts';
import { LocalEngine } from '../local-engine.ts';
import { endpointOf, listenAlone, messagesOver } from './endpoint.ts';
import { JobStore } from './job-store.ts';
import { KeepAwake } from './keep-awake.ts';
import { RenderTimes } from './render-times.ts';
import { type Activity, RenderService } from './service.ts';
import { ServiceOptions } from './service-options.ts';

/*
 * The render service's process. It is started by the first window that needs it, serves all windows, and ends when the
 * last one has been gone for `graceMs`: a window that reloads finds its renders as they were, and nothing runs unseen.
 * Only if the user has chosen `keepRendering`, it finishes the queue first.
 */
const { cacheFolder, version, graceMs } = ServiceOptions.parse(JSON.parse(process.argv[2] ?? 'null'));
// They are a file in the cache folder, whose disk may be full. There is no other place to say so, and renders go on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const log = (line: string) => console.error(line);

/** How long the first window may take to connect, on a busy computer. */
const START_MS = 60_000;

let onStarted: (service: RenderService) => void = () => undefined;
const started = new Promise<RenderService>((resolve) => {
  onStarted = resolve;
});
const server = await listenAlone(await endpointOf(cacheFolder), (socket) => {
  void started.then((service) => serve(service, socket));
});
if (!server) {
  log('Another render service is running.');
  process.exit();
}
let activity: Activity = { running: false, preferences: null };
const engine = new LocalEngine({
  entry: fileURLToPath(new URL('engine.js', import.meta.url)),
  cacheFolder,
  machine: () => ({
    gpuMemory: activity.preferences?.gpuMemory ?? null,
    threads: activity.preferences?.threads ?? null,
    ffmpeg: activity.preferences?.ffmpeg ?? null,
  }),
});
const awake = new KeepAwake(log);
/** Whether the last window has been gone for `graceMs`. */
let unattended = false;
const service = await RenderService.start({
  renderer: engine,
  store: new JobStore(join(cacheFolder, JOBS), log),
  times: new RenderTimes(cacheFolder, log),
  version,
  onActivity: (changed) => {
    activity = changed;
    awake.set(activity.running && activity.preferences?.keepAwake === true);
    if (unattended) endUnlessNeeded();
  },
});
let grace = setTimeout(becomeUnattended, Math.max(graceMs, START_MS));
process.on('SIGTERM', () => void end());
onStarted(service);

function serve(service: RenderService, socket: Socket): void {
  clearTimeout(grace);
  unattended = false;
  const connection = messagesOver(socket);
  // A window that is killed resets its connection.
  socket.on('error', (error) => log(`A window lost its connection: ${error.message}`));
  service.connect(connection, () => void end());
  connection.onClose(() => {
    if (service.connections > 0) return;
    clearTimeout(grace);
    grace = setTimeout(becomeUnattended, graceMs);
  });
}

function becomeUnattended(): void {
  unattended = true;
  endUnlessNeeded();
}

function endUnlessNeeded(): void {
  if (!activity.running || activity.preferences?.whenClosed !== 'keepRendering') void end();
}

/** Called once or more: by a signal, by a window, or when there is no window. */
async function end(): Promise<void> {
  server!.close();
  await service.stop();
  engine.kill();
  process.exit();
}
