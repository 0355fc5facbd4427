import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RendersPlace } from '../../../client/preview/former-places.ts';
import type { RenderedFile } from '../../../client/preview/rendered-files.ts';
import { type PublishedPlan, publishedPlan } from '../../../plan/published-plan.ts';
import type { ExtractResult } from '../../../protocol/engine.ts';
import { planOf } from '../../rendering/plans.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { clipContent, thumbnail } = await import('../../../client/preview/clip-content.ts');
const { clipOf, nameOf, playable, RenderedFiles } = await import('../../../client/preview/rendered-files.ts');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renders-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** @param age in seconds */
async function put(name: string, age = 0, content: Uint8Array | string = 'x'): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  const time = Date.now() / 1000 - age;
  await utimes(path, time, time);
  return path;
}

const PLAN = publishedPlan({ ...planOf(), name: 'fox' }, new Map());
const stored = (plan: Partial<PublishedPlan> = {}): ExtractResult => ({
  ok: true,
  source: 'a fox',
  plan: { ok: true, plan: { ...PLAN, ...plan } },
});

async function find(
  files: InstanceType<typeof RenderedFiles>,
  ...former: readonly RendersPlace[]
): Promise<(readonly RenderedFile[])[]> {
  const all: (readonly RenderedFile[])[] = [];
  for await (const found of files.find([{ folder, name: 'fox', until: null }, ...former])) all.push(found.files);
  return all;
}

describe('the renders of a file', () => {
  it('are found in the output folder and below, newest first, all formats of one as one', async () => {
    await put('2026-03-01-42.mp4', 30);
    await put('2026-03-01-42.webp', 31);
    await put('fox/2026-03-02.gif', 10);
    await put('fox/frames/00000.png', 20);
    await put('fox/frames/00001.png', 20);
    await utimes(join(folder, 'fox/frames'), Date.now() / 1000 - 20, Date.now() / 1000 - 20);
    await put('notes.txt');
    await put('node_modules/x/a.png');
    await put('.cache/a.png');
    await put('a/b/c/d/too-deep.png');
    const files = new RenderedFiles(async () => stored());
    const [first, all] = await find(files);
    expect(first!.map(({ name }) => name)).toEqual(['2026-03-02']);
    expect(all!.map(({ paths }) => paths.map((path) => path.slice(folder.length + 1)))).toEqual([
      ['fox/2026-03-02.gif'],
      ['fox/frames'],
      ['2026-03-01-42.webp', '2026-03-01-42.mp4'],
    ]);
    expect(all![0]).toMatchObject({ source: 'a fox', seed: PLAN.sampling.seed, fps: PLAN.output.fps });
  });

  it('are those whose plan has its name, or cannot be read; other pictures are not listed', async () => {
    await put('other.webp', 1);
    await put('holiday.png', 2);
    await put('later.webp', 3);
    const files = new RenderedFiles(async (path) => {
      if (path.endsWith('holiday.png')) return { ok: false, message: 'It has no source.' };
      if (path.endsWith('other.webp')) return stored({ name: 'cat' });
      return { ok: true, source: 'later', plan: { ok: false, reason: 'It is newer.' } };
    });
    expect((await find(files)).at(-1)).toMatchObject([{ name: 'later', source: 'later', seed: null, fps: null }]);
  });

  it('are found under the names and in the folders that the file had before, unless they are of a later file', async () => {
    await put('wolf/new.webp', 1);
    await put('fox/old.webp', 30);
    await put('fox/of-another-fox.webp', 5);
    await put('shared/old.webp', 40);
    const files = new RenderedFiles(async (path) =>
      stored({ name: path.includes('wolf') ? 'fox' : path.includes('shared') ? 'cat' : 'kit' }),
    );
    const until = Date.now() - 20_000;
    const all = await find(
      files,
      { folder: join(folder, 'fox'), name: 'kit', until },
      { folder: join(folder, 'shared'), name: 'kit', until },
    );
    expect(all.at(-1)!.map(({ path }) => path.slice(folder.length + 1))).toEqual(['wolf/new.webp', 'fox/old.webp']);
  });

  it('say how far they got if they were stopped early', async () => {
    await put('a.webp');
    const sampling = { ...PLAN.sampling, sampler: 'DDIM', steps: 60 } as const;
    const found = async (until: number | null) =>
      (await find(new RenderedFiles(async () => stored({ sampling: { ...sampling, until } })))).at(-1)![0]!.stopped;
    // Of the steps that the sampler makes.
    expect(await found(8)).toEqual({ after: 8, of: 62 });
    expect(await found(null)).toBeNull();
  });

  it('are read once, until a file changes', async () => {
    const extract = vi.fn(async () => stored());
    const files = new RenderedFiles(extract);
    await put('a.webp', 10);
    await find(files);
    await find(files);
    expect(extract).toHaveBeenCalledTimes(1);
    await put('a.webp', 5);
    await find(files);
    expect(extract).toHaveBeenCalledTimes(2);
  });

  it('are 100 at most, and none without a folder', async () => {
    for (let i = 0; i < 120; i++) await put(`${i}.webp`, i);
    const files = new RenderedFiles(async () => stored());
    const all = (await find(files)).at(-1)!;
    expect(all).toHaveLength(100);
    expect(all.at(-1)!.name).toBe('99');
    await rm(folder, { recursive: true });
    expect(await find(files)).toEqual([[]]);
    await mkdir(folder);
  });

  it('have a name and a file to play', () => {
    expect(nameOf('/a/2026-03-01-42.webp')).toBe('2026-03-01-42');
    expect(nameOf('/a/frames')).toBe('frames');
    expect(playable(['/a/x.mp4', '/a/x.webp', '/a/x'])).toBe('/a/x.webp');
    expect(playable(['/a/x.mp4', '/a/frames'])).toBe('/a/frames');
    expect(playable(['/a/x.txt'])).toBe('/a/x.txt');
    expect(playable([])).toBeUndefined();
  });
});

