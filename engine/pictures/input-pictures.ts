import type { HintUnit } from '../../plan/clip-inputs.ts';
import { picturesAsImages } from '../../plan/model-files.ts';
import type { InputPicturesRequest, ShownPicture, WantedPicture } from '../../protocol/engine.ts';
import { failureOf, isCancellation } from '../failure.ts';
import { planPictures } from '../inputs/pictures.ts';
import type { PixelSize } from '../inputs/source.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { ModelFiles } from '../models/model-files.ts';
import { HintMaker, identifyPictures } from '../pipelines/hint-maker.ts';

/** Good enough to look at: lines of hints stay sharp. */
const QUALITY = 85;

type Request = Omit<InputPicturesRequest, 'ffmpeg'>;

/** What is made at once: of one file, for one unit. If it fails, the others do not. */
interface Group {
  readonly unit: HintUnit | null;
  /** Positions in what is wanted. */
  readonly positions: number[];
}

/**
 * Small pictures of what guides a clip: source frames, and the hints of units.
 *
 * @returns in the order of what is wanted, each as WebP or the reason why there is none
 * @throws the signal's reason
 */
export async function inputPictures(request: Request, signal: AbortSignal): Promise<ShownPicture[]> {
  const { wanted, longestSide } = request;
  const shown: ShownPicture[] = [];
  for (const group of grouped(wanted)) {
    try {
      for await (const { indices, rgb, size } of picturesOf(group, request, signal)) {
        const webp = await webpOf(rgb, size, longestSide);
        for (const index of indices) shown[group.positions[index]!] = { ok: true, webp };
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { message } = failureOf(error);
      for (const position of group.positions) shown[position] ??= { ok: false, message };
    }
  }
  return shown;
}

function grouped(wanted: readonly WantedPicture[]): Group[] {
  const groups = new Map<string, Group>();
  wanted.forEach(({ picture, unit }, position) => {
    const key = JSON.stringify([picture.file.path, unit]);
    const group = groups.get(key) ?? { unit, positions: [] };
    groups.set(key, group);
    group.positions.push(position);
  });
  return [...groups.values()];
}

interface InputPicture {
  /** Positions in the group. */
  readonly indices: readonly number[];
  /** 8-bit `[height, width, 3]`. */
  readonly rgb: Uint8Array;
  readonly size: PixelSize;
}

async function* picturesOf(
  { unit, positions }: Group,
  { wanted, width, height, seed, cacheFolder }: Request,
  signal: AbortSignal,
): AsyncGenerator<InputPicture> {
  const pictures = positions.map((position) => wanted[position]!.picture);
  const all = new Set(pictures.keys());
  // A render reports the same.
  const context = { signal, cacheFolder, files: new ModelFiles(), warn: () => undefined, info: () => undefined };
  if (unit) {
    const maker = new HintMaker({ pictures, width, height, seed }, context, await identifyPictures(pictures, context));
    for await (const { indices, hint } of maker.hints(unit, all)) {
      yield { indices, rgb: hint.data, size: { width, height } };
    }
    return;
  }
  // They are as large as the video, and are shown small.
  const uncached = { ...context, cacheFolder: null };
  for await (const { indices, rgb, ...size } of planPictures(picturesAsImages(pictures), all, null, uncached)) {
    yield { indices, rgb, size };
  }
}

async function webpOf(rgb: Uint8Array, { width, height }: PixelSize, longestSide: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .toBuffer();
}
