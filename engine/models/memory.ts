import { controlDemand } from '../../plan/controlnet.ts';
import { shownFrames } from '../../plan/interpolation.ts';
import { fastestPlan, type MemoryDemand, memoryParts } from '../../plan/memory.ts';
import { modelBytes } from '../../plan/model-files.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Runtime } from '../onnx/session.ts';
import type { UNet } from './unet/unet.ts';
import type { Vae } from './vae/vae.ts';

/** Kept models may take this share of the available memory; the rest is for other programs. */
const SHARE = 0.5;

type Models = {
  readonly unet: Pick<UNet, 'channels' | 'unpackedBytes'>;
  readonly vae: Pick<Vae, 'channels' | 'unpackedBytes'>;
};

/** What decides the memory of a render. A GPU has the weights in its memory; on the CPU, they are mapped. */
export function memoryDemand(plan: TravelPlan, { unet, vae }: Models, { provider }: Runtime): MemoryDemand {
  const { width, height, frames, models, sampling, output } = plan;
  const controls = controlDemand(plan.control?.units ?? [], frames);
  return {
    window: longestWindow(plan),
    frames: Math.max(frames.length, output.interpolation === null ? 0 : shownFrames(output)),
    width,
    height,
    channels: unet.channels,
    vaeChannels: vae.channels,
    models: modelBytes(plan),
    motion: models.motionModule !== null,
    ...(sampling.deepCache && { keepsFeatures: true }),
    ...(controls && { controls }),
    ...(provider !== 'cpu' && { unpacked: { unet: unet.unpackedBytes, vae: vae.unpackedBytes } }),
  };
}

/**
 * Whether the UNet and the VAE may both keep the memory of their runs. The estimate is for lean renders on the CPU; that
 * of a GPU is not measured, so there they take turns.
 *
 * @param available bytes that this process can still allocate; null: unknown
 */
export function fitTogether(
  plan: TravelPlan,
  models: Models,
  runtime: Runtime,
  available: number | null = availableMemory(),
): boolean {
  if (available === null || runtime.provider !== 'cpu' || runtime.mode !== 'lean') return false;
  const demand = memoryDemand(plan, models, runtime);
  const needed = memoryParts(demand, fastestPlan(demand));
  return needed.always + needed.unet + needed.vae <= SHARE * available;
}

/** Frames of the longest context window of a plan. */
export function longestWindow({ context }: Pick<TravelPlan, 'context'>): number {
  return context.windows.flat().reduce((longest, { length }) => Math.max(longest, length), 0);
}

/** Node.js has had it only since 20.13. */
function availableMemory(): number | null {
  const { availableMemory }: { availableMemory?: () => number } = process;
  return availableMemory?.() ?? null;
}
