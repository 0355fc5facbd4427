import { SIDE_BY_SIDE } from '../../protocol/engine.ts';
import type { Fix, Problem, TextSpan } from '../../protocol/problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { Settings } from '../settings/schema.ts';
import type { TravelHost } from './host.ts';
import { type ClipModels, pictureSize } from './models.ts';

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
  /** Channels of the VAE's layers of full size. */
  readonly vaeChannels: number;
  /** Bytes of the model files. */
  readonly models: number;
}

const FLOAT_BYTES = 4;

/** The program itself, with ONNX Runtime. */
const PROGRAM = 0.2e9;

/**
 * Values that the engine holds at its worst moment, in the first level's feed-forward layer: for each of its channels and
 * each latent pixel of each frame. How it was measured: docs/measured.md.
 */
const UNET_VALUES = 24;

/** The same of the VAE, for each channel of its layers of full size and each pixel of one frame. */
const VAE_VALUES = 8;

/**
 * Weights of the UNet that are unpacked at that moment, in those of its largest layer: a 3×3 convolution behind a skip
 * connection, 2C → C channels.
 */
const UNPACKED_LAYERS = 2;

/** Bytes of a pixel while files are written: as rendered, in the order of the clip, inside an encoder. */
const WRITTEN_BYTES = 10;

/** Bytes that a lean render on the CPU needs, within a fifth or so. The UNet and the VAE take turns. */
export function memoryNeeded({ window, frames, width, height, channels, vaeChannels, models }: MemoryDemand): number {
  const latents = (window * width * height) / 64;
  const clips = latents <= SIDE_BY_SIDE ? 2 : 1;
  const largestLayer = 2 * channels.at(-1)! ** 2 * 9;
  const unet = (UNET_VALUES * channels[0]! * clips * latents + UNPACKED_LAYERS * largestLayer) * FLOAT_BYTES;
  const vae = VAE_VALUES * vaeChannels * width * height * FLOAT_BYTES;
  const pictures = WRITTEN_BYTES * frames * width * height;
  return PROGRAM + models + Math.max(unet, vae) + pictures;
}

/** A render that needs more memory than this computer has. Nothing is said of the memory of a GPU, which is not known. */
export function memoryProblems(
  settings: Settings,
  spans: ReadonlyMap<string, SettingSpan>,
  { nativeSize, channels, vaeChannels, checkpoint, vae, motionModule }: ClipModels,
  frames: number,
  { memory }: TravelHost,
): Problem[] {
  if (!memory || channels.length === 0 || (settings.device !== 'auto' && settings.device !== 'cpu')) return [];
  const [width, height] = pictureSize(settings, nativeSize);
  const window = Math.min(settings.context, frames);
  const models = [checkpoint, vae, motionModule].reduce((sum, file) => sum + (file?.size ?? 0), 0);
  const needed = (w: number, h: number) =>
    memoryNeeded({ window, frames, width: w, height: h, channels, vaeChannels, models });
  if (needed(width, height) <= memory) return [];
  const spanOf = (key: string) => spans.get(key)?.value;
  const fitting = largestFitting(width, height, (w, h) => needed(w, h) <= memory);
  const advice = fitting
    ? `At ${fitting[0]}×${fitting[1]} it fits.`
    : 'Make `context` smaller, or render fewer frames.';
  return [
    {
      code: 'travel/memory',
      severity: 'warning',
      message:
        `${window} frames of ${width}×${height} at once, ${frames} in all, need about ${gigabytes(needed(width, height))}, ` +
        `and this computer has ${gigabytes(memory)}: the render would be very slow, or be ended. ${advice}`,
      span: spanOf('width') ?? spanOf('height') ?? spanOf('context') ?? spanOf('frames') ?? { start: 0, end: 0 },
      fixes: fitting ? sizeFix(fitting, spanOf('width'), spanOf('height')) : [],
    },
  ];
}

/** The largest size of about the same shape that fits, in steps of 64 of the shorter side; null where none does. */
function largestFitting(
  width: number,
  height: number,
  fits: (width: number, height: number) => boolean,
): readonly [number, number] | null {
  const shorter = Math.min(width, height);
  for (let side = Math.floor((shorter - 1) / 64) * 64; side > 0; side -= 64) {
    const scaled = [width, height].map((length) => Math.round(((length / shorter) * side) / 8) * 8) as [number, number];
    if (fits(...scaled)) return scaled;
  }
  return null;
}

function sizeFix([width, height]: readonly [number, number], widthSpan?: TextSpan, heightSpan?: TextSpan): Fix[] {
  if (!widthSpan || !heightSpan) return [];
  const edits = [
    { span: widthSpan, text: `${width}` },
    { span: heightSpan, text: `${height}` },
  ];
  return [{ title: `Change the size to ${width}×${height}`, edits, mechanical: false }];
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`;
