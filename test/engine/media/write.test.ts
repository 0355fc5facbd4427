import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CannotWriteError, discard, publish, stageFile, stageFolder } from '../../../engine/media/atomic.ts';
import { extractTravel } from '../../../engine/media/extract.ts';
import type { Frames } from '../../../engine/media/frames.ts';
import { checkOutputs } from '../../../engine/media/write.ts';
import type { OutputFormat } from '../../../plan/plan.ts';
import { withFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, type PlanOptions, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

/** Called before each call of the file system. */
const calls = vi.hoisted(() => ({ turn: async (): Promise<void> => undefined }));

/** The real file system, in which single calls can be made to wait or fail. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const mocked = <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    vi.fn(async (...args: A): Promise<R> => {
      await calls.turn();
      return call(...args);
    });
  return {
    ...real,
    link: mocked(real.link),
    lstat: mocked(real.lstat),
    mkdir: mocked(real.mkdir),
    open: mocked(real.open),
    rename: mocked(real.rename),
    rm: mocked(real.rm),
    unlink: mocked(real.unlink),
  };
});

const frames = movingDisc(16, 16, 4);

beforeEach(withoutFfmpeg);
afterEach(() => {
  calls.turn = async () => undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.resetAllMocks();
});

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code, syscall });
}

describe('writeOutputs', () => {
  it('writes every format in the order of the plan, creates folders, and reports each format', async () => {
    const base = join(temporaryFolder(), 'new', 'folder', 'fox 🦊');
    const onFormatDone = vi.fn();
    const plan = planOf({ base, formats: ['mp4', 'png', 'webp', 'gif', 'txt', 'webp'] });
    const { files } = await writeOutputs(frames, plan, { onFormatDone });
    expect(files).toEqual([`${base}.mp4`, base, `${base}.webp`, `${base}.gif`, `${base}.txt`]);
    expect(onFormatDone).toHaveBeenCalledTimes(5);
    expect(readdirSync(join(base, '..')).sort()).toEqual(
      ['fox 🦊', 'fox 🦊.gif', 'fox 🦊.mp4', 'fox 🦊.txt', 'fox 🦊.webp'].sort(),
    );
  });

  it('never overwrites: all files of a render get the next number that is free for all', async () => {
    const base = join(temporaryFolder(), 'clip');
    writeFileSync(`${base}.gif`, 'mine');
    writeFileSync(`${base}-2.txt`, 'mine too');
    mkdirSync(`${base}-3`);
    const plan = planOf({ base, formats: ['txt', 'gif', 'png'] });
    expect((await writeOutputs(frames, plan)).files).toEqual([`${base}-4.txt`, `${base}-4.gif`, `${base}-4`]);
    expect(readFileSync(`${base}.gif`, 'utf8')).toBe('mine');
    expect(readdirSync(`${base}-3`)).toEqual([]);
  });

  it('writes simultaneous renders to different names', async () => {
    const folder = temporaryFolder();
    const plan = planOf({ base: join(folder, 'clip'), formats: ['txt'] });
    const results = await Promise.all([1, 2, 3].map(() => writeOutputs(frames, plan)));
    expect(new Set(results.flatMap(({ files }) => files)).size).toBe(3);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('works on a file system without hard links', async () => {
    const folder = temporaryFolder();
    vi.mocked(fileSystem.link).mockRejectedValue(systemError('EPERM', 'link'));
    const plan = planOf({ base: join(folder, 'clip'), formats: ['txt'] });
    await writeOutputs(frames, plan);
    expect((await writeOutputs(frames, plan)).files).toEqual([join(folder, 'clip-2.txt')]);
    expect(readdirSync(folder).sort()).toEqual(['clip-2.txt', 'clip.txt']);
  });
});

const SUFFIXES = ['', '.gif', '.txt'] as const;

/** Stages outputs with the given suffixes; each contains the name of its render. */
async function staged(base: string, suffixes: readonly string[], render: string) {
  const files = async function* () {
    yield { name: '00000.png', bytes: Buffer.from(render) };
  };
  const outputs = [];
  for (const suffix of suffixes) {
    outputs.push(await (suffix === '' ? stageFolder(base, files()) : stageFile(base, suffix, Buffer.from(render))));
  }
  return outputs;
}

const contentOf = (path: string, suffix: string) =>
  readFileSync(suffix === '' ? join(path, '00000.png') : path, 'utf8');

describe('renders that finish at the same time', () => {
  const renders = fc.array(fc.subarray([...SUFFIXES], { minLength: 1 }), { minLength: 2, maxLength: 3 });

  it.each(['with', 'without'])('lose nothing, and each has one number, %s hard links', async (links) => {
    if (links === 'without') vi.mocked(fileSystem.link).mockRejectedValue(systemError('EPERM', 'link'));
    await fc.assert(
      fc.asyncProperty(renders, fc.scheduler(), async (plans, scheduler) => {
        calls.turn = async () => undefined;
        const base = join(temporaryFolder(), 'clip');
        const outputs = await Promise.all(plans.map((suffixes, i) => staged(base, suffixes, `render ${i}`)));
        calls.turn = () => scheduler.schedule(Promise.resolve());
        const published = await scheduler.waitFor(Promise.all(outputs.map((output) => publish(base, output))));
        for (const [i, paths] of published.entries()) {
          const suffixes = plans[i]!;
          const numbers = paths.map((path, k) => path.slice(base.length, path.length - suffixes[k]!.length));
          expect(new Set(numbers).size).toBe(1);
          for (const [k, path] of paths.entries()) expect(contentOf(path, suffixes[k]!)).toBe(`render ${i}`);
        }
        const names = published.flat();
        expect(new Set(names).size).toBe(names.length);
        expect(readdirSync(join(base, '..'))).toHaveLength(names.length);
      }),
      { numRuns: 100 },
    );
  });

  it('keep a name that another program takes after it was found free, and give back the others', async () => {
    const base = join(temporaryFolder(), 'clip');
    const outputs = await staged(base, ['', '.txt'], 'new');
    const { link } = await vi.importActual<typeof fileSystem>('node:fs/promises');
    vi.mocked(fileSystem.link).mockImplementationOnce(async (from, to) => {
      writeFileSync(to, 'mine');
      return link(from, to);
    });
    expect(await publish(base, outputs)).toEqual([`${base}-2`, `${base}-2.txt`]);
    expect(readFileSync(`${base}.txt`, 'utf8')).toBe('mine');
    expect(readdirSync(join(base, '..')).sort()).toEqual(['clip-2', 'clip-2.txt', 'clip.txt']);
  });
});

describe('outputs that were not complete', () => {
  const HOUR = 60 * 60 * 1000;
  const put = (folder: string, name: string, age: number) => {
    mkdirSync(join(folder, name));
    const time = new Date(Date.now() - age);
    utimesSync(join(folder, name), time, time);
  };

  it('are removed by the next render if the process that wrote them is gone, and no others are', async () => {
    const folder = temporaryFolder();
    // No system gives a process this number.
    put(folder, '.travel-4294967295-a.partial', 2 * HOUR);
    put(folder, '.travel-4294967295-b.partial', HOUR / 2);
    put(folder, `.travel-${process.pid}-c.partial`, 2 * HOUR);
    put(folder, '.travel-notes', 2 * HOUR);
    await checkOutputs(planOf({ base: join(folder, 'clip'), formats: ['txt'] }));
    expect(readdirSync(folder).sort()).toEqual(
      [`.travel-4294967295-b.partial`, `.travel-${process.pid}-c.partial`, '.travel-notes'].sort(),
    );
  });
});

describe('writeOutputs that fails', () => {
  it.each([
    ['ENOSPC', 'write', /the disk is full.*Free some space/],
    ['EROFS', 'open', /the disk is read-only.*another folder/],
    ['EACCES', 'open', /permission denied/],
    ['EIO', 'fsync', /the operating system reported an error.*EIO at fsync/],
  ])('says what %s means and leaves nothing', async (code, syscall, message) => {
    const folder = temporaryFolder();
    const open = vi.mocked(fileSystem.open).getMockImplementation()!;
    vi.mocked(fileSystem.open).mockImplementation(async (path, flags, mode) => {
      if (syscall === 'open') throw systemError(code, syscall);
      const file = await open(path, flags, mode);
      if (syscall === 'fsync') vi.spyOn(file, 'sync').mockRejectedValue(systemError(code, syscall));
      else vi.spyOn(file, 'writeFile').mockRejectedValue(systemError(code, syscall));
      return file;
    });
    for (const format of ['txt', 'png'] as const) {
      const plan = planOf({ base: join(folder, 'clip'), formats: [format] });
      const failure = await writeOutputs(frames, plan).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CannotWriteError);
      expect(String(failure)).toMatch(message);
      expect(String(failure)).toContain(join(folder, 'clip'));
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('reports a name that is too long, or a path with a file as folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const to = (base: string) => writeOutputs(frames, planOf({ base, formats: ['txt'] }));
    await expect(to(join(folder, 'x'.repeat(300)))).rejects.toThrow(/file name is too long/);
    await expect(to(join(folder, 'file', 'clip'))).rejects.toThrow(/part of the path is a file/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('still writes the other formats, and reports which', async () => {
    const base = join(temporaryFolder(), 'clip');
    const plan = planOf({ base, formats: ['webm', 'txt'] });
    await expect(writeOutputs(frames, plan)).rejects.toThrow(
      new RegExp(`needs ffmpeg, which was not found.*Install it.*\nWritten completely: ${base}\\.txt\\.`),
    );
    expect((await extractTravel(`${base}.txt`)).source).toBe(SOURCE);
  });

  it('passes on what is not about writing', async () => {
    const broken: Frames = { ...frames, rgb: () => new Uint8Array(5) };
    const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['webp'] });
    await expect(writeOutputs(broken, plan)).rejects.not.toBeInstanceOf(CannotWriteError);
  });
});

describe('checkOutputs', () => {
  it('leaves nothing, neither a file nor a folder that it created', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'mine'));
    for (const base of ['new/clip', 'new/a/b/clip', 'mine/clip', 'mine/new/clip']) {
      await checkOutputs(planOf({ base: join(folder, base), formats: ['webp', 'png'] }));
      expect(readdirSync(folder, { recursive: true })).toEqual(['mine']);
    }
  });

  it('finds before the render what would fail after it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const check = (base: string, format: OutputFormat) => checkOutputs(planOf({ base, formats: [format] }));
    for (const format of ['webm', 'prores', 'ffv1'] as const) {
      await expect(check(join(folder, 'clip'), format)).rejects.toThrow(/needs ffmpeg, which was not found/);
    }
    await expect(check(join(folder, 'file', 'clip'), 'gif')).rejects.toThrow(/part of the path is a file/);
    await expect(check(join(folder, 'x'.repeat(300)), 'png')).rejects.toThrow(/file name is too long/);
    vi.mocked(fileSystem.open).mockRejectedValue(systemError('EROFS', 'open'));
    await expect(check(join(folder, 'clip'), 'gif')).rejects.toThrow(/read-only/);
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('checkOutputs of a clip that a format cannot store', () => {
  it.each<[OutputFormat, PlanOptions, RegExp]>([
    ['gif', { fps: 0.001 }, /^CannotWriteError: 0\.001 fps is too slow for gif/],
    ['gif', { fps: 1e-300 }, /too slow for gif/],
    ['gif', { loop: 65_537 }, /A loop of 65537 is too long for gif/],
    ['webp', { fps: 0.015 }, /0\.015 fps is too slow for webp/],
    ['webp', { loop: 65_536 }, /too long for webp/],
    ['webp', { order: Array(208_334).fill(0) }, /208334 frames are too many for webp.*stores 208333/],
    ['mp4', { fps: 0.00009 }, /too slow for mp4/],
    ['mp4', { order: Array(429_497).fill(0) }, /too many for mp4/],
  ])('refuses a %s with %j before anything is made', async (format, options, message) => {
    const folder = temporaryFolder();
    const plan = planOf({ ...options, base: join(folder, 'new', 'clip'), formats: ['txt', format] });
    const failure = await checkOutputs(plan).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CannotWriteError);
    expect(String(failure)).toMatch(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each<[OutputFormat, PlanOptions]>([
    ['gif', { fps: 0.0016, loop: 65_536 }],
    ['webp', { fps: 0.0153, loop: 65_535 }],
    ['mp4', { fps: 0.0001 }],
    ['png', { fps: 1e-9 }],
    ['txt', { fps: 1e-9, loop: 1e9 }],
  ])('writes a %s at its limits', async (format, options) => {
    const plan = planOf({ ...options, base: join(temporaryFolder(), 'clip'), formats: [format] });
    await checkOutputs(plan);
    expect((await writeOutputs(frames, plan)).files).toHaveLength(1);
  });
});

describe('folders that a render creates', () => {
  it('are removed if it fails, unless something else is in them', async () => {
    const folder = temporaryFolder();
    const base = join(folder, 'a', 'b', 'clip');
    const outputs = await staged(base, ['.gif', ''], 'render');
    writeFileSync(join(folder, 'a', 'mine.txt'), '');
    await discard(outputs);
    expect(readdirSync(folder, { recursive: true })).toEqual(['a', join('a', 'mine.txt')]);
  });

  it('can vanish while another render writes into them', async () => {
    const base = join(temporaryFolder(), 'new', 'clip');
    const checks = Array.from({ length: 20 }, () => checkOutputs(planOf({ base })));
    const written = writeOutputs(frames, planOf({ base, formats: ['txt'] }));
    await Promise.all([...checks, written]);
    expect(readdirSync(join(base, '..'))).toEqual(['clip.txt']);
  });
});

describe('writeOutputs, cancelled', () => {
  const FORMATS = [
    'webp',
    'gif',
    'mp4',
    'apng',
    'png',
    'txt',
    'webm',
    'prores',
    'ffv1',
  ] as const satisfies OutputFormat[];

  it('writes nothing when it was cancelled before', async () => {
    const folder = temporaryFolder();
    const plan = planOf({ base: join(folder, 'new', 'clip'), formats: FORMATS });
    await expect(writeOutputs(frames, plan, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it.each(FORMATS.filter((format) => format !== 'txt'))('leaves nothing of a %s', async (format) => {
    const temporary = withFfmpeg('process.stdin.on("data", () => {}); setInterval(() => {}, 1e6);');
    const cancel = new AbortController();
    const cancelling: Frames = {
      ...frames,
      rgb: (index) => {
        if (index === 1) setImmediate(() => cancel.abort());
        return frames.rgb(index);
      },
    };
    const folder = temporaryFolder();
    const plan = planOf({ base: join(folder, 'new', 'clips', 'clip'), formats: [format] });
    await expect(writeOutputs(cancelling, plan, { signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
