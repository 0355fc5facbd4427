import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { soundOf } from '../../../engine/inputs/sound.ts';
import { convertClip } from '../../../engine/media/convert.ts';
import { readClip } from '../../../engine/media/read-clip.ts';
import type { OutputFormat, PlanSound } from '../../../plan/plan.ts';
import type { ConvertRequest } from '../../../protocol/engine.ts';
import { withFfmpeg } from '../media/ffmpeg-stand-in.ts';
import { movingDisc, planOf, temporaryFolder } from '../media/fixtures.ts';
import { writeOutputs } from '../media/write-outputs.ts';
import { REAL_FFMPEG } from './real-ffmpeg.ts';

afterEach(() => vi.unstubAllEnvs());

/** A video of 2 seconds with a sound of 3, or without sound. */
function made(sound: boolean): string {
  const path = join(temporaryFolder(), 'made.mp4');
  const tone = sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=3'] : [];
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=8:duration=2'];
  execFileSync(REAL_FFMPEG!, ['-v', 'error', ...picture, ...tone, '-pix_fmt', 'yuv420p', path]);
  return path;
}

function plannedSound(path: string): PlanSound {
  const { size, mtimeMs } = statSync(path);
  return { path, size, mtimeMs, from: 0.5, seconds: 1.5 };
}

/** Seconds of sound that a file has, as ffmpeg decodes it. */
function secondsOf(path: string): number {
  const raw = ['-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', '8000', '-'];
  return execFileSync(REAL_FFMPEG!, ['-v', 'error', '-i', path, ...raw], { maxBuffer: 2 ** 24 }).length / 16_000;
}

const CLIP = () => ({ base: join(temporaryFolder(), 'clip'), formats: ['mp4' as const], fps: 4 });
const PUBLISHED = { name: 'made.mp4', size: expect.any(Number), sha256: null, from: 0.5, seconds: 1.5 };

let rendered: Promise<string> | undefined;
/** Four frames in a second, with sound. */
const renderedWithSound = (): Promise<string> => (rendered ??= renderWithSound());

async function renderWithSound(): Promise<string> {
  const planned = plannedSound(made(true));
  const sound = await soundOf(planned, contextWith([]));
  const plan = planOf(CLIP());
  const { files } = await writeOutputs(
    movingDisc(64, 48, 4),
    { ...plan, output: { ...plan.output, sound: planned } },
    { sound },
  );
  return files[0]!;
}

const converted = (path: string, format: OutputFormat, way: Partial<ConvertRequest> = {}) =>
  convertClip({
    path,
    base: join(temporaryFolder(), 'new'),
    formats: [format],
    fps: null,
    loop: null,
    reverse: false,
    ...way,
  });

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
    const sound = await soundOf(plannedSound(made(true)), contextWith(warnings));
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: [format], fps: 4 });
    const { files } = await writeOutputs(movingDisc(64, 48, 4), plan, { sound });
    expect(Math.abs(secondsOf(files[0]!) - 1)).toBeLessThan(0.08);
    expect(warnings).toEqual([]);
  });

  it.each(['mp4', 'webm', 'prores', 'ffv1'] as const)('is kept by a conversion to %s', async (format) => {
    const { files, lost } = await converted(await renderedWithSound(), format);
    expect(lost).toEqual([]);
    expect(Math.abs(secondsOf(files[0]!) - 1)).toBeLessThan(0.08);
    expect((await readClip(files[0]!)).plan.output.sound).toEqual(PUBLISHED);
  });

  it('is kept by a conversion of frames that play backward, and from ProRes, which has 10 bits', async () => {
    const mov = await converted(await renderedWithSound(), 'prores', { reverse: true });
    const mp4 = await converted(mov.files[0]!, 'mp4', { fps: 4 });
    expect([...mov.lost, ...mp4.lost]).toEqual([]);
    expect(Math.abs(secondsOf(mp4.files[0]!) - 1)).toBeLessThan(0.08);
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
    const sound = await soundOf({ ...plannedSound(path), seconds: 1.5, ...part }, contextWith([]));
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
    ['gif', {}, 'The sound of “clip.mp4” is left out: gif files have none.'],
    ['webm', { fps: 8 }, 'The sound of “clip.mp4” is left out: its frames have another rate now.'],
  ] as const)('is left out of a conversion to %s with %j, which says so', async (format, way, sentence) => {
    const { files, lost } = await converted(await renderedWithSound(), format, way);
    expect(lost).toEqual([sentence]);
    if (format === 'webm') expect((await readClip(files[0]!)).plan.output.sound).toBeUndefined();
    const silent = await writeOutputs(movingDisc(64, 48, 4), planOf(CLIP()));
    expect((await converted(silent.files[0]!, format, way)).lost).toEqual([]);
  });

  it('is left out of a conversion with an ffmpeg that cannot encode it, which says so', async () => {
    const mp4 = await renderedWithSound();
    withFfmpeg(`
      if (args.includes('libopus')) { console.error("Unknown encoder 'libopus'"); process.exit(1); }
      const { spawnSync } = require('node:child_process');
      process.exit(spawnSync(${JSON.stringify(REAL_FFMPEG)}, args, { stdio: 'inherit' }).status);`);
    const { files, lost } = await converted(mp4, 'webm');
    expect(lost).toEqual([
      expect.stringMatching(/^The sound of “clip\.mp4” is left out: .*Unknown encoder 'libopus'/s),
    ]);
    expect((await readClip(files[0]!)).clip.count).toBe(4);
  });

  it('is missed with a warning before the render', async () => {
    const warnings: string[] = [];
    expect(await soundOf(plannedSound(made(false)), contextWith(warnings))).toBeUndefined();
    expect(warnings).toEqual(['“made.mp4” has no sound: the clip is written without any.']);
  });
});
