/**
 * The memory of a process that calls a UNet: alone, with a ControlNet, and with a Control-LoRA, which shares the weights of the
 * UNet. What is mapped from files does not count.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UNet } from '../engine/models/unet/unet.ts';
import { cpu } from '../engine/onnx/session.ts';
import { openWeights } from '../weights/open.ts';
import { controlLoraShapes, controlNetShapes } from './control-shapes.ts';
import { writeRandomModel } from './random-model.ts';
import { randomModels } from './random-models.ts';
import { POCKET } from './speed.ts';
import { type UnetCall, unetInput, values } from './unet-call.ts';

/** Of the published Control-LoRAs, which are for SDXL. */
const RANK = 128;

/** Milliseconds between two looks at the memory. */
const INTERVAL = 10;

interface Call extends UnetCall {
  /** A ControlNet, or a Control-LoRA; null: none. */
  readonly control: string | null;
}

export async function benchControlMemory(): Promise<void> {
  const full = { ...(await randomModels()), context: 768 };
  const calls: Readonly<Record<string, UnetCall>> = {
    'pocket, 16 frames of 256²': { ...POCKET, side: 256, frames: 16 },
    'full size, image of 512²': { ...full, motionModule: null, side: 512, frames: 1 },
    'full size, 16 frames of 256²': { ...full, side: 256, frames: 16 },
  };
  const folder = await mkdtemp(join(tmpdir(), 'travel-bench-'));
  try {
    for (const [name, call] of Object.entries(calls)) {
      for (const [kind, control] of Object.entries(await controlsFor(call.checkpoint, folder))) {
        console.log(`${name}, ${kind}: ${await measureInProcess({ ...call, control })}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Files with random weights, by what they are. */
async function controlsFor(checkpoint: string, folder: string): Promise<Record<string, string | null>> {
  const { tensors } = await openWeights(checkpoint);
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const [net, lora] = ['net', 'lora'].map((kind) => join(folder, `${kind}-${shapes.size}.safetensors`)) as [
    string,
    string,
  ];
  if (!existsSync(net)) await writeRandomModel(net, controlNetShapes(shapes));
  if (!existsSync(lora)) await writeRandomModel(lora, controlLoraShapes(shapes, RANK));
  return { 'no ControlNet': null, 'a ControlNet': net, 'a Control-LoRA': lora };
}

async function measureInProcess(call: Call): Promise<string> {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(call)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, anonymousMemory(child.pid!));
  }, INTERVAL);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (code !== 0) throw new Error('The measured process failed.');
  return `${peak === 0 ? 'unknown' : `${peak.toFixed(0)} MiB`} peak, ${printed}`;
}

/** MiB of a process that are not mapped from files; 0 if it is not Linux, or the process has ended. */
function anonymousMemory(pid: number): number {
  try {
    return Number(/RssAnon:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** In a process of its own, whose peak is that of one call. */
async function measure({ control, ...call }: Call): Promise<void> {
  const { checkpoint, motionModule, frames } = call;
  const unet = new UNet(await openWeights(checkpoint), {
    motionModule: motionModule === null ? null : await openWeights(motionModule),
    controlNets: control === null ? [] : [await openWeights(control)],
    runtime: cpu(),
  });
  const input = unetInput(call);
  const hint = values(unet.channels[0]! * input.height * input.width);
  const controls =
    control === null
      ? []
      : [
          {
            controlNet: 0,
            hints: Array<Float32Array>(frames).fill(hint),
            strengths: Array<number[]>(2).fill(Array<number>(frames).fill(1)),
            soft: false,
            pooled: false,
          },
        ];
  const predict = () => unet.predict({ ...input, controls });
  await predict();
  const [start, before] = [performance.now(), process.cpuUsage()];
  await predict();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${seconds.toFixed(2)} s a call (processor ${((user + system) / 1e6).toFixed(2)} s)`);
}

if (process.argv[1] === import.meta.filename) await measure(JSON.parse(process.argv[2]!) as Call);
