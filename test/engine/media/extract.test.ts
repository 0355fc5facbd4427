import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { extractTravel } from '../../../engine/media/extract.ts';
import { FORMATS } from '../../../engine/media/formats.ts';
import { displayed } from '../../../engine/media/frames.ts';
import { encodeRecord } from '../../../engine/media/record.ts';
import { type OutputFormat, PLAN_VERSION } from '../../../plan/plan.ts';
import { type PublishedPlan, publishedPlan } from '../../../plan/published-plan.ts';
import type { ReadPlan } from '../../../plan/versions.ts';
import { runs } from '../../property-runs.ts';
import { prepareFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

const NAMES = Object.keys(FORMATS) as OutputFormat[];

beforeEach(withoutFfmpeg);
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The bytes of a clip; of a PNG sequence, its second frame. */
async function bytesOf(format: OutputFormat, source = SOURCE): Promise<Buffer> {
  prepareFfmpeg(format);
  const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: [format], source, frames: 2 });
  const path = (await writeOutputs(movingDisc(16, 16, 2), plan)).files[0]!;
  return readFileSync(format === 'png' ? join(path, '00001.png') : path);
}

function fileOf(bytes: Uint8Array, name = 'renamed.bin'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

function planIn(read: ReadPlan): PublishedPlan {
  if (!read.ok) throw new Error(read.reason);
  return read.plan;
}

/** Files that version 1 wrote; they never change. */
const FIXTURES = resolve(import.meta.dirname, '../../plan/fixtures');

const RENDERED_V1 =
  '---\nframes: 2\nwidth: 32\nheight: 32\nsampler: DDIM\nsteps: 3\nseed: 7\nsave: [gif, txt]\noutput: small\n---\n' +
  'a cat # with a comment\n\n0: red\n1: blue\n';

const LARGE = `${'0: a very long prompt, é 🦊 <lora:x:1> & "y"\n'.repeat(25_000)}`;

/** A prompt that imitates the record of another plan. */
const HOSTILE = `0: </travel:plan><travel:plan>\n${encodeRecord(publishedPlan(planOf({ source: 'not this' }), new Map()))}\n\0;\x3b!\xfe`;

describe.each(NAMES)('extractTravel from %s', (format) => {
  let whole: Buffer;
  beforeAll(async () => {
    withoutFfmpeg();
    whole = await bytesOf(format);
  });

  it('returns source and plan, regardless of the file name', async () => {
    const { source, plan } = await extractTravel(fileOf(whole));
    expect(source).toBe(SOURCE);
    expect(planIn(plan).output.formats).toEqual([format]);
    expect(planIn(plan).frames).toHaveLength(2);
  });

  it.each([
    ['empty', ''],
    ['of a megabyte', LARGE],
    ['hostile', HOSTILE],
    ['broken Unicode', '\ud83e \udd8a'],
  ])('returns a source that is %s', async (_, source) => {
    expect((await extractTravel(fileOf(await bytesOf(format, source)))).source).toBe(source);
  });

  it('reports any truncated file, or still returns the complete source', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        const path = fileOf(whole.subarray(0, length));
        const [result] = await Promise.allSettled([extractTravel(path)]);
        if (result.status === 'fulfilled') {
          expect(result.value.source).toBe(SOURCE);
        } else {
          expect(result.reason.message).toContain(path);
          expect(result.reason.message).toMatch(/truncated|damaged|is empty|has no/);
        }
      }),
      runs(60),
    );
  });

  it('never returns a modified source', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(whole);
        changed[at] = changed[at]! ^ flip;
        const [result] = await Promise.allSettled([extractTravel(fileOf(changed))]);
        if (result.status === 'fulfilled') expect(result.value.source).toBe(SOURCE);
        else expect(result.reason.message).toMatch(/renamed\.bin (has|is truncated)/);
      }),
      runs(100),
    );
  });
});

