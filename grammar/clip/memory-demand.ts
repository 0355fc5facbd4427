import type { FrameRange } from '../../plan/frame-range.ts';
import { type MemoryDemand, smallAtOnce, writesFrameByFrame } from '../../plan/memory.ts';
import { modelBytes } from '../../plan/model-files.ts';
import type { Settings } from '../settings/schema.ts';
import { lengthOf } from '../time/interpolation.ts';
import { firstWindows } from './clip-cost.ts';
import type { ClipContext } from './context.ts';
import type { ResolvedModel } from './environment.ts';
import { type ClipModels, imageSize } from './models.ts';

export interface MemoryClip {
  readonly settings: Settings;
  readonly models: ClipModels;
  readonly loras: readonly ResolvedModel[];
  /** Of the whole clip. */
  readonly frames: number;
  /** The part to write; null: all of it. */
  readonly range: FrameRange | null;
  /** Of this computer's CPU; null: unknown. */
  readonly threads: number | null;
}

/** The demand of a clip whose prompts are known, and with them its LoRAs. */
export function clipDemand(clip: ClipContext): MemoryDemand | null {
  const threads = clip.environment.threads ?? null;
  return memoryDemand({
    ...clip,
    threads,
    loras: [...clip.prompts.loras.values()].flatMap(({ model }) => model ?? []),
  });
}

/** What decides how much memory a clip needs on the CPU; null for a GPU, whose memory is not known. */
export function memoryDemand({ settings, models, loras, frames, range, threads }: MemoryClip): MemoryDemand | null {
  if (models.channels.length === 0 || (settings.device !== 'auto' && settings.device !== 'cpu')) return null;
  const written = range ? range.to - range.from + 1 : frames;
  const interpolated = lengthOf(settings, written, range === null);
  const [width, height] = imageSize(settings, models.nativeSize);
  // With motion, all frames of the clip are sampled.
  const sampled = models.motionModule ? frames : written;
  const windows = firstWindows(settings, sampled)?.length ?? 1;
  const units = models.controlNets.flatMap((model) => model ?? []);
  return {
    window: Math.min(settings.context, sampled),
    frames: interpolated === null ? written : Math.max(written, interpolated.after),
    ...(writesFrameByFrame(settings.save) && { streams: true }),
    width,
    height,
    channels: models.channels,
    vaeChannels: models.vaeChannels,
    models: modelBytes({ models, loras, motionLoras: [], control: { units } }),
    motion: models.motionModule !== null,
    atOnce: smallAtOnce(threads ?? 1, windows, written),
    ...(settings.deep_cache && { keepsFeatures: true }),
    // A unit with a folder has a hint for each frame. The plan knows the others.
    ...(units.length > 0 && {
      controls: {
        units: units.length,
        ...(units.some(({ description }) => description.kind === 'controlnet' && description.lora) && {
          hasLora: true,
        }),
        hints: settings.controlnet.reduce((sum, { batch }) => sum + (batch === undefined ? 1 : written), 0),
      },
    }),
  };
}
