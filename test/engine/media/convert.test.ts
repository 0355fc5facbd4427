import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { convertClip } from '../../../engine/media/convert.ts';
import { extractTravel } from '../../../engine/media/extract.ts';
import { readClip } from '../../../engine/media/read-clip.ts';
import type { OutputFormat } from '../../../plan/plan.ts';
import type { ConvertRequest } from '../../../protocol/engine.ts';
import { withFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, type PlanOptions, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

const [WIDTH, HEIGHT] = [48, 32];

beforeEach(withoutFfmpeg);
afterEach(() => vi.unstubAllEnvs());

/** A rendered file; the folder of a PNG sequence. */
async function rendered(format: OutputFormat, options: PlanOptions = {}): Promise<string> {
  const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: [format], ...options });
  const { files } = await writeOutputs(movingDisc(WIDTH, HEIGHT, plan.frames.length), plan);
  return files[0]!;
}

async function convert(path: string, format: OutputFormat, changes: Partial<ConvertRequest> = {}): Promise<string> {
  const { files } = await converted(path, format, changes);
  expect(files).toHaveLength(1);
  return files[0]!;
}

const converted = (path: string, format: OutputFormat, changes: Partial<ConvertRequest> = {}) =>
  convertClip({
    path,
    base: join(temporaryFolder(), 'new'),
    formats: [format],
    fps: null,
    loop: null,
    reverse: false,
    ...changes,
  });

/** Red at the left edge, which tells the frames of a moving disc apart. */
async function reds(path: string): Promise<number[]> {
  const { clip } = await readClip(path);
  return Array.from({ length: clip.count }, (_, i) => clip.rgb(i)[0]!);
}

const near = (values: readonly number[], expected: readonly number[]) => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(24);
  });
};

const RED = [0, 50, 100, 150];

const tooFast = (fps: number, format: OutputFormat, seconds: string, most: number) =>
  `${fps} fps is too fast for ${format}. A frame of this format lasts ${seconds} seconds, so the file drops frames to keep its speed. Use at most ${most}, or mp4.`;

