import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planPictures } from '../../../engine/inputs/pictures.ts';
import { videoImages } from '../../../grammar/clip/images.ts';
import { findImages } from '../../../library/images.ts';
import type { SourceRange } from '../../../plan/source-time.ts';
import { temporaryFolder } from '../media/fixtures.ts';
import { drawFolder, drawGif, drawVideo, NUMBERS } from './draw-numbers.ts';
import { numberOf } from './numbered-frame.ts';
import { REAL_FFMPEG } from './real-ffmpeg.ts';

const FRAMES = 10_000;

/** What the frames of a clip show, and how many images were read for them. */
async function shown(path: string, clip: { frames: number; fps: number }, range: Partial<SourceRange>) {
  const input = await findImages(path);
  const { images, ofFrame } = videoImages(input!, { from: 0, to: null, repeat: false, ...range }, clip);
  const numbers = new Map<number, number | null>();
  const context = { signal: new AbortController().signal, warn: () => {}, info: () => {} };
  for await (const picture of planPictures(images, new Set(ofFrame), null, context)) {
    for (const index of picture.indices) numbers.set(index, numberOf(picture));
  }
  return { numbers: ofFrame.map((image) => numbers.get(image)), images: images.length };
}

const every = (step: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => (from + i * step) % NUMBERS);

describe('10,000 frames', () => {
  it('of a folder are picked exactly, and no other is read', async () => {
    const path = await drawFolder(join(temporaryFolder(), 'frames'), FRAMES);
    const first = await shown(path, { frames: 16, fps: 25 }, {});
    expect(first).toEqual({ numbers: every(1, 16), images: 16 });
    const last = await shown(path, { frames: 16, fps: 25 }, { from: (FRAMES - 16) / 25 });
    expect(last).toEqual({ numbers: every(1, 16, FRAMES - 16), images: 16 });
  });

  it('of a GIF are picked exactly', async () => {
    const path = await drawGif(join(temporaryFolder(), 'long.gif'), FRAMES);
    const clip = { frames: 2000, fps: 5 };
    expect((await shown(path, clip, {})).numbers).toEqual(every(5, 2000));
  });

  it.skipIf(REAL_FFMPEG === undefined)('of a video are picked exactly', async () => {
    const path = await drawVideo(REAL_FFMPEG!, join(temporaryFolder(), 'long.mp4'), FRAMES);
    expect((await shown(path, { frames: 2000, fps: 5 }, {})).numbers).toEqual(every(5, 2000));
    expect((await shown(path, { frames: 8, fps: 8 }, { from: 399 })).numbers).toEqual([247, 250, 253, 0, 3, 6, 9, 12]);
  });
});
