import type { EdgeNetworkName } from './network-annotators.ts';
import type { TextEncoderSize } from './text-encoder.ts';

/** A tensor that a model needs, and that its file does not have, or has in another shape. */
export interface TensorDefect {
  readonly component: 'unet' | 'textEncoder' | 'vae' | 'motionModule' | 'controlNet' | 'film' | EdgeNetworkName;
  /** Its key in the file; without the prefix of the component if it is missing. */
  readonly tensor: string;
  /** Its shape; null: it is missing. */
  readonly has: readonly number[] | null;
  /** A size of 0 is not known. */
  readonly expected: readonly number[];
}

/** "its VAE's tensor decoder.conv_in.weight has shape 512×16×3×3, but 512×4×3×3 is expected" */
export function defectText({ component, tensor, has, expected }: TensorDefect): string {
  const named = `tensor "${tensor}"`;
  const whose = COMPONENT_NAMES[component];
  const needed = expected.includes(0) ? null : expected.join('×');
  if (has === null) return `its ${whose} has no ${named}${needed === null ? '' : ` (expected shape ${needed})`}`;
  return needed === null
    ? `its ${whose}'s ${named} has an unexpected shape, ${has.join('×')}`
    : `its ${whose}'s ${named} has shape ${has.join('×')}, but ${needed} is expected`;
}

const COMPONENT_NAMES: Readonly<Record<TensorDefect['component'], string>> = {
  unet: 'UNet',
  textEncoder: 'text encoder',
  vae: 'VAE',
  motionModule: 'motion module',
  film: 'FILM network',
  hed: 'HED network',
  pidinet: 'PiDiNet network',
  teed: 'TEED network',
  controlNet: 'ControlNet',
};

/** The type of a model file, detected from its keys and shapes, never from its name. */
export type ModelDescription =
  | {
      readonly kind: 'checkpoint';
      readonly family: ModelFamily;
      /** Channels of the UNet's input: 4 latent channels, 9 in an inpainting model, 8 in InstructPix2Pix. */
      readonly inputChannels: number;
      /** Channels of the UNet's levels. */
      readonly channels: readonly number[];
      /** Width of the text encoding that cross-attention expects. */
      readonly contextWidth: number;
      readonly hasTextEncoder: boolean;
      /** Absent: it has none, or another one than CLIP's text model. */
      readonly textEncoder?: TextEncoderSize;
      /** Channels of the VAE's last layers, those of full size; null if the file has no VAE. */
      readonly vaeChannels: number | null;
      /** The size in pixels it was trained at, [width, height], if the file declares it. */
      readonly nativeSize: readonly [number, number] | null;
      /** The UNet predicts the velocity, not the noise (Salimans and Ho, arXiv 2202.00512). */
      readonly vPrediction?: true;
      /** It was trained with noise alone at its last training step (Lin et al., arXiv 2305.08891). */
      readonly zeroTerminalSnr?: true;
      /** The guidance scale is an input of the UNet (LCM, arXiv 2310.04378), so it needs no negative prompt. */
      readonly embedsGuidance?: true;
      /** The first defect of each damaged component. Absent: none, or the family is not checked. */
      readonly defects?: readonly TensorDefect[];
    }
  | {
      readonly kind: 'motion-module';
      readonly version: MotionVersion;
      /** Rows of its positional table: the longest context it can take. */
      readonly positions: number;
      readonly defects?: readonly TensorDefect[];
    }
  | { readonly kind: 'motion-lora'; readonly rank: number; readonly hasMidBlock: boolean }
  | {
      readonly kind: 'lora';
      readonly family: ModelFamily;
      readonly naming: 'kohya' | 'diffusers';
      /** 0 if it has no factors. */
      readonly rank: number;
      /** What makes it more than a plain LoRA, such as `LoKr` or `DoRA`. */
      readonly methods?: readonly string[];
      /** The name that it was trained under (`ss_output_name`), if it has one. */
      readonly alias?: string;
      readonly unet: boolean;
      readonly textEncoder: boolean;
      readonly convolutions: boolean;
    }
  | {
      readonly kind: 'vae';
      /** TAESD. */
      readonly small?: true;
      /** The part that the file has. Absent: both. */
      readonly only?: 'decoder' | 'encoder';
      readonly defects?: readonly TensorDefect[];
    }
  | ({
      /** CLIP's text model, alone in its file. */
      readonly kind: 'text-encoder';
      readonly defects?: readonly TensorDefect[];
    } & TextEncoderSize)
  | { readonly kind: 'embedding'; readonly vectors: number; readonly width: number }
  | {
      readonly kind: 'controlnet';
      readonly family: ModelFamily;
      /** A Control-LoRA: changes of the weights of the checkpoint. */
      readonly lora?: true;
      readonly defects?: readonly TensorDefect[];
    }
  | {
      /** FILM, which makes frames between two others. */
      readonly kind: 'film';
      /** Channels of its first layer: 64 in the published model. */
      readonly filters: number;
      /** The program of the file uses the time of a new frame; older ones always gave the middle. */
      readonly timed: boolean;
      readonly defects?: readonly TensorDefect[];
    }
  /** Recognized, but of a family that cannot be rendered. `what`: with its article, such as "a Flux checkpoint". */
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'unknown'; readonly sampleKeys: readonly string[] };

export type ModelKind = ModelDescription['kind'];
export type ModelFamily = 'sd1' | 'sd2' | 'sdxl' | 'unknown';

export const FAMILY_NAMES: Readonly<Record<ModelFamily, string>> = {
  sd1: 'Stable Diffusion 1',
  sd2: 'Stable Diffusion 2',
  sdxl: 'SDXL',
  unknown: 'unknown family',
};

export type MotionVersion = 'v1' | 'v2' | 'v3' | 'sdxl' | 'hotshot-xl';

/** Motion modules that can be rendered: those for Stable Diffusion 1.5. */
export const SUPPORTED_MOTION: readonly MotionVersion[] = ['v1', 'v2', 'v3'];

/** Channels of the UNet's input that can be rendered: the latents, or with mask and masked image (inpainting). */
export const SUPPORTED_INPUTS: readonly number[] = [4, 9];

/** Endings of names that model files have, without the dot. */
export const MODEL_ENDINGS = ['safetensors', 'sft', 'ckpt', 'pt', 'pth', 'bin', 'gguf'] as const;

/** The ending in the name of a model file, with its dot. */
export const MODEL_ENDING = new RegExp(`\\.(?:${MODEL_ENDINGS.join('|')})$`, 'i');
