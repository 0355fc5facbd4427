/**
 * `npm run bench -- int8`: `precision: int8` against float32. First calls of the UNet, in turns; then how much the frames of a clip
 * differ, of `pocket` and, if the reference models are there, of a small checkpoint with two motion modules.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readClip } from '../engine/media/read-clip.ts';
import { UNet } from '../engine/models/unet/unet.ts';
import { cpu } from '../engine/onnx/session.ts';
import { checkTravel } from '../grammar/language.ts';
import { settle } from '../library/file-environment.ts';
import { ModelLibrary } from '../library/model-library.ts';
import { clipWork } from '../plan/work.ts';
import { LocalEngine } from '../rendering/local-engine.ts';
import { openWeights } from '../weights/open.ts';
import { randomModels } from './random-models.ts';
import { POCKET } from './speed.ts';
import { type UnetCall, unetInput } from './unet-call.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** The full reference set, which is optional. */
const REFERENCE = join(process.env.TRAVEL_GOLDEN ?? resolve(ROOT, '../shared/golden'), 'models');

/** Besides a first one that is not counted. */
const ROUNDS = 2;

const CLIPS: Readonly<Record<string, readonly string[]>> = {
  pocket: ['checkpoint: pocket'],
  'tiny-sd15, v2': ['checkpoint: tiny-sd15', 'motion_module: tiny_mm_sd_v15_v2'],
  'tiny-sd15, v3': ['checkpoint: tiny-sd15', 'motion_module: tiny_v3_sd15_mm'],
};

export async function benchInt8(): Promise<void> {
  const full = { ...(await randomModels()), context: 768 };
  const calls: Readonly<Record<string, UnetCall>> = {
    'pocket, 16 frames of 128²': { ...POCKET, side: 128, frames: 16 },
    'full size, image of 256²': { ...full, motionModule: null, side: 256, frames: 1 },
    'full size, image of 512²': { ...full, motionModule: null, side: 512, frames: 1 },
    'full size, 16 frames of 256²': { ...full, side: 256, frames: 16 },
  };
  for (const [name, call] of Object.entries(calls)) await compareCalls(name, call);
  const folder = await mkdtemp(join(tmpdir(), 'travel-bench-'));
  try {
    for (const [name, models] of Object.entries(CLIPS)) await compareFrames(name, models, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compareCalls(name: string, call: UnetCall): Promise<void> {
  const ways = [await prepare(call, false), await prepare(call, true)];
  const best = ways.map(() => ({ clock: Number.POSITIVE_INFINITY, processor: Number.POSITIVE_INFINITY }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, run] of ways.entries()) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      await run();
      const { user, system } = process.cpuUsage(before);
      if (round === 0) continue;
      best[i]!.clock = Math.min(best[i]!.clock, (performance.now() - start) / 1000);
      best[i]!.processor = Math.min(best[i]!.processor, (user + system) / 1e6);
    }
  }
  const [float32, int8] = best as [(typeof best)[0], (typeof best)[0]];
  const ratio = (part: 'clock' | 'processor') =>
    `${float32[part].toFixed(2)} → ${int8[part].toFixed(2)} s (${(int8[part] / float32[part]).toFixed(2)})`;
  console.log(`${name}, with guidance: ${ratio('clock')}, of the processor ${ratio('processor')}`);
}

async function prepare(call: UnetCall, int8: boolean): Promise<() => Promise<unknown>> {
  const { checkpoint, motionModule } = call;
  const motion = motionModule === null ? null : await openWeights(motionModule);
  const unet = new UNet(await openWeights(checkpoint), { motionModule: motion, runtime: cpu(), int8 });
  const input = unetInput(call);
  return () => unet.predict(input);
}

async function compareFrames(name: string, models: readonly string[], folder: string): Promise<void> {
  if (name !== 'pocket' && !existsSync(REFERENCE)) {
    console.log(`${name}: not measured, because ${REFERENCE} does not exist.`);
    return;
  }
  const [expected, frames] = [await framesOf(models, 'fp32', folder), await framesOf(models, 'int8', folder)];
  const sum = expected.reduce((total, value, i) => total + (value - frames[i]!) ** 2, 0);
  console.log(`${name}, 16 frames: ${(10 * Math.log10((255 ** 2 * frames.length) / sum)).toFixed(1)} dB PSNR`);
}

/** 8-bit values of one window of `examples/portrait.travel`. */
async function framesOf(models: readonly string[], precision: string, folder: string): Promise<Uint8Array> {
  const library = await ModelLibrary.open({
    modelsFolder: join(ROOT, 'models'),
    roots: [REFERENCE].filter(existsSync),
  });
  const text = [
    '---',
    ...models,
    `precision: ${precision}`,
    ...['frames: 16', 'seed: 42', 'cfg_scale: 5', 'sampler: DDIM', 'steps: 12', 'width: 128', 'height: 128'],
    'negative_prompt: render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)',
    ...['device: cpu', 'save: [png]', '---'],
    ...['cute blonde woman with braids', '', '0: (closed eyes:1.3), closed mouth', '5: (bun hair:1.3)', '15: red hair'],
    ...['', 'fox ears'],
  ].join('\n');
  const place = { path: join(folder, 'int8.travel'), wildcardFolders: [] };
  const { plan, problems } = await settle(library, place, (host) => checkTravel(text, host, {}));
  if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
  const engine = new LocalEngine({ entry: join(ROOT, 'dist/engine.js'), cacheFolder: join(folder, 'cache') });
  const result = await engine.submit(clipWork(plan)).result;
  engine.stop();
  if (!result.ok) throw new Error(result.message);
  const { clip } = await readClip(result.files[0]!);
  const frames: Uint8Array[] = [];
  for (let i = 0; i < clip.count; i++) frames.push(await clip.rgb(i));
  return Uint8Array.from(Buffer.concat(frames));
}
