import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planPictures } from '../engine/inputs/pictures.ts';
import { findFfmpeg } from '../engine/media/find-ffmpeg.ts';
import { videoImages } from '../grammar/clip/images.ts';
import { findImages } from '../library/images.ts';
import { drawFolder, drawGif, drawVideo, NUMBERS } from '../test/engine/inputs/draw-numbers.ts';
import { numberOf } from '../test/engine/inputs/numbered-frame.ts';

const FRAMES = 10_000;
const FPS = 25;
/** Frames between two looks at the memory. */
const LOOK = 50;

/** Prints time and memory of reading all of 10,000 small frames, against 1,000 of them, and how many were wrong. */
export async function benchManyFrames(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-frames-'));
  const ffmpeg = await findFfmpeg();
  try {
    const inputs = {
      'a folder of PNG': await drawFolder(join(folder, 'frames'), FRAMES),
      'a GIF': await drawGif(join(folder, 'long.gif'), FRAMES),
      ...(ffmpeg && { 'an MP4': await drawVideo(ffmpeg, join(folder, 'long.mp4'), FRAMES) }),
    };
    for (const [name, path] of Object.entries(inputs)) {
      for (const frames of [FRAMES / 10, FRAMES]) {
        const { seconds, grown, wrong } = await readAll(path, frames);
        console.log(
          `${name.padEnd(16)} ${`${frames}`.padStart(6)} frames: ${seconds.toFixed(1)} s of the processor, memory grows by ${Math.round(grown / 2 ** 20)} MiB, ${wrong} wrong`,
        );
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readAll(path: string, frames: number) {
  const input = await findImages(path);
  const { images, ofFrame } = videoImages(input!, { from: 0, to: null, repeat: false }, { frames, fps: FPS });
  const context = { signal: new AbortController().signal, warn: console.log, info: () => undefined };
  const [before, start] = [process.memoryUsage.rss(), process.cpuUsage()];
  let [peak, count, wrong] = [before, 0, 0];
  for await (const picture of planPictures(images, new Set(ofFrame), null, context)) {
    for (const index of picture.indices) if (numberOf(picture) !== index % NUMBERS) wrong++;
    if (++count % LOOK === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6, grown: peak - before, wrong: wrong + (frames - count) };
}
