import type { OutputFormat } from './plan.ts';

/** What decides how much memory a render needs. */
export interface MemoryDemand {
  /** Frames that go through the UNet at once. */
  readonly window: number;
  /** Frames of the whole clip. */
  readonly frames: number;
  /** Whether files are written frame by frame, so that not all of them are in memory (`writesFrameByFrame`). */
  readonly streams?: boolean;
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
  /**
   * Small calls of the UNet and of the VAE that could be made at the same time: with the threads, windows, prompts and
   * frames that there are. Absent: one call at a time.
   */
  readonly atOnce?: { readonly calls: number; readonly frames: number };
  /** ControlNet units, the hints of the whole clip, and whether one is a Control-LoRA; absent: none. */
  readonly controls?: { readonly units: number; readonly hints: number; readonly hasLora?: boolean };
  /**
   * Bytes of the weights in float32, on a device whose memory holds them; absent: they stay mapped from their files.
   * `motion` is a part of `unet`.
   */
  readonly unpacked?: { readonly unet: number; readonly motion: number; readonly vae: number };
  /** With `unpacked`: that runs the motion module; absent: either one. */
  readonly motionDevice?: 'gpu' | 'cpu';
}

/** What can be made at the same time. @param windows of a model call, at most; each with the prompt and the negative one */
export const smallAtOnce = (threads: number, windows: number, frames: number): NonNullable<MemoryDemand['atOnce']> => ({
  calls: Math.min(threads, 2 * windows),
  frames: Math.min(threads, frames),
});

/** How a render keeps within the memory: fewer values at once need less, and take longer. */
export interface MemoryPlan {
  /** Whether prompts go through the UNet in one call, such as the negative one beside the positive one. */
  readonly sideBySide: boolean;
  /** Calls of the UNet that are made at the same time, each by a thread with sessions of its own; more than 1 only if they are small. */
  readonly calls: number;
  /** Frames that go through the UNet at once. With motion, they are always the whole window. */
  readonly batch: number;
  /** Whether the CPU runs the motion module of a UNet on a GPU. */
  readonly motionOnCpu: boolean;
  /** Side of the squares in pixels in which the VAE decodes a frame; null: the whole frame. */
  readonly tile: number | null;
  /** The same as `calls`, of the VAE: frames that are decoded at the same time. */
  readonly decodes: number;
  /** Whether the UNet and the VAE both keep the memory of their runs, so that nothing is loaded again; else, they take turns. */
  readonly together: boolean;
}

/**
 * Values of one layer, channels times pixels, up to which a call of a model is small: several of them side by side, with
 * one thread each, are faster than one with all threads, and need little memory.
 */
const SMALL_LAYER = 2 ** 20;

export const isSmall = (values: number): boolean => values <= SMALL_LAYER;

/** More threads are not used: up to this number, graphs compute the same for any number of threads. */
const MOST_THREADS = 32;

/**
 * Threads of a render on the CPU. Small calls take a thread with sessions of its own each, so more threads than the
 * computer runs at once would only take memory and wait for each other.
 *
 * @param wanted by the user; null: as many as the computer runs at once, `parallelism`
 */
export const threadsOf = (wanted: number | null, parallelism: number): number =>
  Math.min(wanted ?? parallelism, parallelism, MOST_THREADS);

/** One line about threads that are wanted and not used; null if all are used. */
export function threadsText(wanted: number | null, parallelism: number): string | null {
  const used = threadsOf(wanted, parallelism);
  if (wanted === null || wanted <= used) return null;
  const reason =
    used === parallelism ? `this computer runs ${parallelism} at once` : `renders use at most ${MOST_THREADS}`;
  return `Threads: ${used} instead of ${wanted}, because ${reason}.`;
}

/**
 * Frames times area of the latents up to which clips are denoised side by side: 16 frames of 256×256. Larger ones keep
 * the device busy alone, and side by side would need twice the memory.
 */
export const SIDE_BY_SIDE = 16 * 32 * 32;

const FLOAT_BYTES = 4;

/** Pixels of a latent pixel. */
const LATENT_AREA = 64;

/** The program itself, with ONNX Runtime and the encoders of output files. */
const PROGRAM = 0.23e9;

/** A thread with sessions of its own, without the values of its calls. Weights that several of them map are there once. */
const UNET_THREAD = 0.06e9;
const VAE_THREAD = 0.01e9;

/** Models that keep the memory of their runs may take this share of the available memory; the rest is for other programs. */
const KEPT_SHARE = 0.5;

/**
 * Values that the engine holds at its peak, in the first level's feed-forward layer: for each of its channels and each
 * latent pixel of each frame. docs/measured.md says how it was measured.
 */
const UNET_VALUES = 24;

/** More of them for each ControlNet unit: its residuals and its hints. Measured the same way. */
const CONTROL_VALUES = 5;

/**
 * Bytes of embedded hints that a render keeps. The others are embedded again when a window needs them, which takes about a
 * hundredth of the time of its call.
 */
export const MOST_HINT_BYTES = 2 ** 29;

