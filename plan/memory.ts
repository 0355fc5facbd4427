/** What decides how much memory a render needs. */
export interface MemoryDemand {
  /** Frames that go through the UNet at once. */
  readonly window: number;
  /** Frames of the whole clip. */
  readonly frames: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Channels of the UNet's levels, at least one. */
  readonly channels: readonly number[];
  /** Channels of the VAE's full-size layers. */
  readonly vaeChannels: number;
  /** Bytes of the model files. */
  readonly models: number;
}

/**
 * Frames times area of the latents up to which clips are denoised side by side: 16 frames of 256×256. Larger ones keep
 * the device busy alone, and side by side would need twice the memory.
 */
export const SIDE_BY_SIDE = 16 * 32 * 32;

const FLOAT_BYTES = 4;

/** The program itself, with ONNX Runtime. */
const PROGRAM = 0.2e9;

/**
 * Values that the engine holds at its peak, in the first level's feed-forward layer: for each of its channels and each
 * latent pixel of each frame. docs/measured.md says how it was measured.
 */
const UNET_VALUES = 24;

/** The same of the VAE, for each channel of its full-size layers and each pixel of one frame. */
const VAE_VALUES = 8;

/**
 * Weights of the UNet that are unpacked at that moment, in units of its largest layer: a 3×3 convolution behind a skip
 * connection, 2C → C channels.
 */
const UNPACKED_LAYERS = 2;

/** Bytes of a pixel while files are written: as rendered, in the order of the clip, inside an encoder. */
const WRITTEN_BYTES = 10;

/** The parts of a lean render's memory on the CPU, in bytes. The UNet and the VAE take turns. */
export interface MemoryParts {
  /** The program, the model files and the finished frames. */
  readonly always: number;
  readonly unet: number;
  readonly vae: number;
}

export function memoryParts({
  window,
  frames,
  width,
  height,
  channels,
  vaeChannels,
  models,
}: MemoryDemand): MemoryParts {
  const latents = (window * width * height) / 64;
  const clips = latents <= SIDE_BY_SIDE ? 2 : 1;
  const largestLayer = 2 * channels.at(-1)! ** 2 * 9;
  return {
    always: PROGRAM + models + WRITTEN_BYTES * frames * width * height,
    unet: (UNET_VALUES * channels[0]! * clips * latents + UNPACKED_LAYERS * largestLayer) * FLOAT_BYTES,
    vae: VAE_VALUES * vaeChannels * width * height * FLOAT_BYTES,
  };
}

/** Bytes that a lean render on the CPU needs, within about a fifth. */
export function memoryNeeded(demand: MemoryDemand): number {
  const { always, unet, vae } = memoryParts(demand);
  return always + Math.max(unet, vae);
}
