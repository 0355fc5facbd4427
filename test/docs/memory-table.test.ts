import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { controlLoraShapes, controlNetShapes } from '../../bench/control-shapes.ts';
import { checkpointShapes, motionModuleShapes } from '../../bench/random-model.ts';
import { type MemoryDemand, smallAtOnce } from '../../plan/memory.ts';
import { chooseMemoryPlan, memoryPlanText } from '../../plan/memory-plan.ts';
import { elementCount } from '../../weights/tensor.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/measured.md');

/** Values of Stable Diffusion 1.5's weights, and of mm_sd_v15_v2's. */
const COUNTS = {
  unet: countOf(checkpointShapes(), 'model.diffusion_model.'),
  vae: countOf(checkpointShapes(), 'first_stage_model.'),
  all: countOf(checkpointShapes()),
  motion: countOf(motionModuleShapes()),
};

/** Of the published Control-LoRAs, which are for SDXL. */
const RANK = 128;

interface Control {
  /** Values in its file. */
  readonly values: number;
  /** The same of what a GPU holds. */
  readonly unpacked: number;
}

/** For Stable Diffusion 1.5. A GPU holds the weights that a Control-LoRA changes once more, as they are then. */
const CONTROL_NET = controlOf(controlNetShapes(checkpointShapes()));
const CONTROL_LORA = controlOf(controlLoraShapes(checkpointShapes(), RANK));

function controlOf(shapes: ReadonlyMap<string, readonly number[]>): Control {
  const factors = new Map([...shapes].filter(([name]) => /\.(?:up|down)$/.test(name)));
  const whole = countOf(controlNetShapes(checkpointShapes()));
  return { values: countOf(shapes), unpacked: whole + countOf(factors) };
}

function countOf(shapes: ReadonlyMap<string, readonly number[]>, prefix = ''): number {
  return [...shapes].reduce((sum, [name, shape]) => sum + (name.startsWith(prefix) ? elementCount(shape) : 0), 0);
}

const FLOAT = 4;
const HALF = 2;
const FRAMES = 16;
const GIBIBYTE = 2 ** 30;
const THREADS = 8;
/** Side in pixels up to which is looked. */
const LARGEST = 2048;

interface Clip {
  /** Frames of a window; 1: single images without a motion module. */
  readonly context: number;
  /** A unit with a hint for each frame. */
  readonly control?: Control;
}

function demandOf(side: number, { context, control }: Clip, onGpu: boolean): MemoryDemand {
  const motion = context > 1;
  const motionValues = motion ? COUNTS.motion : 0;
  return {
    window: context,
    frames: Math.max(context, FRAMES),
    width: side,
    height: side,
    channels: [320, 640, 1280, 1280],
    vaeChannels: 128,
    models: HALF * (COUNTS.all + motionValues + (control?.values ?? 0)),
    ...(control && { controls: { units: 1, hints: Math.max(context, FRAMES), hasLora: control === CONTROL_LORA } }),
    motion,
    ...(onGpu
      ? {
          unpacked: {
            unet: FLOAT * (COUNTS.unet + motionValues + (control?.unpacked ?? 0)),
            motion: FLOAT * motionValues,
            vae: FLOAT * COUNTS.vae,
          },
        }
      : { atOnce: smallAtOnce(THREADS, 1, FRAMES) }),
  };
}

/** The largest square that fits in the fastest way and, if a larger one does, the largest of all with what it takes. */
function largest(clip: Clip, bytes: number, onGpu: boolean): string {
  const sizes = Array.from({ length: LARGEST / 64 }, (_, i) => LARGEST - 64 * i).flatMap((side) => {
    const demand = demandOf(side, clip, onGpu);
    const { plan, fits } = chooseMemoryPlan(demand, bytes, null);
    return fits ? [{ size: `${side}×${side}`, how: memoryPlanText(demand, plan) }] : [];
  });
  const fastest = sizes.find(({ how }) => how === '');
  const [first] = sizes;
  if (!first) return 'nothing';
  if (first === fastest) return first.size;
  return `${fastest ? `${fastest.size}; ` : ''}${first.size} with ${first.how}`;
}

const COMPUTERS = [
  ['a GPU with 6 GB', 6, true],
  ['a GPU with 8 GB', 8, true],
  ['a GPU with 12 GB', 12, true],
  ['a GPU with 24 GB', 24, true],
  ['the CPU, 8 GB', 8, false],
  ['the CPU, 16 GB', 16, false],
  ['the CPU, 32 GB', 32, false],
] as const;

const CLIPS: Readonly<Record<string, Clip>> = {
  '16 frames at once': { context: FRAMES },
  'with a ControlNet': { context: FRAMES, control: CONTROL_NET },
  'with a Control-LoRA': { context: FRAMES, control: CONTROL_LORA },
  '32 frames at once': { context: 2 * FRAMES },
  'single images': { context: 1 },
};

function table(): string {
  const rows = COMPUTERS.map(([name, gibibytes, onGpu]) => [
    name,
    ...Object.values(CLIPS).map((clip) => largest(clip, gibibytes * GIBIBYTE, onGpu)),
  ]);
  const head = ['', ...Object.keys(CLIPS)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

it('has the table of what fits (`vitest run --update` writes it)', async () => {
  const [begin, end] = ['<!-- what fits -->\n', '\n<!-- end of what fits -->'] as const;
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  expect(Math.min(from, to)).toBeGreaterThan(0);
  const written = `${page.slice(0, from + begin.length)}${table()}${page.slice(to)}`;
  await expect(written).toMatchFileSnapshot(PAGE);
});
