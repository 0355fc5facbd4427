import type { MemoryPlan } from '../../../plan/memory.ts';
import type { FreeU } from '../../../plan/plan.ts';
import type { LoraPatch } from '../../lora/patches.ts';
import type { UNetControl } from '../controlnet/controls.ts';

/** A LoRA's patches for the UNet and for the motion module. */
export interface UNetLora {
  readonly patches: readonly LoraPatch[];
  /**
   * Whether its strength differs between frames. If so, it is a side branch instead of being merged into the weights.
   */
  readonly travels?: boolean;
}

/** The frames of a window, with several prompts side by side. */
export interface UNetInput {
  /** `[frames, channels, height, width]`, flat: one per clip, or one for all. 4 channels, 9 of an inpainting model. */
  readonly samples: readonly Float32Array[];
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** One per frame, or one for all; may be fractional. */
  readonly timesteps: readonly number[];
  /** For each clip (prompt), one encoding `[tokens, D]` per frame. All have the same number of tokens. */
  readonly contexts: readonly (readonly Float32Array[])[];
  readonly tokens: number;
  /** For a UNet that embeds it, the guidance scale of each frame; default 1. */
  readonly guidance?: readonly number[];
  /** Strength of the temporal layers in each frame; default 1. */
  readonly motionScale?: readonly number[];
  /** For each LoRA, its strength in each frame. */
  readonly loraStrengths?: readonly (readonly number[])[];
  readonly freeU?: FreeU | undefined;
  /** ControlNets that act, in any number. */
  readonly controls?: readonly UNetControl[];
  /** How many clips and frames are processed at once; default: what is fastest. Frames of a motion module are together. */
  readonly memory?: Pick<MemoryPlan, 'sideBySide' | 'batch'> & Partial<Pick<MemoryPlan, 'motionOnCpu'>>;
}

/** With the inner features of each clip that are given, or to be kept. */
export interface DeepInput extends UNetInput {
  readonly deep?: 'kept' | readonly Float32Array[];
}

/** The features of each clip, if they are given. */
export const givenFeatures = (deep: DeepInput['deep']) => (deep === 'kept' ? undefined : deep);

/** One strength for all samples, or if it travels, one per sample: `[clips·frames]`. */
export function strengthsOf(
  { travels = false }: UNetLora,
  perFrame: readonly number[] = [1],
  { clips, frames }: { readonly clips: number; readonly frames: number },
): readonly number[] {
  if (travels) {
    const each = perFrame.length === 1 ? Array<number>(frames).fill(perFrame[0]!) : perFrame;
    return repeatList(each, clips);
  }
  if (perFrame.some((strength) => strength !== perFrame[0])) {
    throw new Error('The strength of a LoRA differs between frames, but the LoRA was not opened as one that travels.');
  }
  return [perFrame[0]!];
}

/** All values, so many times. */
export const repeatList = <T>(values: readonly T[], times: number): T[] =>
  Array<readonly T[]>(times).fill(values).flat();