const pixels = (count: number) => Buffer.from(Array.from({ length: count * 8 * 8 * 3 }, (_, i) => (i * 7) % 256));
const raw = (height: number) => ({ raw: { width: 8, height, channels: 3 as const, pageHeight: 8 } });
const animation = () =>
  sharp(pixels(3), { ...raw(24), animated: true })
    .webp({ loop: 0, delay: [125, 125, 125] })
    .toBuffer();

describe('the clip of a rendered file', () => {
  it('is the file itself, and of a text file what was rendered with it', async () => {
    const [mp4, text, lone] = [await put('fox.mp4'), await put('fox.txt'), await put('lone.txt')];
    expect([await clipOf(mp4), await clipOf(text), await clipOf(lone)]).toEqual([mp4, mp4, lone]);
    const webp = await put('fox.webp');
    expect(await clipOf(text)).toBe(webp);
    await put('cat/00000.png');
    expect(await clipOf(await put('cat.txt'))).toBe(join(folder, 'cat'));
  });
});

describe('a clip', () => {
  it('is the whole file, in memory of its own', async () => {
    const bytes = await animation();
    const content = await clipContent(await put('a.webp', 0, bytes), 8);
    expect(content).toMatchObject({ kind: 'animation', mime: 'image/webp', fps: 8 });
    if (content.kind !== 'animation') throw new Error('It has no bytes.');
    expect(content.bytes).toEqual(new Uint8Array(bytes));
    expect(content.bytes.buffer.byteLength).toBe(bytes.length);
  });

  it('is the frames of a folder in the order of their numbers', async () => {
    await put('f/10.png', 0, 'ten');
    await put('f/9.png', 0, 'nine');
    await put('f/note.txt');
    const content = await clipContent(join(folder, 'f'), 12);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    expect(content).toMatchObject({ kind: 'frames', mime: 'image/png', fps: 12 });
    expect(content.kind === 'frames' && content.images.map(text)).toEqual(['nine', 'ten']);
  });

  it.each([
    ['a.mp4', 'MP4 files cannot be played in VS Code.'],
    ['a.webm', 'WEBM files cannot be played in VS Code.'],
    ['a.mov', 'MOV files cannot be played in VS Code.'],
    ['a.mkv', 'MKV files cannot be played in VS Code.'],
    ['a.txt', 'TXT files cannot be played in VS Code.'],
  ])('that webviews cannot show says so: %s', async (name, reason) => {
    const content = await clipContent(await put(name), 8);
    expect(content).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining(reason) });
  });

  it('that is gone says so', async () => {
    const content = await clipContent(join(folder, 'gone.webp'), 8);
    expect(content).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining('cannot be read') });
  });
});

describe('a thumbnail', () => {
  it('of an animation is its first frame alone', async () => {
    const bytes = await animation();
    const still = await thumbnail(await put('a.webp', 0, bytes));
    expect(still!.mime).toBe('image/webp');
    expect(still!.image.length).toBeLessThan(bytes.length);
    const metadata = await sharp(still!.image).metadata();
    expect(metadata).toMatchObject({ format: 'webp', width: 8, height: 8 });
    expect(metadata.pages).toBeUndefined();
    const first = await sharp(bytes, { page: 0 }).removeAlpha().raw().toBuffer();
    expect(await sharp(still!.image).removeAlpha().raw().toBuffer()).toEqual(first);
  });

  it('of another file is the file, and of a folder its first frame', async () => {
    const png = await sharp(pixels(1), { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toBuffer();
    expect((await thumbnail(await put('a.png', 0, png)))!.image).toEqual(new Uint8Array(png));
    await put('f/2.png', 0, 'b');
    await put('f/1.png', 0, 'a');
    expect((await thumbnail(join(folder, 'f')))!.image).toEqual(new TextEncoder().encode('a'));
    const stillWebp = await sharp(png).webp().toBuffer();
    expect((await thumbnail(await put('b.webp', 0, stillWebp)))!.image).toEqual(new Uint8Array(stillWebp));
  });

  it.each([
    ['no.mp4', 'x'],
    ['broken.webp', 'RIFF'],
  ])('is missing or the file, but never an error: %s', async (name, content) => {
    const path = await put(name, 0, content);
    expect(await thumbnail(path)).toEqual(
      name === 'no.mp4' ? null : { image: new TextEncoder().encode('RIFF'), mime: 'image/webp' },
    );
    expect(await thumbnail(join(folder, 'gone.webp'))).toBeNull();
  });
});
