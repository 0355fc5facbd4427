import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { FramesInMemory } from '../../../engine/media/frames.ts';
import { type OutputFormat, PLAN_VERSION, type TravelPlan } from '../../../plan/plan.ts';
import { plainSampling } from '../../plan/sampling.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'media-test-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

/** A new folder that is removed when the tests of the file are done. */
export function temporaryFolder(): string {
  return mkdtempSync(join(ROOT, 'folder-'));
}

/** A disc that moves over a gradient: every frame differs, and each has its own red at the left edge. */
export function movingDisc(width: number, height: number, count: number): FramesInMemory {
  const frames = Array.from({ length: count }, (_, frame) => {
    const rgb = new Uint8Array(width * height * 3);
    const centre = (width * (frame + 0.5)) / count;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const inside = (x - centre) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2;
        const colour = inside ? [250, 240, 20] : [Math.round((200 * frame) / count), (255 * x) / width, 120];
        rgb.set(colour, (y * width + x) * 3);
      }
    }
    return rgb;
  });
  return { width, height, count, rgb: (index) => frames[index]! };
}

const FILE = { path: '/models/pocket.safetensors', size: 1, mtimeMs: 1 };

export const SOURCE = '---\nframes: 4\n---\n0: café, (smile:1.2)  # 🦊\r\n3: </x> & "fox" \\ \u0000\n';

export interface PlanOptions {
  readonly base?: string;
  readonly formats?: readonly OutputFormat[];
  readonly source?: string;
  readonly frames?: number;
  readonly fps?: number;
  readonly loop?: number;
  readonly order?: readonly number[];
}

/** A plan that travels from one prompt at the first frame to another at the last. */
export function planOf({
  base = '/renders/out',
  formats = ['webp'],
  source = SOURCE,
  frames = 4,
  fps = 8,
  loop = 0,
  order = Array.from({ length: frames }, (_, i) => i),
}: PlanOptions = {}): TravelPlan {
  return {
    version: PLAN_VERSION,
    name: 'fox',
    source,
    models: {
      checkpoint: FILE,
      vae: null,
      motionModule: { ...FILE, path: '/models/mm_pocket.safetensors' },
      clipSkip: 1,
      unload: false,
    },
    loras: [{ name: 'ears', file: FILE }],
    motionLoras: [{ name: 'zoom', file: FILE, weight: 0.5 }],
    embeddings: [],
    images: [],
    masks: [],
    prompts: [
      { text: 'café, (smile:1.2)', loras: [{ lora: 0, weight: 0.7 }] },
      { text: '🦊 fox', loras: [] },
      { text: 'blurry', loras: [] },
    ],
    frames: Array.from({ length: frames }, (_, index) => ({
      index,
      positive: { from: 0, to: 1, t: frames === 1 ? 0 : index / (frames - 1) },
      negative: { from: 2, to: 2, t: 0 },
      cfgScale: 7,
      motionScale: 1,
      loras: [0.7],
    })),
    mix: 'slerp',
    promptEditing: 'by-step',
    emphasis: 'Original',
    sampling: plainSampling({ sampler: 'Euler a', schedule: 'karras', steps: 20, seed: 42 }),
    width: 64,
    height: 48,
    context: {
      windows: Array(20).fill([{ start: 0, stride: 1, length: frames }]),
      fuse: 'pyramid',
      settings: { frames, length: frames, stride: 1, overlap: -1, closedLoop: 'N' },
    },
    output: { base, written: 'out', formats: [...formats], fps, loop, order: [...order], interpolation: null },
    device: 'cpu',
    rolled: [],
  };
}
