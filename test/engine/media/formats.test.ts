import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { composed, onWhite } from '../../../engine/inputs/animation.ts';
import { apngAnimation } from '../../../engine/inputs/apng-animation.ts';
import { boxesIn, findBoxes } from '../../../engine/media/boxes.ts';
import { readClip } from '../../../engine/media/read-clip.ts';
import { withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, type PlanOptions, planOf, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

/** Largest mean difference of a channel (of 255) that each lossy format may make of the moving disc. */
const CLOSE = { webp: 4, gif: 4 };

const frames = movingDisc(64, 48, 4);

beforeEach(withoutFfmpeg);
afterEach(() => {
  vi.unstubAllEnvs();
});

async function written(options: PlanOptions): Promise<string> {
  const plan = planOf({ base: join(temporaryFolder(), 'clip'), ...options });
  const { files } = await writeOutputs(movingDisc(64, 48, plan.frames.length), plan);
  return files[0]!;
}

async function pictures(path: string): Promise<Buffer[]> {
  const { data, info } = await sharp(path, { animated: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const size = info.width * (info.pageHeight ?? info.height) * 3;
  return Array.from({ length: data.length / size }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

function difference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

describe.each(['webp', 'gif'] as const)('%s', (format) => {
  it('shows the frames in their order, for their time', async () => {
    const path = await written({ formats: [format], order: [0, 1, 2, 3, 2, 1], fps: 12.5 });
    const meta = await sharp(path).metadata();
    expect(meta).toMatchObject({ format, width: 64, height: 48, pages: 6, delay: Array(6).fill(80), loop: 0 });
    for (const [i, picture] of (await pictures(path)).entries()) {
      const expected = [0, 1, 2, 3, 2, 1][i]!;
      const distances = [0, 1, 2, 3].map((frame) => difference(picture, frames.rgb(frame)));
      expect(distances.indexOf(Math.min(...distances))).toBe(expected);
      expect(distances[expected]).toBeLessThan(CLOSE[format]);
    }
  });

  it('keeps the duration if the frame rate does not divide a second', async () => {
    const { delay = [] } = await sharp(await written({ formats: [format], fps: 30, frames: 30 })).metadata();
    expect(delay).toHaveLength(30);
    expect(delay.reduce((sum, ms) => sum + ms)).toBe(1000);
  });

  it.each([1, 3])('plays %i times', async (loop) => {
    expect((await sharp(await written({ formats: [format], loop })).metadata()).loop).toBe(loop);
  });

  it('can be a single frame', async () => {
    const path = await written({ formats: [format], frames: 1 });
    expect(difference((await pictures(path))[0]!, movingDisc(64, 48, 1).rgb(0))).toBeLessThan(CLOSE[format]);
  });
});

describe('gif', () => {
  it('has the infotext as its comment and repeats a clip of three plays twice', async () => {
    const bytes = readFileSync(await written({ formats: ['gif'], loop: 3 }));
    expect(bytes.includes(Buffer.from('NETSCAPE2.0\x03\x01\x02\0\0', 'latin1'))).toBe(true);
    expect(bytes.includes(Buffer.from('0: café, (smile:1.2)'))).toBe(true);
  });
});

describe('webp', () => {
  it('has the infotext as EXIF user comment, where A1111 reads it', async () => {
    const { exif, xmp } = await sharp(await written({ formats: ['webp'] })).metadata();
    const start = exif!.indexOf('UNICODE\0') + 8;
    const comment = Buffer.from(exif!.subarray(start, start + 2 * Math.floor((exif!.length - start) / 2)));
    expect(comment.swap16().toString('utf16le')).toMatch(
      /^0: café, .*\n3: 🦊 fox .*\nNegative prompt: blurry\nSteps: 20/,
    );
    expect(xmp!.toString()).toMatch(/^<\?xpacket.*prompt-travel\/1 .*<\?xpacket end="r"\?>/s);
  });
});

describe('apng', () => {
  it('has exact frames whose durations add up, and the texts of a PNG', async () => {
    const path = await written({ formats: ['apng'], order: [3, 1, 0, 2], fps: 7, loop: 3 });
    const bytes = readFileSync(path);
    const { parts, isCutOff } = apngAnimation(bytes)!;
    expect([isCutOff, parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0)]).toEqual([false, 571]);
    const control = bytes.indexOf('acTL');
    expect([bytes.readUInt32BE(control + 4), bytes.readUInt32BE(control + 8)]).toEqual([4, 3]);
    let position = 0;
    for await (const canvas of composed(apngAnimation(bytes)!)) {
      expect(difference(onWhite(canvas), frames.rgb([3, 1, 0, 2][position]!))).toBe(0);
      position++;
    }
    // For programs that do not know animations, it is its first frame.
    expect(difference((await pictures(path))[0]!, frames.rgb(3))).toBe(0);
    expect((await sharp(path).metadata()).comments?.map(({ keyword }) => keyword)).toContain('parameters');
    expect((await readClip(path)).clip.count).toBe(4);
  });
});

describe('png', () => {
  it('is a folder of exact frames in display order', async () => {
    const path = await written({ formats: ['png'], order: [3, 1, 0, 2, 1, 3] });
    const names = readdirSync(path).sort();
    expect(names).toEqual(['00000.png', '00001.png', '00002.png', '00003.png', '00004.png', '00005.png']);
    for (const [i, name] of names.entries()) {
      expect(difference((await pictures(join(path, name)))[0]!, frames.rgb([3, 1, 0, 2, 1, 3][i]!))).toBe(0);
    }
  });

  it('is one file for one frame, with the infotext under `parameters`', async () => {
    const path = await written({ formats: ['png'], frames: 1 });
    expect(path).toMatch(/clip\.png$/);
    const { comments } = await sharp(path).metadata();
    expect(comments?.find(({ keyword }) => keyword === 'parameters')?.text).toMatch(
      /^café.*\nNegative prompt: blurry\nSteps/,
    );
  });
});

describe('mp4', () => {
  const number = (bytes: Buffer, path: string, at: number) =>
    bytes.readUInt32BE(findBoxes(bytes, path)!.at(-1)!.start + at);

  it.each([8, 12.5, 23.976])('lasts exactly its frames at %d a second', async (fps) => {
    const bytes = readFileSync(await written({ formats: ['mp4'], fps, frames: 5 }));
    const scale = number(bytes, 'moov/trak/mdia/mdhd', 12);
    expect(scale / number(bytes, 'moov/trak/mdia/minf/stbl/stts', 12)).toBe(fps);
    expect(number(bytes, 'moov/trak/mdia/minf/stbl/stts', 8)).toBe(5);
    expect(number(bytes, 'moov/trak/mdia/mdhd', 16) / scale).toBeCloseTo(5 / fps, 12);
    expect(number(bytes, 'moov/trak/tkhd', 20) / number(bytes, 'moov/mvhd', 12)).toBeCloseTo(5 / fps, 12);
  });

  it('has the right offsets of its frames: H.264 of the right size, starting with a keyframe', async () => {
    const bytes = readFileSync(await written({ formats: ['mp4'] }));
    const entry = findBoxes(bytes, 'moov/trak/mdia/minf/stbl/stsd/avc1')!.at(-1)!;
    expect([bytes.readUInt16BE(entry.start + 24), bytes.readUInt16BE(entry.start + 26)]).toEqual([64, 48]);
    const inside = [...boxesIn(bytes, entry.start + 78, entry.end)].map(({ kind }) => kind);
    expect(inside).toEqual(expect.arrayContaining(['avcC', 'colr']));
    const first = number(bytes, 'moov/trak/mdia/minf/stbl/stco', 8);
    const pictureData = findBoxes(bytes, 'mdat')![0]!;
    expect(first).toBeGreaterThanOrEqual(pictureData.start);
    // NAL unit type 5: a slice that needs no other picture.
    const types = [];
    for (let offset = first; types.at(-1) !== 5; offset += 4 + bytes.readUInt32BE(offset)) {
      expect(offset).toBeLessThan(pictureData.end);
      types.push(bytes[offset + 4]! & 0x1f);
    }
    expect(types.at(-1)).toBe(5);
  });

  it('has the infotext as comment and plays in any order', async () => {
    const bytes = readFileSync(await written({ formats: ['mp4'], order: [0, 1, 2, 3, 3, 2, 1, 0] }));
    const userData = findBoxes(bytes, 'moov/udta')!.at(-1)!;
    expect(bytes.toString('utf8', userData.start, userData.end)).toContain('3: 🦊 fox');
    expect(number(bytes, 'moov/trak/mdia/minf/stbl/stts', 8)).toBe(8);
  });

  it('leaves the error handling of the process alone', async () => {
    const before = [process.rawListeners('uncaughtException'), process.rawListeners('unhandledRejection')];
    await written({ formats: ['mp4'] });
    expect([process.rawListeners('uncaughtException'), process.rawListeners('unhandledRejection')]).toEqual(before);
  });
});

describe('txt', () => {
  it('begins with the infotext', async () => {
    expect(readFileSync(await written({ formats: ['txt'] }), 'utf8')).toMatch(
      /^0: café, .*\n3: 🦊 fox .*\nNegative prompt: blurry\n/,
    );
  });
});
