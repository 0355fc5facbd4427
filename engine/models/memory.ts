import { controlDemand } from '../../plan/controlnet.ts';
import { largest } from '../../plan/extremes.ts';
import { shownFrames } from '../../plan/interpolation.ts';
import { type MemoryDemand, smallAtOnce, writesFrameByFrame } from '../../plan/memory.ts';
import { modelBytes } from '../../plan/model-files.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Runtime } from '../onnx/session.ts';
import { mostSideBySide } from './graph-runner.ts';
import type { UNet } from './unet/unet.ts';
import type { Vae } from './vae/vae.ts';

type Models = {
  readonly unet: Pick<UNet, 'channels' | 'unpackedBytes' | 'unpackedMotionBytes' | 'hasControlLora'>;
  readonly vae: Pick<Vae, 'channels' | 'unpackedBytes'>;
};

/** What decides the memory of a render. A GPU has the weights in its memory; on the CPU, they are mapped. */
export function memoryDemand(plan: TravelPlan, { unet, vae }: Models, runtime: Runtime): MemoryDemand {
  const { width, height, frames, models, sampling, output, context } = plan;
  const windows = largest(context.windows.map(({ length }) => length));
  const controls = controlDemand(plan.control?.units ?? [], frames);
  return {
    window: longestWindow(plan),
    frames: Math.max(frames.length, output.interpolation === null ? 0 : shownFrames(output)),
    ...(writesFrameByFrame(output.formats) && { streams: true }),
    width,
    height,
    channels: unet.channels,
    vaeChannels: vae.channels,
    models: modelBytes(plan),
    motion: models.motionModule !== null,
    ...(sampling.deepCache && { keepsFeatures: true }),
    ...(controls && { controls: { ...controls, ...(unet.hasControlLora && { hasLora: true }) } }),
    atOnce: smallAtOnce(mostSideBySide(runtime), windows, new Set(output.order).size),
    ...(runtime.provider !== 'cpu' && {
      unpacked: { unet: unet.unpackedBytes, motion: unet.unpackedMotionBytes, vae: vae.unpackedBytes },
      ...(models.motionDevice && { motionDevice: models.motionDevice }),
    }),
  };
}

/** Frames of the longest context window of a plan. */
export function longestWindow({ context }: Pick<TravelPlan, 'context'>): number {
  return context.windows.flat().reduce((longest, { length }) => Math.max(longest, length), 0);
}

/** Bytes that this process can still allocate; null: unknown. Node.js has it only since 20.13. */
export function availableMemory(): number | null {
  const { availableMemory }: { availableMemory?: () => number } = process;
  return availableMemory?.() ?? null;
}
