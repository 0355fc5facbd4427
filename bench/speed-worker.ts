/**
 * Runs one model of the sources in a folder, each time it is told to, and answers with seconds of clock and processor:
 * `npm run bench -- speed` compares two of these processes.
 */
import { pathToFileURL } from 'node:url';
import type * as unetModule from '../engine/models/unet/unet.ts';
import type * as vaeModule from '../engine/models/vae/vae.ts';
import type * as sessionModule from '../engine/onnx/session.ts';
import type { Runtime } from '../engine/onnx/session.ts';
import type * as openModule from '../weights/open.ts';
import { type UnetCall, unetInput, values } from './unet-call.ts';

export interface Workload extends UnetCall {
  readonly kind: 'unet' | 'vae';
  /** Calls at the same time. */
  readonly calls: number;
}

const [root, argument] = process.argv.slice(2) as [string, string];
const workload = JSON.parse(argument) as Workload;
const load = (path: string): Promise<unknown> => import(pathToFileURL(`${root}/${path}`).href);
const { UNet } = (await load('engine/models/unet/unet.ts')) as typeof unetModule;
const { Vae } = (await load('engine/models/vae/vae.ts')) as typeof vaeModule;
const { openWeights } = (await load('weights/open.ts')) as typeof openModule;
const { cpu } = (await load('engine/onnx/session.ts')) as typeof sessionModule;

/** In older sources, `cpu` has a parameter without a default, which decides how weights are kept. */
const runtime: Runtime = cpu.length === 0 ? cpu() : (cpu as unknown as (mode: 'lean') => Runtime)('lean');

const { side, calls } = workload;
const latent = side / 8;
const file = await openWeights(workload.checkpoint);
const call = workload.kind === 'vae' ? decode() : await predict();

function decode(): () => Promise<unknown> {
  const vae = new Vae(file, runtime);
  return () => vae.decode(values(4 * latent * latent), 1, latent, latent);
}

async function predict(): Promise<() => Promise<unknown>> {
  const motionModule = workload.motionModule === null ? null : await openWeights(workload.motionModule);
  const unet = new UNet(file, { motionModule, runtime, atOnce: 2 * calls });
  const input = unetInput(workload);
  return () => unet.predict(input);
}

process.on('message', async () => {
  const [clock, processor] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: calls }, call));
  const { user, system } = process.cpuUsage(processor);
  process.send!({ clock: (performance.now() - clock) / 1000, processor: (user + system) / 1e6 });
});
