import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { annotateClip } from '../../../engine/pipelines/annotate-clip.ts';
import type { ClipInputs } from '../../../plan/clip-inputs.ts';
import { fileRef } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel hints '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function still(path: string, level: number): Promise<void> {
  const background = { r: level, g: 0, b: 0 };
  await sharp({ create: { width: 16, height: 8, channels: 3, background } })
    .png()
    .toFile(path);
}

interface Paths {
  readonly units: readonly (readonly (string | null)[])[];
  readonly start?: readonly string[];
  readonly masks?: readonly string[];
}

/** A clip whose units invert images, one for each frame. */
async function clipOf({ units, start, masks }: Paths): Promise<ClipInputs> {
  const used = [...new Set([...units.flat(), ...(start ?? [])].filter((path) => path !== null))];
  const at = (path: string | null) => (path === null ? null : used.indexOf(path));
  return {
    ...{ width: 16, height: 8, seed: 1 },
    pictures: await Promise.all(used.map(async (path) => ({ file: await fileRef(path) }))),
    start: start ? { frames: start.map(at), problem: null } : null,
    ...(masks && { masks: await Promise.all(masks.map(fileRef)) }),
    units: units.map((frames) => ({
      ...{ model: 'canny', preprocessor: 'invert', problem: null },
      hint: { name: 'canny', preprocessor: 'invert', resize: 'stretch' as const },
      frames: frames.map(at),
    })),
  };
}

async function annotate(out: string, clip: ClipInputs, changes: { readonly onProgress?: () => void } = {}) {
  const warnings: string[] = [];
  await annotateClip(clip, {
    folder: out,
    cacheFolder: null,
    signal: new AbortController().signal,
    warn: (line) => void warnings.push(line),
    info: () => undefined,
    onProgress: () => undefined,
    ...changes,
  });
  return warnings;
}

/** All files below a folder, with contents. */
async function contents(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(path, 'base64')])));
}

/** A folder for a test, with two images and two hints of each of two units. */
async function tree(name: string) {
  const root = join(folder, name);
  await mkdir(root);
  const images = [join(root, 'a.png'), join(root, 'b.png')];
  await still(images[0]!, 50);
  await still(images[1]!, 150);
  const out = join(root, 'hints');
  await annotate(out, await clipOf({ units: [images, images] }));
  const hints = [0, 1].map((unit) => [0, 1].map((frame) => join(out, `unit-${unit + 1}`, `0000${frame}.png`)));
  return { root, images, out, hints };
}
type Tree = Awaited<ReturnType<typeof tree>>;

