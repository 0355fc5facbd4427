import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type FileRef, PLAN_VERSION, type PlanFrame, type TravelPlan } from '../../../plan/plan.ts';
import { plainSampling } from '../../plan/sampling.ts';

const POCKET = resolve(import.meta.dirname, '../../../models/pocket');

export async function fileRef(path: string): Promise<FileRef> {
  const { size, mtimeMs } = await stat(path);
  return { path, size, mtimeMs };
}

export const pocket = (): Promise<FileRef> => fileRef(resolve(POCKET, 'pocket.safetensors'));
export const pocketMotion = (): Promise<FileRef> => fileRef(resolve(POCKET, 'mm_pocket.safetensors'));

/** A frame of one prompt without any motion. */
export const frameOf = (index: number, changes: Partial<PlanFrame> = {}): PlanFrame => ({
  index,
  positive: { from: 0, to: 0, t: 0 },
  negative: { from: 1, to: 1, t: 0 },
  cfgScale: 7,
  motionScale: 1,
  loras: [],
  ...changes,
});

/** A small plan with the built-in models: two frames of 16×16, two steps. */
export async function smallPlan(changes: Partial<TravelPlan> = {}): Promise<TravelPlan> {
  const frames = changes.frames ?? [frameOf(0), frameOf(1)];
  return {
    version: PLAN_VERSION,
    name: 'small',
    source: 'a cat\n',
    models: {
      checkpoint: await pocket(),
      vae: null,
      motionModule: await pocketMotion(),
      clipSkip: 1,
      unload: false,
    },
    loras: [],
    motionLoras: [],
    embeddings: [],
    images: [],
    masks: [],
    prompts: [
      { text: 'a cat', loras: [] },
      { text: '', loras: [] },
    ],
    frames,
    mix: 'slerp',
    promptEditing: 'by-step',
    emphasis: 'Original',
    sampling: plainSampling({ steps: 2, seed: 5 }),
    width: 16,
    height: 16,
    context: {
      windows: Array(2).fill([{ start: 0, stride: 1, length: frames.length }]),
      fuse: 'pyramid',
      settings: null,
    },
    output: {
      base: '/renders/small',
      written: 'small',
      formats: ['txt'],
      fps: 8,
      loop: 0,
      order: frames.map((_, i) => i),
      interpolation: null,
    },
    device: 'cpu',
    rolled: [],
    ...changes,
  };
}

/** A ControlNet unit that acts in all steps. */
export const controlUnit = (name: string, file: FileRef) =>
  ({ name, file, preprocessor: 'none', resize: 'crop', mode: 'balanced', start: 0, end: 1, pooled: false }) as const;