describe('extractTravel', () => {
  const MAGIC: Record<string, string> = {
    png: '\x89PNG\r\n\x1a\n',
    gif: 'GIF89a',
    webp: 'RIFF\xff\xff\0\0WEBP',
    mp4: '\0\0\0\x08ftyp',
    webm: '\x1aE\xdf\xa3',
    txt: 'prompt-travel/1 ',
  };

  it.each(Object.entries(MAGIC))('rejects noise that starts like a %s', async (_, magic) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        const path = fileOf(Buffer.concat([Buffer.from(magic, 'latin1'), noise]));
        await expect(extractTravel(path)).rejects.toThrow(/renamed\.bin (has|is truncated)/);
      }),
      runs(60),
    );
  });

  it.each(['gif', 'txt'])('reads a %s that version 1 wrote, and upgrades its plan', async (extension) => {
    const { source, plan } = await extractTravel(join(FIXTURES, `rendered-v1.${extension}`));
    expect(source).toBe(RENDERED_V1);
    expect(planIn(plan)).toMatchObject({ version: PLAN_VERSION, source, models: { unload: false } });
  });

  it.each(NAMES)(
    'returns the source of a %s whose plan is from a later version, and why it is unreadable',
    async (format) => {
      prepareFfmpeg(format);
      const plan = planOf({ formats: [format], frames: 1 });
      const clip = displayed(movingDisc(16, 16, 1), plan);
      const later = { ...plan, version: 999, sampling: 'unknown' } as unknown as PublishedPlan;
      const read = await extractTravel(
        fileOf(await FORMATS[format].encode(clip, { record: encodeRecord(later), infotext: '' })),
      );
      expect(read.source).toBe(SOURCE);
      expect(read.plan).toEqual({ ok: false, reason: expect.stringMatching(/version 999.*Update Prompt Travel/) });
    },
  );

  it('opens a folder of frames', async () => {
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['png'] });
    const { files } = await writeOutputs(movingDisc(16, 16, 4), plan);
    expect(basename(files[0]!)).toBe('clip');
    expect((await extractTravel(files[0]!)).source).toBe(SOURCE);
  });

  it('reports what is wrong with a file that is not a render', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'empty'));
    await expect(extractTravel(join(folder, 'none.webp'))).rejects.toThrow(/none\.webp cannot be read: file not found/);
    await expect(extractTravel(join(folder, 'empty'))).rejects.toThrow(/folder without PNG frames/);
    await expect(extractTravel(fileOf(Buffer.alloc(0)))).rejects.toThrow(/is empty/);
    await expect(extractTravel(fileOf(Buffer.from('a letter')))).rejects.toThrow(/has no \.travel source/);
  });

  describe.skipIf(process.platform === 'win32')('does not open what is not a regular file', () => {
    it.each<[string, (path: string) => void]>([
      ['a pipe', (path) => execFileSync('/usr/bin/mkfifo', [path])],
      ['a device without an end', (path) => symlinkSync('/dev/zero', path)],
      ['a folder', (path) => mkdirSync(path)],
    ])('as the first frame: %s', async (_, make) => {
      const folder = temporaryFolder();
      make(join(folder, '00000.png'));
      await expect(extractTravel(folder)).rejects.toThrow(/its first frame is not one/);
    });

    it('as the file itself: a pipe', async () => {
      const pipe = join(temporaryFolder(), 'pipe.png');
      execFileSync('/usr/bin/mkfifo', [pipe]);
      await expect(extractTravel(pipe)).rejects.toThrow(/is not a file/);
    });
  });

  it('reads only the first of many chunks of a PNG', async () => {
    const chunk = (text: string) => {
      const body = Buffer.concat([Buffer.from('iTXttravel\0\x01\0\0\0', 'latin1'), deflateSync(text)]);
      const whole = Buffer.alloc(body.length + 8);
      whole.writeUInt32BE(body.length - 4, 0);
      body.copy(whole, 4);
      whole.writeUInt32BE(crc32(body), body.length + 4);
      return whole;
    };
    const png = await bytesOf('png');
    const bombs = Array<Buffer>(200).fill(chunk('x'.repeat(2 ** 23)));
    const path = fileOf(Buffer.concat([png.subarray(0, 33), ...bombs, png.subarray(33)]));
    await expect(extractTravel(path)).rejects.toThrow(/has no \.travel source/);
  });

  it('rejects a text that decompresses to an enormous size', async () => {
    const bomb = deflateSync(Buffer.alloc(2 ** 28 + 1, 32), { level: 9 });
    const body = Buffer.concat([Buffer.from('iTXttravel\0\x01\0\0\0', 'latin1'), bomb]);
    const chunk = Buffer.alloc(body.length + 8);
    chunk.writeUInt32BE(body.length - 4, 0);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(body), body.length + 4);
    const path = fileOf(Buffer.concat([Buffer.from(MAGIC.png!, 'latin1'), chunk]));
    await expect(extractTravel(path)).rejects.toThrow(/damaged/);
  });
});
