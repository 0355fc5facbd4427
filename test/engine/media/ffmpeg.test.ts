import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { extractTexts } from '../../../engine/media/extract.ts';
import { findFfmpeg } from '../../../engine/media/find-ffmpeg.ts';
import { checkOutputs, checkSound } from '../../../engine/media/write.ts';
import { WRITE_WEBM, withFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

const frames = movingDisc(64, 48, 4);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('findFfmpeg', () => {
  it('looks in absolute folders of PATH only', async () => {
    withoutFfmpeg();
    expect(await findFfmpeg()).toBeUndefined();
    withFfmpeg('');
    expect(await findFfmpeg()).toBe(join(process.env.PATH!, 'ffmpeg'));
    vi.stubEnv('PATH', '.:relative');
    expect(await findFfmpeg()).toBeUndefined();
  });
});

/** @param lines of what ffmpeg says of its encoders */
function withEncoders(lines: readonly string[]): void {
  const list = JSON.stringify(lines.map((line) => `${line}\n`).join(''));
  withFfmpeg(
    `process.stdout.write(args[0] === '-version' ? 'ffmpeg version 7.1 x' : args[1] === '-encoders' ? ${list} : '');`,
  );
}

describe('an ffmpeg without an encoder', () => {
  it.each([
    ['webm', 'WebM', 'libvpx-vp9'],
    ['prores', 'ProRes', 'prores_ks'],
    ['ffv1', 'FFV1', 'ffv1'],
  ] as const)('is refused before a render for %s', async (format, title, encoder) => {
    const has = (name: string) => {
      withEncoders([` V....D ${name} x`]);
      return checkOutputs(planOf({ base: join(temporaryFolder(), 'clip'), formats: [format] }));
    };
    await has(encoder);
    await expect(has('mpeg4')).rejects.toThrow(
      new RegExp(`Cannot write ${title}: .*ffmpeg has no encoder ${encoder}\\. Install .* or remove ${format} from`),
    );
  });

  it.each([
    ['mp4', 'MP4', ['libx264', 'aac']],
    ['webm', 'WebM', ['libopus']],
    ['prores', 'ProRes', ['pcm_s16le']],
    ['ffv1', 'FFV1', ['flac']],
  ] as const)('is refused before a render with sound for %s', async (format, title, encoders) => {
    const all = encoders.map((name) => ` ${name.startsWith('lib') ? 'V' : 'A'}....D ${name} x`);
    withEncoders(all);
    await checkSound({ formats: [format] });
    for (const [index, encoder] of encoders.entries()) {
      withEncoders(all.toSpliced(index, 1));
      await expect(checkSound({ formats: [format, 'gif'] })).rejects.toThrow(
        new RegExp(
          `^Cannot write ${title} with sound: .*ffmpeg has no encoder ${encoder}\\. Install .*, remove ${format} from .*\`audio: off\`\\.$`,
        ),
      );
    }
  });

  it('is used for a format without sound', async () => {
    withEncoders([]);
    await checkSound({ formats: ['gif', 'webp', 'png', 'apng', 'txt'] });
  });
});

describe('webm', () => {
  it('feeds ffmpeg the frames in display order, at the frame rate, and adds the source to what it wrote', async () => {
    const temporary = withFfmpeg(WRITE_WEBM);
    const base = join(temporaryFolder(), 'clip');
    const plan = planOf({ base, formats: ['webm'], order: [2, 0, 3], fps: 23.976 });
    const { files } = await writeOutputs(frames, plan);
    const bytes = readFileSync(files[0]!);
    expect(bytes.includes(Buffer.concat([2, 0, 3].map((i) => frames.rgb(i))))).toBe(true);
    expect(bytes.includes(Buffer.from('3: 🦊 fox'))).toBe(true);
    // The segment still reaches to the end of the file.
    const segment = bytes.indexOf(Buffer.from('18538067', 'hex'));
    expect(Number(bytes.readBigUInt64BE(segment + 4) & 0xffffffffffffffn)).toBe(bytes.length - segment - 12);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('passes size and rate as ffmpeg wants them', async () => {
    withFfmpeg(`process.stderr.write(JSON.stringify(args)); process.exit(1);`);
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['webm'], fps: 23.976 });
    await expect(writeOutputs(frames, plan)).rejects.toThrow(/"rgb24","-s","64x48","-framerate","23.976"/);
  });

  it('reports why ffmpeg failed, even if it does not read its input', async () => {
    const temporary = withFfmpeg(`process.stderr.write("Unknown encoder 'libvpx-vp9'"); process.exit(1);`);
    const folder = temporaryFolder();
    const plan = planOf({ base: join(folder, 'clip'), formats: ['webm'] });
    await expect(writeOutputs(movingDisc(640, 480, 4), { ...plan, width: 640, height: 480 })).rejects.toThrow(
      /Cannot write WebM.*Install an ffmpeg with VP9.*Unknown encoder 'libvpx-vp9'/,
    );
    expect([readdirSync(folder), readdirSync(temporary)]).toEqual([[], []]);
  });

  it('keeps metadata off the command line, however long they are', async () => {
    withFfmpeg(`if (args.join().includes('long')) process.exit(1); ${WRITE_WEBM}`);
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['webm'] });
    const long = { ...plan, prompts: plan.prompts.map((prompt) => ({ ...prompt, text: 'long '.repeat(200_000) })) };
    const { files } = await writeOutputs(frames, long);
    const texts = await extractTexts(files[0]!);
    expect(texts.find(({ field, text }) => field === 'comment' && text.includes('long long'))).toBeDefined();
  });
});

describe('mp4', () => {
  it('is written by the built-in encoder when ffmpeg has none', async () => {
    const temporary = withFfmpeg(`process.stderr.write("Unknown encoder 'libx264'"); process.exit(1);`);
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['mp4'] });
    const { files } = await writeOutputs(frames, plan);
    expect(readFileSync(files[0]!).includes(Buffer.from(JSON.stringify(SOURCE.slice(0, 20)).slice(1, -1)))).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ["Unknown encoder 'libx264'", 'here.mp4', /needs an ffmpeg with H\.264 \(libx264\)/],
    [
      'gone.mp4: No such file or directory',
      'gone.mp4',
      /the video was moved or deleted during the render\. Put it back/,
    ],
    ['Invalid data found', 'here.mp4', /ffmpeg stopped \(Invalid data found\)\. Use another video/],
    ['Stream map matches no streams', 'here.mp4', /ffmpeg stopped \(Stream map matches no streams\)/],
  ])('reports why its sound cannot be written: %s', async (log, name, message) => {
    withFfmpeg(`process.stderr.write(${JSON.stringify(log)}); process.exit(1);`);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'here.mp4'), 'a');
    const plan = planOf({ base: join(folder, 'clip'), formats: ['mp4'] });
    const sound = { path: join(folder, name), start: 0, seconds: 1 };
    await expect(writeOutputs(frames, plan, { sound })).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['here.mp4']);
  });
});
