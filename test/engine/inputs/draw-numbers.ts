import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import gifenc from 'gifenc';
import sharp from 'sharp';

/** Pixels: eight blocks of 8, which survive lossy formats. */
export const NUMBERED_WIDTH = 64;
export const NUMBERED_HEIGHT = 48;

/** Numbers repeat after this many frames. */
export const NUMBERS = 256;

/** The gray values of a frame that `numberOf` reads, `[48, 64]`: the number in binary, and below it inverted. */
function numbered(number: number): Uint8Array {
  return Uint8Array.from({ length: NUMBERED_WIDTH * NUMBERED_HEIGHT }, (_, i) => {
    const [x, y] = [i % NUMBERED_WIDTH, Math.floor(i / NUMBERED_WIDTH)];
    const isOne = ((number >> (7 - Math.floor(x / 8))) & 1) === 1;
    const row = Math.floor(y / 8);
    return row === 0 ? (isOne ? 255 : 0) : row === 1 ? (isOne ? 0 : 255) : 128;
  });
}

const ALL = Array.from({ length: NUMBERS }, (_, number) => numbered(number));

/** Writes `0.png`, `1.png` … into a new folder; image k shows k mod 256. */
export async function drawFolder(path: string, frames: number): Promise<string> {
  await mkdir(path);
  const raw = { width: NUMBERED_WIDTH, height: NUMBERED_HEIGHT, channels: 1 } as const;
  const files = await Promise.all(ALL.map((pixels) => sharp(pixels, { raw }).png().toBuffer()));
  for (let k = 0; k < frames; k++) await writeFile(join(path, `${k}.png`), files[k % NUMBERS]!);
  return path;
}

/** Writes a GIF; frame k lasts 40 ms, and shows k mod 256. */
export async function drawGif(path: string, frames: number): Promise<string> {
  const palette = [0, 128, 255].map((value) => [value, value, value]);
  const encoder = gifenc.GIFEncoder();
  const indexed = ALL.map((pixels) => pixels.map((value) => (value === 0 ? 0 : value === 128 ? 1 : 2)));
  for (let k = 0; k < frames; k++) {
    encoder.writeFrame(indexed[k % NUMBERS]!, NUMBERED_WIDTH, NUMBERED_HEIGHT, { palette, delay: 40, repeat: 0 });
  }
  encoder.finish();
  await writeFile(path, encoder.bytes());
  return path;
}

/**
 * Writes a video of 25 frames per second by ffmpeg; frame k shows k mod 256.
 *
 * @param ffmpeg the program
 */
export async function drawVideo(ffmpeg: string, path: string, frames: number): Promise<string> {
  const size = `${NUMBERED_WIDTH}x${NUMBERED_HEIGHT}`;
  const input = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', size, '-r', '25', '-i', 'pipe:0'];
  const output = ['-c:v', 'mpeg4', '-q:v', '2', '-g', '250', '-pix_fmt', 'yuv420p', path];
  const child = spawn(ffmpeg, ['-v', 'error', ...input, ...output], { stdio: ['pipe', 'ignore', 'inherit'] });
  const closed = once(child, 'close');
  for (let k = 0; k < frames; k++) if (!child.stdin.write(ALL[k % NUMBERS])) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}.`);
  return path;
}