describe('convertClip', () => {
  it.each(
    (['webp', 'gif', 'png'] as const).flatMap((from) =>
      (['webp', 'gif', 'png', 'mp4'] as const).map((to) => ({ from, to })),
    ),
  )('writes a $from as $to, with the same frames, source and rate', async ({ from, to }) => {
    const file = await convert(await rendered(from), to);
    const record = await extractTravel(file);
    expect(record.source).toBe(SOURCE);
    expect(record.plan).toMatchObject({ ok: true, plan: { output: { formats: [to], fps: 8 } } });
    if (to !== 'mp4') near(await reds(file), RED);
  });

  it('keeps every pixel from PNG to PNG', async () => {
    const frames = await rendered('png');
    const copy = await convert(frames, 'png');
    for (const name of readdirSync(frames)) {
      const [before, after] = [frames, copy].map((folder) => sharp(join(folder, name)).raw().toBuffer());
      expect(await after).toEqual(await before);
    }
  });

  it('reverses, and backward twice is forward', async () => {
    const once = await convert(await rendered('webp'), 'webp', { reverse: true });
    near(await reds(once), RED.toReversed());
    expect((await readClip(once)).plan.output.order).toEqual([3, 2, 1, 0]);
    near(await reds(await convert(once, 'gif', { reverse: true })), RED);
  });

  it('changes the rate and the number of plays', async () => {
    const file = await convert(await rendered('webp'), 'gif', { fps: 20, loop: 3 });
    expect(await sharp(file, { animated: true }).metadata()).toMatchObject({ delay: [50, 50, 50, 50] });
    expect((await readClip(file)).plan.output).toMatchObject({ fps: 20, loop: 3 });
  });

  it('gives frames that a format had to merge the picture of their time', async () => {
    // GIF shows at most 50 frames per second, and so drops half of these.
    const gif = await rendered('gif', { frames: 8, fps: 100 });
    expect((await sharp(gif, { animated: true }).metadata()).pages).toBe(4);
    const { clip } = await readClip(gif);
    expect(clip.count).toBe(8);
  });

  it('reads a single picture', async () => {
    const file = await convert(await rendered('png', { frames: 1 }), 'webp');
    near(await reds(file), [0]);
  });

  it('reads a video with ffmpeg, and says what to do without it', async () => {
    const mp4 = await rendered('mp4');
    await expect(convert(mp4, 'gif')).rejects.toThrow(/can only be read with ffmpeg.*Install it.*WebP, GIF or PNG/s);
    // A stand-in that gives four gray frames.
    const frame = `Buffer.concat([Buffer.from('P6\\n${WIDTH} ${HEIGHT}\\n255\\n'), Buffer.alloc(${WIDTH * HEIGHT * 3}, 90)])`;
    withFfmpeg(`process.stdout.write(Buffer.concat(Array(4).fill(${frame})));`);
    const { clip } = await readClip(mp4);
    expect([clip.count, clip.width, clip.height, clip.rgb(3)[0]]).toEqual([4, WIDTH, HEIGHT, 90]);
    withFfmpeg('process.stdout.write(Buffer.alloc(40)); process.stderr.write("moov atom not found");');
    await expect(readClip(mp4)).rejects.toThrow(/cannot be decoded by .*moov atom not found/s);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['is cut off', (path) => truncateSync(path, readFileSync(path).length - 40), /truncated/],
    ['is empty', (path) => writeFileSync(path, ''), /is empty/],
    ['is no picture', (path) => writeFileSync(path, 'hello'), /has no \.travel source/],
  ])('refuses a file that %s', async (_, damage, message) => {
    const path = await rendered('webp');
    damage(path);
    await expect(convert(path, 'gif')).rejects.toThrow(message);
  });

  it.each([
    ['webp', 'VP8'],
    ['png', 'IDAT'],
    ['apng', 'fdAT'],
  ] as const)('refuses a file whose pixels are damaged, in plain words: %s', async (format, chunk) => {
    const clip = await rendered(format);
    const path = statSync(clip).isDirectory() ? join(clip, '00001.png') : clip;
    const bytes = readFileSync(path);
    const at = bytes.indexOf(chunk, 60) + 8;
    writeFileSync(path, bytes.fill(0xff, at, at + 20));
    await expect(convert(clip, 'gif')).rejects.toMatchObject({
      message: `${path} cannot be decoded: it is damaged. Use another copy.`,
    });
  });

  it('refuses a text, a missing file, and what the new format cannot store', async () => {
    await expect(convert(await rendered('txt'), 'gif')).rejects.toThrow(/is a text, which has no frames/);
    await expect(convert('/nowhere/clip.webp', 'gif')).rejects.toThrow(/file not found/);
    await expect(convert(await rendered('webp'), 'gif', { fps: 0.001 })).rejects.toThrow(/too slow for gif/);
  });

  it.each<[OutputFormat, PlanOptions, OutputFormat, Partial<ConvertRequest>, string[]]>([
    ['webp', {}, 'gif', { fps: 60 }, [tooFast(60, 'gif', '0.02 to 655', 50)]],
    ['png', { fps: 60 }, 'gif', {}, [tooFast(60, 'gif', '0.02 to 655', 50)]],
    ['webp', {}, 'webp', { fps: 120 }, [tooFast(120, 'webp', '0.011 to 65', 90)]],
    ['png', { fps: 120 }, 'apng', {}, [tooFast(120, 'apng', '0.011 to 65', 90)]],
    ['png', { fps: 120 }, 'mp4', {}, []],
    ['webp', {}, 'gif', { fps: 50 }, []],
    ['png', { frames: 1, fps: 60 }, 'gif', {}, []],
    ['webp', { loop: 3 }, 'mp4', {}, ['mp4 files have no loop count, so 3 is left out.']],
    ['webp', {}, 'mp4', { loop: 2 }, ['mp4 files have no loop count, so 2 is left out.']],
    ['png', { loop: 3 }, 'mp4', {}, []],
    ['webp', { loop: 3 }, 'gif', {}, []],
    ['webp', { loop: 3 }, 'png', {}, []],
    ['webp', { loop: 0 }, 'mp4', {}, []],
  ])(
    'writes a %s of %j as %s with %j, and reports what it loses as a render does',
    async (from, plan, to, way, lost) => {
      const result = await converted(await rendered(from, plan), to, way);
      expect(result).toEqual({ files: [expect.any(String)], lost });
    },
  );

  it('does not mention settings that a conversion does not have', async () => {
    const webp = await rendered('webp');
    const messages = await Promise.all([
      convert(webp, 'webm').catch(String),
      convert(webp, 'gif', { base: '/dev/null/clip' }).catch(String),
    ]);
    expect(messages[0]).toMatch(/needs ffmpeg, which was not found.*try again, or choose another format/);
    expect(messages[1]).toMatch(/Choose another folder/);
    for (const message of messages) expect(message).not.toMatch(/`output`|`save`|render again/);
  });
});
