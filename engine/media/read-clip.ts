import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { smallest } from '../../plan/extremes.ts';
import { shownFrames } from '../../plan/interpolation.ts';
import type { PublishedPlan } from '../../plan/published-plan.ts';
import { shownSeconds } from '../../videos/animation-frames.ts';
import { composed, onWhite } from '../inputs/animation.ts';
import { apngAnimation } from '../inputs/apng-animation.ts';
import { extractTravel } from './extract.ts';
import { findFfmpeg, withoutFfmpeg } from './find-ffmpeg.ts';
import type { Clip, FramesInMemory } from './frames.ts';
import { loadSharp } from './load-sharp.ts';
import { png } from './png.ts';
import { framesIn } from './png-folder.ts';

/** A rendered file cannot be decoded. The message says what to do. */
export class CannotReadError extends Error {
  override readonly name = 'CannotReadError';
}

export interface ReadClip {
  readonly clip: Omit<Clip, 'rgb'> & FramesInMemory;
  readonly plan: PublishedPlan;
}

/** Frames as they are shown, each with its end in seconds; empty: all of the same duration. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Uint8Array[];
  readonly ends: readonly number[];
}

/**
 * The frames of a file that a render wrote, or of a folder of PNG frames, with its plan. A file that merges frames,
 * because its format cannot show them so short, gives each frame of the plan the picture that is shown at its time.
 *
 * @param path absolute
 * @throws CannotReadError; Error of `extractTravel`
 */
export async function readClip(path: string): Promise<ReadClip> {
  const { plan: read } = await extractTravel(path);
  if (!read.ok) throw new CannotReadError(`The plan in ${path} cannot be read. ${read.reason}`);
  const { plan } = read;
  const { width, height, frames, ends } = await decode(path);
  const { fps, loop, order } = plan.output;
  const count = shownFrames(plan.output);
  const shown =
    frames.length === count ? frames : Array.from({ length: count }, (_, i) => frames[frameAt((i + 0.5) / fps, ends)]!);
  if (shown.length === 0 || shown.includes(undefined!)) {
    throw new CannotReadError(`${path} has ${frames.length} of ${count} frames. Use another copy.`);
  }
  const firstNumber = plan.frames[smallest(order)]!.index;
  return {
    clip: { width, height, count: shown.length, rgb: (index) => shown[index]!, fps, loop, firstNumber },
    plan,
  };
}

/** The frame that is shown at a time, in seconds. */
function frameAt(time: number, ends: readonly number[]): number {
  const index = ends.findIndex((end) => time < end);
  return index < 0 ? ends.length - 1 : index;
}

async function decode(path: string): Promise<Decoded> {
  if ((await stat(path)).isDirectory()) {
    return together(path, await Promise.all((await framesIn(path)).map(decodePages)));
  }
  if (/\.(mp4|webm|mov|mkv)$/i.test(path)) return decodeVideo(path);
  if (/\.txt$/i.test(path))
    throw new CannotReadError(`${path} is a text, which has no frames. Choose a picture or video.`);
  return (await decodeApng(path)) ?? decodePages(path);
}

/** The frames of an animated PNG, of which sharp reads the first one only; null if it is none. */
async function decodeApng(path: string): Promise<Decoded | null> {
  const bytes = await readFile(path);
  const animation = png.magic?.test(bytes.toString('latin1', 0, 8)) ? apngAnimation(bytes) : null;
  if (!animation) return null;
  const frames: Uint8Array[] = [];
  try {
    for await (const canvas of composed(animation)) frames.push(onWhite(canvas));
  } catch {
    throw damaged(path);
  }
  let end = 0;
  const ends = animation.parts.map((part) => {
    end += shownSeconds(part);
    return end;
  });
  return { width: animation.width, height: animation.height, frames, ends };
}

function together(path: string, images: readonly Decoded[]): Decoded {
  const [first] = images;
  if (!first) throw new CannotReadError(`${path} has no PNG frames.`);
  if (images.some(({ width, height }) => width !== first.width || height !== first.height)) {
    throw new CannotReadError(`The frames in ${path} have several sizes.`);
  }
  return { ...first, frames: images.flatMap(({ frames }) => frames), ends: [] };
}

async function decodePages(path: string): Promise<Decoded> {
  const sharp = await loadSharp();
  try {
    const image = sharp(path, { animated: true, limitInputPixels: false });
    const { pages = 1, delay = [] } = await image.metadata();
    const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const size = data.length / pages;
    let end = 0;
    return {
      width: info.width,
      height: info.height / pages,
      frames: Array.from({ length: pages }, (_, i) => data.subarray(i * size, (i + 1) * size)),
      ends: delay.map((milliseconds) => {
        end += milliseconds / 1000;
        return end;
      }),
    };
  } catch {
    throw damaged(path);
  }
}

const damaged = (path: string) => new CannotReadError(`${path} cannot be decoded: it is damaged. Use another copy.`);

async function decodeVideo(path: string): Promise<Decoded> {
  const ffmpeg = await findFfmpeg();
  if (ffmpeg === undefined) {
    throw new CannotReadError(
      `${path} can only be read with ffmpeg, ${withoutFfmpeg()}, or choose the WebP, GIF or PNG files of the same render.`,
    );
  }
  const input = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-protocol_whitelist', 'file,pipe', '-i', path];
  const child = spawn(ffmpeg, [...input, '-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', 'pipe:1'], {
    windowsHide: true,
  });
  const chunks: Buffer[] = [];
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const decoded = code === 0 ? decodePnm(Buffer.concat(chunks)) : null;
  if (decoded) return decoded;
  throw new CannotReadError(`${path} cannot be decoded by ${ffmpeg}. Use another copy. Its log: ${log.trim()}`);
}

/** Pictures one after another, each with `P6`, its size and 255 in front (Netpbm); null if they are something else. */
function decodePnm(data: Buffer): Decoded | null {
  const frames: Uint8Array[] = [];
  let [width, height] = [0, 0];
  for (let at = 0; at < data.length; ) {
    const [head, w, h] = /^P6\s(\d{1,6})\s(\d{1,6})\s255\s/.exec(data.toString('latin1', at, at + 24)) ?? [];
    if (head === undefined || (frames.length > 0 && (width !== Number(w) || height !== Number(h)))) return null;
    [width, height] = [Number(w), Number(h)];
    const end = at + head.length + width * height * 3;
    if (end > data.length) return null;
    frames.push(data.subarray(at + head.length, end));
    at = end;
  }
  return frames.length > 0 ? { width, height, frames, ends: [] } : null;
}
