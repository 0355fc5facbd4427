import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCALING } from '../engine/inputs/ffmpeg-frames.ts';
import { openVideo } from '../engine/inputs/open-video.ts';
import type { VideoSource } from '../engine/inputs/source.ts';
import { findFfmpeg, GET_FFMPEG } from '../engine/media/find-ffmpeg.ts';

const SIDE = 512;
const FRAMES = 300;
const ROUNDS = 5;
const SAME_PIXELS = `scale=iw:ih:flags=${SCALING},format=rgb24`;

/** Prints how long reading a video takes, and ffmpeg alone, in turns: to the same pixels, and in its fastest way to RGB. */
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
    const best = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, way] of Object.entries(ways)) {
        const start = performance.now();
        await way();
        best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, performance.now() - start));
      }
    }
    const own = best.get('this program')!;
    for (const [name, ms] of best) {
      console.log(`${name.padEnd(34)} ${FRAMES} frames: ${ms.toFixed(0)} ms, ratio ${(own / ms).toFixed(2)}`);
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
