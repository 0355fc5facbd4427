import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCALING } from '../engine/inputs/ffmpeg-frames.ts';
import { openVideo } from '../engine/inputs/open-video.ts';
import type { VideoSource } from '../engine/inputs/source.ts';
import { findFfmpeg, GET_FFMPEG } from '../engine/media/find-ffmpeg.ts';
import { median } from './median.ts';

const SIDE = 512;
const FRAMES = 300;
const ROUNDS = 15;
const SAME_PIXELS = `scale=iw:ih:flags=${SCALING},format=rgb24`;

/**
 * Prints how long reading a video takes, and ffmpeg alone, in turns: to the same pixels, and in its fastest way to RGB.
 * The times of ffmpeg alone vary by a third on shared machines, so the medians are compared as well as the best. Last, the time
 * of the processor outside ffmpeg.
 */
export async function benchDecode(): Promise<void> {
  const ffmpeg = await findFfmpeg();
  if (!ffmpeg) throw new Error(`This needs ffmpeg. ${GET_FFMPEG}.`);
  const folder = await mkdtemp(join(tmpdir(), 'bench-decode-'));
  try {
    const path = join(folder, 'video.mp4');
    const source = `testsrc2=size=${SIDE}x${SIDE}:rate=30:duration=${FRAMES / 30}`;
    await run(ffmpeg, ['-f', 'lavfi', '-i', source, '-c:v', 'mpeg4', '-q:v', '3', path]);
    const alone = (...options: string[]) =>
      run(ffmpeg, ['-i', path, ...options, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1']);
    const context = { signal: new AbortController().signal, warn: console.log, info: () => undefined };
    const video = await openVideo(path, 'video.mp4', context);
    const ways = {
      'this program': () => readAll(video),
      'ffmpeg alone, the same pixels': () => alone('-vf', SAME_PIXELS),
      'ffmpeg alone, its default scaling': () => alone(),
    };
    const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
    const processor = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, way] of Object.entries(ways)) {
        const [start, before] = [performance.now(), process.cpuUsage()];
        await way();
        times.get(name)!.push(performance.now() - start);
        const { user, system } = process.cpuUsage(before);
        processor.get(name)!.push((user + system) / 1000);
      }
    }
    const own = times.get('this program')!;
    for (const [name, each] of times) {
      const [ms, best] = [median(each), Math.min(...each)];
      const ratios = `ratio ${(median(own) / ms).toFixed(2)}, of the best ${(Math.min(...own) / best).toFixed(2)}`;
      const clock = `${FRAMES} frames: ${ms.toFixed(0)} ms, best ${best.toFixed(0)} ms`;
      console.log(`${name.padEnd(34)} ${clock}; ${ratios}; Node.js ${median(processor.get(name)!).toFixed(0)} ms`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readAll({ times, frames }: VideoSource): Promise<void> {
  let count = 0;
  for await (const _ of frames([...times.starts.keys()], null)) count++;
  if (count !== FRAMES) throw new Error(`${count} of ${FRAMES} frames were read.`);
}

/** What it prints to its output goes nowhere, as `> /dev/null`. */
async function run(ffmpeg: string, args: readonly string[]): Promise<void> {
  const child = spawn(ffmpeg, ['-v', 'error', '-nostdin', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}.`);
}
