import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { extractTravel } from '../../../engine/media/extract.ts';
import { REAL_FFMPEG } from '../inputs/real-ffmpeg.ts';
import { withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { planOf, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** X-Rite's ColorChecker in sRGB. */
const PATCHES = [
  [115, 82, 68],
  [194, 150, 130],
  [98, 122, 157],
  [87, 108, 67],
  [133, 128, 177],
  [103, 189, 170],
  [214, 126, 44],
  [80, 91, 166],
  [193, 90, 99],
  [94, 60, 108],
  [157, 188, 64],
  [224, 163, 46],
  [56, 61, 150],
  [70, 148, 73],
  [175, 54, 60],
  [231, 199, 31],
  [187, 86, 149],
  [8, 133, 161],
  [243, 243, 242],
  [200, 200, 200],
  [160, 160, 160],
  [122, 122, 121],
  [85, 85, 85],
  [52, 52, 52],
];

const SIDE = 32;
const [WIDTH, HEIGHT] = [6 * SIDE, 4 * SIDE];

/** The offset of the middle of a patch, in pixels. */
const middleOf = (patch: number) => (Math.floor(patch / 6) * SIDE + SIDE / 2) * WIDTH + (patch % 6) * SIDE + SIDE / 2;

const chart = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)];
  return PATCHES[Math.floor(y / SIDE) * 6 + Math.floor(x / SIDE)]![i % 3]!;
});

describe.skipIf(REAL_FFMPEG === undefined)('the colors of a video', () => {
  it.each([
    ['mp4', 'your ffmpeg', 3, /yuv420p\((?:tv, )?bt709/, (): void => {}],
    ['webm', 'your ffmpeg', 3, /yuv420p\((?:tv, )?bt709/, (): void => {}],
    ['prores', 'your ffmpeg', 3, /yuv422p10le\((?:tv, )?bt709/, (): void => {}],
    ['ffv1', 'your ffmpeg', 0, /bgr0\(.*gbr.*iec61966-2-1/, (): void => {}],
    ['mp4', 'the built-in encoder', 3, /yuv420p\((?:tv, )?bt709/, withoutFfmpeg],
  ] as const)('in %s by %s are within %i of 255, and declared', async (format, _, most, declared, prepare) => {
    prepare();
    const frames = { width: WIDTH, height: HEIGHT, count: 4, rgb: () => chart };
    const plan = {
      ...planOf({ base: join(temporaryFolder(), 'clip'), formats: [format] }),
      width: WIDTH,
      height: HEIGHT,
    };
    const [file] = (await writeOutputs(frames, plan)).files;
    vi.unstubAllEnvs();
    const filter = ['-vf', 'scale=flags=accurate_rnd+full_chroma_int', '-frames:v', '1'];
    const decoded = execFileSync(
      REAL_FFMPEG!,
      ['-v', 'error', '-i', file!, ...filter, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
      { maxBuffer: 2 ** 26 },
    );
    const differences = PATCHES.flatMap((patch, i) =>
      patch.map((value, channel) => Math.abs(value - decoded[middleOf(i) * 3 + channel]!)),
    );
    expect(Math.max(...differences)).toBeLessThanOrEqual(most);
    expect((await extractTravel(file!)).source).toBe(plan.source);
    const info = execFileSync('sh', ['-c', '"$0" -hide_banner -i "$1" 2>&1 || true', REAL_FFMPEG!, file!]).toString();
    expect(info).toMatch(declared);
  });
});
