/**
 * Fits the colours of a VAE's latents (`engine/models/vae/latent-rgb.ts`): renders the example with several seeds, and
 * finds the linear combination of a latent's channels that is nearest to the mean color of its 8×8 decoded pixels.
 * Prints the factors, and the mean error for a seed that the fit has not seen. Build first; takes some minutes.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPlan } from '../bench/render.ts';
import { Checkpoint } from '../engine/checkpoint/checkpoint.ts';
import { ModelStore } from '../engine/models/store.ts';
import { type LatentRgb, latentsToRgb } from '../engine/models/vae/latent-rgb.ts';
import { render as renderWork } from '../engine/pipelines/render.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { CHECKPOINTS } from '../protocol/cache-layout.ts';

const FITTED = [42, 1042, 2042];
const TESTED = 7042;

interface Rendered {
  /** `[frames, 4, height/8, width/8]`, flat. */
  readonly latents: Float32Array;
  /** Mean colours of 8×8 pixels, 0 to 255, `[frames, height/8, width/8, 3]`, flat. */
  readonly means: Float32Array;
}

const folder = await mkdtemp(join(tmpdir(), 'travel-fit-'));
const store = new ModelStore();
try {
  const demo = await demoPlan(folder);
  const area = (demo.width * demo.height) / 64;
  const rendered = [];
  for (const seed of [...FITTED, TESTED]) {
    rendered.push(await render({ ...demo, sampling: { ...demo.sampling, seed } }));
  }
  const tested = rendered.pop()!;
  const fitted = fit(rendered, area);
  console.log(JSON.stringify(fitted, (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)));
  const shown = latentsToRgb(tested.latents, area, fitted);
  const error = shown.reduce((sum, value, i) => sum + Math.abs(value - tested.means[i]!), 0) / shown.length;
  console.log(`mean error: ${error.toFixed(1)} of 255`);
} finally {
  await store.release();
  await rm(folder, { recursive: true });
}

/** Stops the render before it writes files, and reads what it has saved. */
async function render(plan: TravelPlan): Promise<Rendered> {
  const cacheFolder = await mkdtemp(join(folder, 'cache-'));
  const cancel = new AbortController();
  await renderWork(
    { work: { kind: 'clip', plan }, threads: null, cacheFolder, resume: false },
    {
      store,
      signal: cancel.signal,
      onProgress: ({ stage }) => {
        if (stage === 'write') cancel.abort();
      },
      log: () => undefined,
    },
  ).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  const [name] = await readdir(join(cacheFolder, CHECKPOINTS));
  const saved = new Checkpoint({ folder: join(cacheFolder, CHECKPOINTS, name!), plan, warn: console.warn });
  const state = await saved.sampling();
  if (!state) throw new Error('The render has saved no latents.');
  const frames = [];
  for (const position of plan.frames.keys()) frames.push(means((await saved.frame(position))!, plan));
  return { latents: state.latents, means: Float32Array.from(frames.flatMap((frame) => [...frame])) };
}

function means(rgb: Uint8Array, { width, height }: TravelPlan): Float32Array {
  const result = new Float32Array(rgb.length / 64);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = (y >> 3) * (width / 8) + (x >> 3);
      for (let colour = 0; colour < 3; colour++) {
        result[cell * 3 + colour]! += rgb[(y * width + x) * 3 + colour]! / 64;
      }
    }
  }
  return result;
}

/** Least squares: solves (AᵀA)·x = Aᵀb for each color, where a row of A is a latent's channels and a 1. */
function fit(all: readonly Rendered[], area: number): LatentRgb {
  const size = 5;
  const normal = Array.from({ length: size }, () => new Float64Array(size + 3));
  for (const { latents, means } of all) {
    for (let i = 0; i < means.length / 3; i++) {
      const [frame, pixel] = [Math.floor(i / area), i % area];
      const row = [0, 1, 2, 3].map((channel) => latents[(frame * 4 + channel) * area + pixel]!);
      row.push(1);
      const target = [0, 1, 2].map((colour) => means[i * 3 + colour]! / 127.5 - 1);
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) normal[a]![b]! += row[a]! * row[b]!;
        for (let colour = 0; colour < 3; colour++) normal[a]![size + colour]! += row[a]! * target[colour]!;
      }
    }
  }
  for (let pivot = 0; pivot < size; pivot++) {
    for (let other = 0; other < size; other++) {
      if (other === pivot) continue;
      const factor = normal[other]![pivot]! / normal[pivot]![pivot]!;
      for (let k = pivot; k < size + 3; k++) normal[other]![k]! -= factor * normal[pivot]![k]!;
    }
  }
  const solution = normal.map((row, i) => [5, 6, 7].map((k) => row[k]! / row[i]!) as [number, number, number]);
  return { factors: solution.slice(0, 4), bias: solution[4]! };
}