/** The same of the VAE, for each channel of its full-size layers and each pixel of one frame. */
const VAE_VALUES = 8;

/**
 * Weights of the UNet that are unpacked at that moment, in units of its largest layer: a 3×3 convolution behind a skip
 * connection, 2C → C channels.
 */
const UNPACKED_LAYERS = 2;

/** More of them while a Control-LoRA adds its change to a weight in a call. Measured the same way. */
const MERGED_LAYERS = 0.65;

/** Bytes of a pixel while files are written: as rendered, in the order of the clip, inside an encoder. */
const WRITTEN_BYTES = 10;

/** Of decoded frames in memory that can be read from the progress of the render, too. */
export const MOST_FRAME_BYTES = 2 ** 28;

/** Formats whose encoders take one frame at a time, and whose files are much smaller than their frames. */
const STREAMS: ReadonlySet<OutputFormat> = new Set(['mp4', 'webm', 'png', 'txt']);

export const writesFrameByFrame = (formats: readonly OutputFormat[]): boolean =>
  formats.every((format) => STREAMS.has(format));

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

/** The parts of a render's memory, in bytes. */
export interface MemoryParts {
  /** The program, the model files and the finished frames. */
  readonly always: number;
  readonly unet: number;
  readonly vae: number;
}

export function memoryParts(demand: MemoryDemand, plan: Omit<MemoryPlan, 'together'>): MemoryParts {
  const { frames, width, height, channels, vaeChannels, models, keepsFeatures, controls, unpacked, streams } = demand;
  const { sideBySide, calls, batch, motionOnCpu, tile, decodes } = plan;
  const latents = (batch * width * height) / LATENT_AREA;
  const largestLayer = 2 * channels.at(-1)! ** 2 * 9;
  const [w, h] = tile === null ? [width, height] : [Math.min(width, tile), Math.min(height, tile)];
  const unetValues = UNET_VALUES + CONTROL_VALUES * (controls?.units ?? 0);
  // A GPU has the changed weights in its memory.
  const layers = UNPACKED_LAYERS + (controls?.hasLora && !unpacked ? MERGED_LAYERS : 0);
  const call = (unetValues * channels[0]! * (sideBySide ? 2 : 1) * latents + layers * largestLayer) * FLOAT_BYTES;
  const weightsOfUNet = unpacked ? unpacked.unet - (motionOnCpu ? unpacked.motion : 0) : 0;
  const featureOfFrame = (channels[0]! * FLOAT_BYTES * width * height) / LATENT_AREA;
  // Of the first level, with the prompt and without it.
  const kept = keepsFeatures ? 2 * frames * featureOfFrame : 0;
  const written = WRITTEN_BYTES * frames * width * height;
  const hints = Math.min((controls?.hints ?? 0) * featureOfFrame, MOST_HINT_BYTES);
  const joined = tile === null ? 0 : JOINED_BYTES * width * height;
  return {
    // On a GPU, frames and files are in the memory of the computer.
    always: unpacked
      ? GPU_PROGRAM
      : PROGRAM + models + hints + kept + (streams ? Math.min(written, MOST_FRAME_BYTES) : written),
    // One call at a time is made with all threads and one session.
    unet: calls * (call + (calls > 1 ? UNET_THREAD : 0)) + weightsOfUNet,
    vae:
      decodes * (VAE_VALUES * vaeChannels * w * h * FLOAT_BYTES + (decodes > 1 ? VAE_THREAD : 0)) +
      (unpacked ? unpacked.vae : joined),
  };
}

/** Bytes that a render needs, on the CPU within about a fifth. */
export function memoryNeeded(demand: MemoryDemand, plan: MemoryPlan = fastestPlan(demand)): number {
  const { always, unet, vae } = memoryParts(demand, plan);
  return always + (plan.together ? unet + vae : Math.max(unet, vae));
}

/**
 * Whether the UNet and the VAE may both keep the memory of their runs. The estimate of a GPU is not measured, so there
 * they take turns.
 *
 * @param free bytes that this process can still allocate; null: unknown
 */
export function fitTogether(demand: MemoryDemand, plan: Omit<MemoryPlan, 'together'>, free: number | null): boolean {
  if (free === null || demand.unpacked) return false;
  return memoryNeeded(demand, { ...plan, together: true }) <= KEPT_SHARE * free;
}

/** The plan of a render that has all the memory it wants. */
export function fastestPlan(demand: MemoryDemand): MemoryPlan {
  const { window, width, height, channels, vaeChannels, atOnce, unpacked, motionDevice } = demand;
  const latents = (window * width * height) / LATENT_AREA;
  const small = isSmall(channels[0]! * latents);
  return {
    // Small calls on the CPU are clip by clip, with any number of threads.
    sideBySide: !(small && !unpacked) && latents <= SIDE_BY_SIDE,
    calls: small ? (atOnce?.calls ?? 1) : 1,
    batch: window,
    motionOnCpu: motionDevice === 'cpu',
    tile: null,
    decodes: isSmall(vaeChannels * width * height) ? (atOnce?.frames ?? 1) : 1,
    together: !unpacked,
  };
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
