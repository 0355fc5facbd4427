/**
 * `npm run bench -- source-frames`: the frames of a clip from a video, decoded, and from files in a cache on disk as hints are
 * kept: how long that takes with ffmpeg's time, and how large the files are.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate, inflate } from 'node:zlib';
import { CachedFiles } from '../engine/cached-files.ts';
import { planPictures } from '../engine/inputs/pictures.ts';
import type { PixelSize } from '../engine/inputs/source.ts';
import { findFfmpeg, GET_FFMPEG } from '../engine/media/find-ffmpeg.ts';

const FRAMES = 64;
const FPS = 8;
const ROUNDS = 3;
const pack = promisify<Uint8Array, { level: number }, Buffer>(deflate);
const unpack = promisify<Uint8Array, Buffer>(inflate);

interface Case {
  readonly width: number;
  readonly height: number;
  /** Of img2img; null: as hints are made. */
  readonly size: PixelSize | null;
}

const IMG2IMG = { width: 512, height: 512 };
const CASES: readonly Case[] = [
  { width: 512, height: 512, size: IMG2IMG },
  { width: 1920, height: 1080, size: IMG2IMG },
  { width: 1920, height: 1080, size: null },
  { width: 3840, height: 2160, size: IMG2IMG },
];

/** How the pixels of a frame are kept. */
const WAYS: Readonly<Record<string, { pack: (data: Uint8Array) => Promise<Uint8Array>; unpack: typeof unpack }>> = {
  'cached, deflated': { pack: (data) => pack(data, { level: constants.Z_BEST_SPEED }), unpack },
  'cached, raw': { pack: async (data) => data, unpack: async (data) => Buffer.from(data.buffer) },
};

export async function benchSourceFrames(): Promise<void> {
  const ffmpeg = await findFfmpeg();
  if (!ffmpeg) throw new Error(`This needs ffmpeg. ${GET_FFMPEG}.`);
  const folder = await mkdtemp(join(tmpdir(), 'bench-frames-'));
  try {
    for (const each of CASES) await compare(ffmpeg, folder, each);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(ffmpeg: string, folder: string, { width, height, size }: Case): Promise<void> {
  const path = join(folder, `${width}.mp4`);
  // Grain, as cameras have, which neither format packs well.
  const source = `testsrc2=size=${width}x${height}:rate=30:duration=${FRAMES / FPS}`;
  const encoder = ['-vf', 'noise=alls=8:allf=t', '-c:v', 'libx264', '-preset', 'fast', '-pix_fmt', 'yuv420p'];
  spawnSync(ffmpeg, ['-y', '-v', 'error', '-f', 'lavfi', '-i', source, ...encoder, path], { stdio: 'inherit' });
  const { size: bytes, mtimeMs } = await stat(path);
  const file = { path, size: bytes, mtimeMs };
  const images = Array.from({ length: FRAMES }, (_, i) => ({
    ...file,
    shown: { at: i / FPS, from: 0, to: null, repeat: false },
  }));
  const context = { signal: new AbortController().signal, warn: console.log, info: () => undefined };
  const decoded = () => planPictures(images, new Set(images.keys()), size, context);
  console.log(`${FRAMES} frames of ${width}×${height}, ${size ? `as ${size.width}×${size.height}` : 'whole'}`);
  await print('decoded', async () => {
    for await (const _ of decoded());
  });
  for (const [name, way] of Object.entries(WAYS)) {
    const own = join(folder, `${width} ${size?.width} ${name}`);
    const cache = new CachedFiles({
      folder: own,
      ending: '.frame',
      limits: { age: 1e12, bytes: 1e12 },
      what: 'frames',
    });
    await print(
      `${name}: written`,
      async () => {
        for await (const { indices, rgb } of decoded()) await cache.put(`${indices[0]}`, await way.pack(rgb));
      },
      1,
    );
    await print(`${name}: read`, async () => {
      for (const index of images.keys()) await way.unpack((await cache.get(`${index}`))!);
    });
    const sizes = await Promise.all((await readdir(own)).map((entry) => stat(join(own, entry))));
    console.log(`  ${(sizes.reduce((sum, entry) => sum + entry.size, 0) / FRAMES / 1e6).toFixed(2)} MB a frame`);
  }
}

/** Clock and processor of the fastest round; the processor with that of ffmpeg. */
async function print(name: string, work: () => Promise<void>, rounds = ROUNDS): Promise<void> {
  let [clock, processor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round++) {
    const [start, before] = [performance.now(), processorMs()];
    await work();
    clock = Math.min(clock, performance.now() - start);
    processor = Math.min(processor, processorMs() - before);
  }
  console.log(`  ${name}: ${clock.toFixed(0)} ms, processor ${processor.toFixed(0)} ms`);
}

/** Of this process and its children that have ended: on Linux, in steps of 10 ms; elsewhere, of this process alone. */
function processorMs(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  if (process.platform !== 'linux') return (userCPUTime + systemCPUTime) / 1000;
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)!.split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}
