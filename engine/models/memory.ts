import { memoryParts } from '../../plan/memory.ts';
import { modelBytes } from '../../plan/model-files.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Runtime } from '../onnx/session.ts';
import type { UNet } from './unet/unet.ts';
import type { Vae } from './vae/vae.ts';

/** Kept models may take this share of the available memory; the rest is for other programs. */
const SHARE = 0.5;

/**
 * Whether the UNet and the VAE may both keep the memory of their runs. The estimate is for lean renders on the CPU; the
 * memory of a GPU is unknown, so there they take turns.
 *
 * @param available bytes that this process can still allocate; null: unknown
 */
export function fitTogether(
  plan: TravelPlan,
  { unet, vae }: { readonly unet: Pick<UNet, 'channels'>; readonly vae: Pick<Vae, 'channels'> },
  { provider, mode }: Runtime,
  available: number | null = availableMemory(),
): boolean {
  if (available === null || provider !== 'cpu' || mode !== 'lean') return false;
  const { width, height, frames } = plan;
  const needed = memoryParts({
    window: longestWindow(plan),
    frames: frames.length,
    width,
    height,
    channels: unet.channels,
    vaeChannels: vae.channels,
    models: modelBytes(plan),
  });
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
