/** What a model file is, told from its keys and shapes, never from its name. */
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
      /** Channels of the VAE's last layers, those of full size; null where the file has no VAE. */
      readonly vaeChannels: number | null;
      /** The size in pixels it was trained at, [width, height], where the file says so. */
      readonly nativeSize: readonly [number, number] | null;
    }
  | {
      readonly kind: 'motion-module';
      readonly version: MotionVersion;
      /** Rows of its positional table: the longest context it can take. */
      readonly positions: number;
    }
  | { readonly kind: 'motion-lora'; readonly rank: number; readonly hasMidBlock: boolean }
  | {
      readonly kind: 'lora';
      readonly family: ModelFamily;
      readonly naming: 'kohya' | 'diffusers';
      readonly rank: number;
      readonly unet: boolean;
      readonly textEncoder: boolean;
      readonly convolutions: boolean;
    }
  | { readonly kind: 'vae' }
  | { readonly kind: 'embedding'; readonly vectors: number; readonly width: number }
  | { readonly kind: 'controlnet'; readonly family: ModelFamily }
  | { readonly kind: 'unknown'; readonly sampleKeys: readonly string[] };

export type ModelKind = ModelDescription['kind'];
export type ModelFamily = 'sd1' | 'sd2' | 'sdxl' | 'unknown';
export type MotionVersion = 'v1' | 'v2' | 'v3' | 'sdxl' | 'hotshot-xl';

/** Endings of names that model files have, without the dot. */
export const MODEL_ENDINGS = ['safetensors', 'sft', 'ckpt', 'pt', 'pth', 'bin'] as const;

/** The ending in the name of a model file, with its dot. */
export const MODEL_ENDING = new RegExp(`\\.(?:${MODEL_ENDINGS.join('|')})$`, 'i');
