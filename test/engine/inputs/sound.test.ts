import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { soundOf } from '../../../engine/inputs/sound.ts';
import { convertClip } from '../../../engine/media/convert.ts';
import type { PlanSound } from '../../../plan/plan.ts';
import { movingDisc, planOf, temporaryFolder } from '../media/fixtures.ts';
import { writeOutputs } from '../media/write-outputs.ts';
import { REAL_FFMPEG } from './real-ffmpeg.ts';

/** A video of 2 seconds with a sound of 3, or without sound. */
function made(sound: boolean): string {
  const path = join(temporaryFolder(), 'made.mp4');
  const tone = sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=3'] : [];
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=8:duration=2'];
  execFileSync(REAL_FFMPEG!, ['-v', 'error', ...picture, ...tone, '-pix_fmt', 'yuv420p', path]);
  return path;
}

function planned(path: string): PlanSound {
  const { size, mtimeMs } = statSync(path);
  return { path, size, mtimeMs, from: 0.5, seconds: 1.5 };
}

/** Seconds of sound that a file has, as ffmpeg decodes it. */
function secondsOf(path: string): number {
  const raw = ['-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', '8000', '-'];
  return execFileSync(REAL_FFMPEG!, ['-v', 'error', '-i', path, ...raw], { maxBuffer: 2 ** 24 }).length / 16_000;
}

/** Whether the middle of each of some parts of a file's sound is loud. */
function loudness(path: string, parts: number): number[] {
  const raw = ['-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', '8000', '-'];
  const bytes = execFileSync(REAL_FFMPEG!, ['-v', 'error', '-i', path, ...raw], { maxBuffer: 2 ** 24 });
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  return Array.from({ length: parts }, (_, part) => {
    const middle = samples.subarray(2000 * part + 700, 2000 * part + 1300);
    return middle.some((value) => Math.abs(value) > 1000) ? 1 : 0;
  });
}

const contextWith = (warnings: string[]) => ({
  signal: new AbortController().signal,
  warn: (line: string) => void warnings.push(line),
  info: () => {},
});

describe.skipIf(REAL_FFMPEG === undefined)('the sound of a video', () => {
  it.each(['mp4', 'webm'] as const)('is written into %s, and ends with the frames', async (format) => {
    const warnings: string[] = [];
    const sound = await soundOf(planned(made(true)), contextWith(warnings));
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: [format], fps: 4 });
    const { files } = await writeOutputs(movingDisc(64, 48, 4), plan, { sound });
    expect(Math.abs(secondsOf(files[0]!) - 1)).toBeLessThan(0.08);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['from its start', { from: 0.5, repeat: { from: 0.5, to: 1 } }, [1, 1, 1, 1, 1, 1]],
    ['to the end of the video', { from: 1.5, repeat: { from: 1.5, to: null } }, [1, 1, 1, 1, 1, 1]],
    // Of half a second, half a second later: the tone ends after 0.25 s.
    ['with the silence in it', { from: 0, repeat: { from: 0, to: 0.5 } }, [1, 0, 1, 0, 1, 0]],
    ['from within', { from: 5.25, repeat: { from: 0, to: 0.5 } }, [0, 1, 0, 1, 0, 1]],
    ['also if it is shorter than the video', { from: 0, repeat: { from: 0, to: 0.75 } }, [1, 0, 0, 1, 0, 0]],
  ] as const)('starts again with the pictures, %s', async (_, part, expected) => {
    const isShort = expected.some((level) => level === 0);
    const path = join(temporaryFolder(), 'made.mp4');
    const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${isShort ? 0.25 : 3}`];
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=8:duration=2'];
    execFileSync(REAL_FFMPEG!, ['-v', 'error', ...picture, ...tone, '-pix_fmt', 'yuv420p', path]);
    const sound = await soundOf({ ...planned(path), seconds: 1.5, ...part }, contextWith([]));
    const plan = planOf({
      base: join(temporaryFolder(), 'clip'),
      formats: ['ffv1'],
      fps: 4,
      order: [0, 1, 2, 3, 0, 1],
    });
    const { files } = await writeOutputs(movingDisc(64, 48, 6), plan, { sound });
    expect(Math.abs(secondsOf(files[0]!) - 1.5)).toBeLessThan(0.08);
    expect(loudness(files[0]!, 6)).toEqual(expected);
  });

  it.each([
    ['gif', 'The sound of “clip.mp4” is left out: gif files have none.'],
    ['webm', 'The sound of “clip.mp4” is left out: a conversion writes the frames alone.'],
  ] as const)('is left out of a conversion to %s, which says so', async (format, sentence) => {
    const sound = await soundOf(planned(made(true)), contextWith([]));
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['mp4'], fps: 4 });
    const { files } = await writeOutputs(movingDisc(64, 48, 4), plan, { sound });
    const way = { fps: null, loop: null, reverse: false };
    const converted = (path: string) =>
      convertClip({ path, base: join(temporaryFolder(), 'new'), formats: [format], ...way });
    expect((await converted(files[0]!)).lost).toEqual([sentence]);
    const silent = await writeOutputs(movingDisc(64, 48, 4), plan);
    expect((await converted(silent.files[0]!)).lost).toEqual([]);
  });

  it('is missed with a warning before the render', async () => {
    const warnings: string[] = [];
    expect(await soundOf(planned(made(false)), contextWith(warnings))).toBeUndefined();
    expect(warnings).toEqual(['“made.mp4” has no sound: the clip is written without any.']);
  });
});