describe('hints that would replace what they may not', () => {
  it.each<[string, (tree: Tree) => Promise<{ clip: Paths; out?: string }>, RegExp]>([
    [
      'an input, which an earlier run wrote',
      async ({ hints }) => ({ clip: { units: [hints[0]!] } }),
      /inputs of this file \(unit-1\/00000\.png, unit-1\/00001\.png\)\. Choose another folder with `--out`\.$/,
    ],
    [
      'an input, which nobody knows',
      async ({ root, images, hints }) => {
        await mkdir(join(root, 'mine/unit-1'), { recursive: true });
        const own = join(root, 'mine/unit-1/00000.png');
        await cp(hints[0]![0]!, own);
        return { clip: { units: [[own, images[0]!]] }, out: join(root, 'mine') };
      },
      /inputs of this file \(unit-1\/00000\.png\)/,
    ],
    [
      'an input, by a link to the folder',
      async ({ root, out, hints }) => {
        await symlink(out, join(root, 'link'));
        return { clip: { units: [hints[0]!] }, out: join(root, 'link') };
      },
      /inputs of this file \(unit-1\/00000\.png, unit-1\/00001\.png\)/,
    ],
    [
      'an input, which a link names',
      async ({ root, images, hints }) => {
        await symlink(hints[1]![1]!, join(root, 'link.png'));
        return { clip: { units: [images, [images[0]!, join(root, 'link.png')]] } };
      },
      /inputs of this file \(unit-2\/00001\.png\)/,
    ],
    [
      'an input of another unit',
      async ({ images, hints }) => ({ clip: { units: [images, hints[0]!] } }),
      /inputs of this file \(unit-1\/00000\.png, unit-1\/00001\.png\)/,
    ],
    [
      'inputs in another order',
      async ({ hints }) => ({ clip: { units: [hints[0]!.toReversed()] } }),
      /inputs of this file \(unit-1\/00000\.png, unit-1\/00001\.png\)/,
    ],
    [
      'what frames start from',
      async ({ images, hints }) => ({ clip: { units: [images], start: [hints[0]![1]!] } }),
      /inputs of this file \(unit-1\/00001\.png\)/,
    ],
    [
      'a mask',
      async ({ images, hints }) => ({ clip: { units: [images], masks: [hints[0]![1]!] } }),
      /inputs of this file \(unit-1\/00001\.png\)/,
    ],
    [
      'a hint that was painted over',
      async ({ images, hints }) => {
        await still(hints[1]![0]!, 1);
        return { clip: { units: [images, images] } };
      },
      /files that were changed, or that another program wrote \(unit-2\/00000\.png\)\. Move them, or choose another folder with `--out`\.$/,
    ],
    [
      'a hint that was replaced by another one',
      async ({ images, hints }) => {
        await cp(hints[0]![1]!, hints[0]![0]!);
        return { clip: { units: [images] } };
      },
      /another program wrote \(unit-1\/00000\.png\)/,
    ],
    [
      'files without a record',
      async ({ root, images, hints }) => {
        await mkdir(join(root, 'theirs/unit-1'), { recursive: true });
        await cp(hints[0]![0]!, join(root, 'theirs/unit-1/00001.png'));
        return { clip: { units: [images] }, out: join(root, 'theirs') };
      },
      /another program wrote \(unit-1\/00001\.png\)/,
    ],
    [
      'a link that leads nowhere',
      async ({ root, images }) => {
        await mkdir(join(root, 'links/unit-1'), { recursive: true });
        await symlink('nowhere.png', join(root, 'links/unit-1/00001.png'));
        return { clip: { units: [images] }, out: join(root, 'links') };
      },
      /another program wrote \(unit-1\/00001\.png\)/,
    ],
    [
      'a folder of that name',
      async ({ root, images }) => {
        await mkdir(join(root, 'folders/unit-1/00001.png'), { recursive: true });
        return { clip: { units: [images] }, out: join(root, 'folders') };
      },
      /another program wrote \(unit-1\/00001\.png\)/,
    ],
    [
      'inputs and others',
      async ({ hints, images }) => {
        await still(hints[1]![1]!, 1);
        return { clip: { units: [hints[0]!, images] } };
      },
      /^No hints were written to .*hints: they would replace inputs of this file \(unit-1.*\) and files that were .*\(unit-2\/00001\.png\)\. Choose/,
    ],
  ])('are refused before anything is written: %s', async (name, prepare, message) => {
    const made = await tree(`refused ${name}`);
    const { clip, out = made.out } = await prepare(made);
    const before = await contents(made.root);
    await expect(annotate(out, await clipOf(clip))).rejects.toThrow(message);
    expect(await contents(made.root)).toEqual(before);
  });

  it.each<[string, (tree: Tree) => Promise<Paths>]>([
    ['that an earlier run wrote', async ({ images }) => ({ units: [images.toReversed(), images] })],
    [
      'of a frame on which no unit acts',
      async ({ images, hints }) => {
        await still(hints[0]![1]!, 1);
        return { units: [[images[0]!, null], images] };
      },
    ],
    [
      'of another unit that is no target',
      async ({ images, hints }) => {
        await rename(hints[1]![0]!, join(hints[1]![0]!, '../own.png'));
        return { units: [[join(hints[1]![0]!, '../own.png'), images[1]!]] };
      },
    ],
  ])('are those alone: files are written beside others, %s', async (name, prepare) => {
    const made = await tree(`written ${name}`);
    await annotate(made.out, await clipOf(await prepare(made)));
    expect((await stat(made.hints[0]![0]!)).isFile()).toBe(true);
  });

  it('are not those of a run that failed half-way', async () => {
    const { images, out } = await tree('failed');
    const clip = await clipOf({ units: [images, images] });
    await writeFile(images[1]!, 'broken');
    await expect(annotate(out, clip)).rejects.toThrow(/broken|changed/);
    await still(images[1]!, 70);
    expect(await annotate(out, await clipOf({ units: [images, images] }))).toEqual([]);
  });

  it('are not those of a run that was killed, whenever that was', async () => {
    const { root, images, out } = await tree('killed');
    const clip = await clipOf({ units: [images.toReversed(), images] });
    const left: string[] = [];
    const onProgress = () => {
      left.push(join(root, `left ${left.length}`));
      cpSync(out, left.at(-1)!, { recursive: true });
    };
    await annotate(out, clip, { onProgress });
    expect(left).toHaveLength(5);
    for (const each of left) expect(await annotate(each, clip)).toEqual([]);
  });

  it.each([
    ['before a hint was written', `${'0'.repeat(64)}  unit-1/00000.png\n`],
    ['while it was noted', `${'0'.repeat(64)}  unit-1/0`],
  ])('are not those of a run that was killed %s', async (when, end) => {
    const { images, out } = await tree(`killed ${when}`);
    await appendFile(join(out, '.hints.sha256'), end);
    for (const units of [[images.toReversed()], [images]]) await annotate(out, await clipOf({ units }));
    expect(await annotate(out, await clipOf({ units: [images.slice(0, 1)] }))).toEqual([
      'Removed 1 hint of an earlier run that this one does not have: unit-1/00001.png.',
    ]);
  });
});
