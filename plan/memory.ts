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
  /** Whether a motion module processes the frames of a window together; without one, they are separate images. */
  readonly motion: boolean;
  /** DeepCache: whether features of all frames are kept. */
  readonly keepsFeatures?: boolean;
  /** ControlNet units, and the hints of the whole clip; absent: none. */
  readonly controls?: { readonly units: number; readonly hints: number };
  /** Bytes of the weights in float32, on a device whose memory holds them; absent: they stay mapped from their files. */
  readonly unpacked?: { readonly unet: number; readonly vae: number };
}

/** How a render keeps within the memory: fewer values at once need less, and take longer. */
export interface MemoryPlan {
  /** Whether prompts go through the UNet side by side, such as the negative one beside the positive one. */
  readonly sideBySide: boolean;
  /** Frames that go through the UNet at once. With motion, they are always the whole window. */
  readonly batch: number;
  /** Side of the squares in pixels in which the VAE decodes a frame; null: the whole frame. */
  readonly tile: number | null;
}

/**
 * Frames times area of the latents up to which clips are denoised side by side: 16 frames of 256×256. Larger ones keep
 * the device busy alone, and side by side would need twice the memory.
 */
export const SIDE_BY_SIDE = 16 * 32 * 32;

const FLOAT_BYTES = 4;

/** Pixels of a latent pixel. */
const LATENT_AREA = 64;

/** The program itself, with ONNX Runtime. */
const PROGRAM = 0.2e9;

/**
 * Values that the engine holds at its peak, in the first level's feed-forward layer: for each of its channels and each
 * latent pixel of each frame. docs/measured.md says how it was measured.
 */
const UNET_VALUES = 24;

/** More of them for each ControlNet unit: its residuals and its hints. Measured the same way. */
const CONTROL_VALUES = 5;

/** The same of the VAE, for each channel of its full-size layers and each pixel of one frame. */
const VAE_VALUES = 8;

/**
 * Weights of the UNet that are unpacked at that moment, in units of its largest layer: a 3×3 convolution behind a skip
 * connection, 2C → C channels.
 */
const UNPACKED_LAYERS = 2;

/** Bytes of a pixel while files are written: as rendered, in the order of the clip, inside an encoder. */
const WRITTEN_BYTES = 10;

/** Bytes of a pixel while tiles are joined: the sums of their colors and of their weights, and the result. */
const JOINED_BYTES = 28;

/** What a GPU's driver, ONNX Runtime and the text encoder take of its memory: assumed, not measured. */
const GPU_PROGRAM = 1e9;

/** Channels of the first layer of the published FILM. */
const FILM_FILTERS = 64;

/** Bytes that FILM holds at its peak for each pixel at that width, and for its weights. docs/measured.md: how measured. */
const FILM_PIXEL_BYTES = 5700;
const FILM_WEIGHTS_BYTES = 2e8;

/** Bytes that FILM needs besides what every render does, for pictures, or tiles of them, of so many pixels. */
export function filmMemory(filters: number, pixels: number): number {
  const width = filters / FILM_FILTERS;
  return width ** 2 * FILM_WEIGHTS_BYTES + width * FILM_PIXEL_BYTES * pixels;
}

/** Bytes of a render while FILM works: the program, and the frames that are there. */
export const filmAlways = (frames: number, pixels: number): number => PROGRAM + WRITTEN_BYTES * frames * pixels;

/** The parts of a render's memory, in bytes. The UNet and the VAE take turns. */
export interface MemoryParts {
  /** The program, the model files and the finished frames. */
  readonly always: number;
  readonly unet: number;
  readonly vae: number;
}

export function memoryParts(demand: MemoryDemand, { sideBySide, batch, tile }: MemoryPlan): MemoryParts {
  const { frames, width, height, channels, vaeChannels, models, keepsFeatures, controls, unpacked } = demand;
  const latents = (batch * width * height) / LATENT_AREA;
  const largestLayer = 2 * channels.at(-1)! ** 2 * 9;
  const [w, h] = tile === null ? [width, height] : [Math.min(width, tile), Math.min(height, tile)];
  const unetValues = UNET_VALUES + CONTROL_VALUES * (controls?.units ?? 0);
  const featureOfFrame = (channels[0]! * FLOAT_BYTES * width * height) / LATENT_AREA;
  // Of the first level, with the prompt and without it.
  const kept = keepsFeatures ? 2 * frames * featureOfFrame : 0;
  // Embedded hints are kept for the whole render.
  const hints = (controls?.hints ?? 0) * featureOfFrame;
  const joined = tile === null ? 0 : JOINED_BYTES * width * height;
  return {
    // On a GPU, frames and files are in the memory of the computer.
    always: unpacked ? GPU_PROGRAM : PROGRAM + models + hints + kept + WRITTEN_BYTES * frames * width * height,
    unet:
      (unetValues * channels[0]! * (sideBySide ? 2 : 1) * latents + UNPACKED_LAYERS * largestLayer) * FLOAT_BYTES +
      (unpacked?.unet ?? 0),
    vae: VAE_VALUES * vaeChannels * w * h * FLOAT_BYTES + (unpacked ? unpacked.vae : joined),
  };
}

/** Bytes that a render needs, on the CPU within about a fifth. */
export function memoryNeeded(demand: MemoryDemand, plan: MemoryPlan = fastestPlan(demand)): number {
  const { always, unet, vae } = memoryParts(demand, plan);
  return always + Math.max(unet, vae);
}

/** The plan of a render that has all the memory it wants. */
export function fastestPlan({ window, width, height }: Pick<MemoryDemand, 'window' | 'width' | 'height'>): MemoryPlan {
  return { sideBySide: (window * width * height) / LATENT_AREA <= SIDE_BY_SIDE, batch: window, tile: null };
}

/**
 * Bytes of memory that programs can use: the installed memory, or the limit of the container.
 *
 * @param total Node's `os.totalmem()`
 * @param constrained Node's `process.constrainedMemory()`: without a limit, 0 or a number larger than any memory
 */
export function usableMemory(total: number, constrained: number): number {
  return constrained > 0 ? Math.min(constrained, total) : total;
}
