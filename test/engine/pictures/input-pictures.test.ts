import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import { inputPictures } from '../../../engine/pictures/input-pictures.ts';
import { annotateClip } from '../../../engine/pipelines/annotate-clip.ts';
import { HintMaker, identifyPictures } from '../../../engine/pipelines/hint-maker.ts';
import type { ClipInputs, HintUnit } from '../../../plan/clip-inputs.ts';
import { faultKey, hintKey, readEmptyHints } from '../../../plan/empty-hints.ts';
import { EMPTY_HINTS } from '../../../protocol/cache-layout.ts';
import type { ShownPicture, WantedPicture } from '../../../protocol/engine.ts';
import { fileRef } from '../pipelines/plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel inputs '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const image = (red: number) =>
  sharp({ create: { width: 48, height: 24, channels: 3, background: { r: red, g: 0, b: 0 } } }).png();

async function still(name: string, red: number) {
  const path = join(folder, name);
  await image(red).toFile(path);
  return { file: await fileRef(path) };
}

/** Two frames of 100 ms. */
async function video(name: string, levels: readonly number[]) {
  const path = join(folder, name);
  const frames = await Promise.all(levels.map((red) => image(red).toBuffer()));
  await sharp(frames, { join: { animated: true } })
    .gif({ delay: frames.map(() => 100) })
    .toFile(path);
  const file = await fileRef(path);
  return (at: number) => ({ file, shown: { at, from: 0, to: null, repeat: false } });
}

const NONE: HintUnit = { name: 'pose', preprocessor: 'none', resize: 'stretch' };
const INVERT: HintUnit = { name: 'canny', preprocessor: 'invert', resize: 'stretch' };
const signal = new AbortController().signal;

async function shownOf(wanted: WantedPicture[], longestSide = 32): Promise<ShownPicture[]> {
  return inputPictures({ width: 64, height: 64, seed: 1, longestSide, cacheFolder: null, wanted }, signal);
}

async function described(shown: ShownPicture | undefined): Promise<string> {
  if (!shown?.ok) return shown?.message ?? 'nothing';
  const { data, info } = await sharp(shown.webp).raw().toBuffer({ resolveWithObject: true });
  return `${info.width}×${info.height} ${Math.round(data[0]! / 10) * 10}`;
}

describe('pictures of what guides a clip', () => {
  it('are source frames and hints, as small as they are wanted, in the order of the request', async () => {
    const at = await video('levels.gif', [13, 200]);
    const shown = await shownOf([
      { picture: at(0.1), unit: null },
      { picture: at(0), unit: INVERT },
      { picture: await still('a.png', 97), unit: INVERT },
      { picture: at(0), unit: null },
    ]);
    expect(await Promise.all(shown.map(described))).toEqual(['32×16 200', '32×32 240', '32×32 160', '32×16 10']);
    const [large] = await shownOf([{ picture: at(0.1), unit: null }], 500);
    expect(await described(large)).toBe('48×24 200');
  });

  it('have the reason why one cannot be made, and the others are there', async () => {
    const broken = join(folder, 'broken.png');
    await writeFile(broken, 'not an image');
    const shown = await shownOf([
      { picture: { file: await fileRef(broken) }, unit: INVERT },
      { picture: { file: { path: join(folder, 'gone.png'), size: 1, mtimeMs: 1 } }, unit: null },
      { picture: await still('b.png', 50), unit: null },
    ]);
    expect(await Promise.all(shown.map(described))).toEqual([
      expect.stringContaining('broken.png cannot be read'),
      expect.stringContaining('gone.png cannot be opened any more'),
      '32×16 50',
    ]);
  });

  it('are not made after a cancel', async () => {
    const wanted = [{ picture: await still('c.png', 50), unit: null }];
    const request = { width: 64, height: 64, seed: 1, longestSide: 32, cacheFolder: null, wanted };
    await expect(inputPictures(request, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

describe('annotateClip', () => {
  const unit = { model: 'canny', preprocessor: 'invert', hint: INVERT, problem: null };
  const optionsOf = (out: string) => ({
    folder: join(folder, out),
    cacheFolder: null,
    signal,
    warn: () => undefined,
    info: () => undefined,
    onProgress: () => undefined,
  });

  it('reports frames with black hints, with both ways out, and keeps them for the editor', async () => {
    const cacheFolder = join(folder, 'cache of black hints');
    const none: HintUnit = { name: 'pose', preprocessor: 'none', resize: 'stretch' };
    const pictures = [await still('somebody.png', 90), await still('nobody.png', 0)];
    const inputs = (empty?: 'hold' | 'off'): ClipInputs => ({
      ...{ width: 16, height: 8, seed: 1, pictures, start: null },
      units: [
        { ...unit, model: 'pose', preprocessor: 'none', hint: none, frames: [1, 0, 1, 1, 0], ...(empty && { empty }) },
      ],
    });
    const linesOf = async (clip: ClipInputs) => {
      const lines: string[] = [];
      const warn = (line: string) => void lines.push(`warning: ${line}`);
      const info = (line: string) => void lines.push(`info: ${line}`);
      await annotateClip(clip, { ...optionsOf(`black ${clip.units[0]!.empty}`), cacheFolder, warn, info });
      return lines;
    };
    const what = 'The hint of pose is black in frames 0, 2–3: nothing was found there.';
    expect(await linesOf(inputs())).toEqual([
      `warning: ${what} The unit guides these frames by black. Set \`empty: hold\` to hold the last hint, or \`empty: off\` for weight 0.`,
    ]);
    expect(await linesOf(inputs('hold'))).toEqual([`info: ${what} The last hint is held.`]);
    const kept = async () => readEmptyHints(await readFile(join(cacheFolder, EMPTY_HINTS), 'utf8'));
    expect(await kept()).toEqual([hintKey(none, pictures[1]!, { width: 16, height: 8 })]);
    // The preview finds others, from the cache, too.
    const wanted = [0, 1, 2].map(() => ({ picture: pictures[1]!, unit: none }));
    const request = { width: 32, height: 32, seed: 1, longestSide: 32, cacheFolder, wanted };
    await inputPictures(request, signal);
    await inputPictures(request, signal);
    expect(await kept()).toEqual([
      hintKey(none, pictures[1]!, { width: 16, height: 8 }),
      hintKey(none, pictures[1]!, { width: 32, height: 32 }),
    ]);
  });

  it.each([
    [
      undefined,
      'guides all of these frames by black. Use another input or preprocessor, or `empty: off` for weight 0.',
    ],
    ['hold', 'does not act in any of these frames. Use another input or preprocessor.'],
    ['off', 'does not act in any of these frames. Use another input or preprocessor.'],
  ] as const)('reports a unit whose hints are all black, with `empty: %s`', async (empty, does) => {
    const hint: HintUnit = { name: 'pose', preprocessor: 'none', resize: 'stretch' };
    const inputs: ClipInputs = {
      ...{ width: 16, height: 8, seed: 1, pictures: [await still('all black.png', 0)], start: null },
      units: [{ ...unit, model: 'pose', hint, frames: [null, 0, 0], ...(empty && { empty }) }],
    };
    const lines: string[] = [];
    await annotateClip(inputs, { ...optionsOf(`all black ${empty}`), warn: (line) => void lines.push(line) });
    expect(lines).toEqual([`The hint of pose is black in frames 1–2: nothing was found there. The unit ${does}`]);
  });

  it.each([
    ['canny', 'ink', 'dark-lines'],
    ['scribble', 'ink', 'dark-lines'],
    ['canny', 'photo', 'not-edges'],
    ['scribble', 'photo', null],
    ['pose', 'ink', null],
    ['canny', 'edges', null],
  ] as const)('keeps for the editor what a model of %s does not know: %s', async (name, kind, fault) => {
    const levels = { ink: [255, 0], photo: [90, 160], edges: [0, 255] }[kind];
    const stripe = (level: number, height: number) =>
      sharp({ create: { width: 16, height, channels: 3, background: { r: level, g: level, b: level } } }).png();
    const path = join(folder, `${kind}.png`);
    const line = await stripe(levels[1]!, 2).toBuffer();
    await stripe(levels[0]!, 8)
      .composite([{ input: line, top: 3, left: 0 }])
      .toFile(path);
    const picture = { file: await fileRef(path) };
    const cacheFolder = join(folder, `cache of ${name} ${kind}`);
    const hint = { ...NONE, name };
    const inputs: ClipInputs = {
      ...{ width: 16, height: 8, seed: 1, pictures: [picture], start: null },
      units: [{ ...unit, model: name, hint, frames: [0] }],
    };
    const kept = async () => readEmptyHints(await readFile(join(cacheFolder, EMPTY_HINTS), 'utf8').catch(() => ''));
    const expected = fault === null ? [] : [faultKey(fault, hintKey(hint, picture, { width: 16, height: 8 }))];
    await annotateClip(inputs, { ...optionsOf(`faults ${name} ${kind}`), cacheFolder });
    expect(await kept()).toEqual(expected);
    // From the cache, too.
    await rm(join(cacheFolder, EMPTY_HINTS), { force: true });
    await annotateClip(inputs, { ...optionsOf(`faults ${name} ${kind}`), cacheFolder });
    expect(await kept()).toEqual(expected);
  });

  it('keeps for the editor what is wrong with copies of an image, of which a render reads one', async () => {
    const pictures = [await still('copy 1.png', 0), await still('copy 2.png', 0), await still('other.png', 90)];
    const cacheFolder = join(folder, 'cache of copies');
    const context = { cacheFolder, signal, warn: () => undefined, info: () => undefined, files: new ModelFiles() };
    const size = { width: 16, height: 8 };
    const maker = new HintMaker({ ...size, pictures, seed: 1 }, context, await identifyPictures(pictures, context));
    for await (const { indices } of maker.hints(NONE, new Set([1, 2]))) expect(indices).toHaveLength(1);
    const kept = readEmptyHints(await readFile(join(cacheFolder, EMPTY_HINTS), 'utf8'));
    expect(kept).toEqual([pictures[0]!, pictures[1]!].map((picture) => hintKey(NONE, picture, size)));
  });

  it.each<[ClipInputs['units'][number]['empty'], Readonly<Record<string, 'somebody' | 'nobody'>>]>([
    [undefined, { '0': 'nobody', '1': 'somebody', '2': 'nobody', '4': 'nobody', '5': 'somebody', '6': 'nobody' }],
    ['hold', { '1': 'somebody', '2': 'somebody', '4': 'somebody', '5': 'somebody', '6': 'somebody' }],
    ['off', { '1': 'somebody', '5': 'somebody' }],
  ])('writes what a render with `empty: %s` uses', async (empty, expected) => {
    const pictures = [await still('a somebody.png', 90), await still('a nobody.png', 0)];
    const hint: HintUnit = { name: 'pose', preprocessor: 'none', resize: 'stretch' };
    const inputs: ClipInputs = {
      ...{ width: 16, height: 8, seed: 1, pictures, start: null },
      units: [{ ...unit, model: 'pose', hint, frames: [1, 0, 1, null, 1, 0, 1], ...(empty && { empty }) }],
    };
    const progress: number[][] = [];
    const onProgress = (...numbers: number[]) => void progress.push(numbers);
    const [written] = await annotateClip(inputs, { ...optionsOf(`empty ${empty}`), onProgress });
    const found = await Promise.all(
      written!.files.map(async (path) => {
        const { data } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
        return [String(Number(/(\d+)\.png$/.exec(path)![1])), data.some((value) => value > 0) ? 'somebody' : 'nobody'];
      }),
    );
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(progress.at(-1)).toEqual([6, 6]);
  });

  it('goes on if black hints cannot be kept', async () => {
    const inputs: ClipInputs = {
      ...{ width: 16, height: 8, seed: 1, pictures: [await still('none.png', 0)], start: null },
      units: [{ ...unit, model: 'pose', hint: { ...INVERT, preprocessor: 'none' }, frames: [0] }],
    };
    const lines: string[] = [];
    const notAFolder = join(folder, 'not a folder');
    await writeFile(notAFolder, '');
    await annotateClip(inputs, {
      ...optionsOf('kept'),
      cacheFolder: notAFolder,
      info: (line) => void lines.push(line),
    });
    expect(lines.filter((line) => line.startsWith('Black hints cannot be noted: '))).toHaveLength(1);
  });

  it('writes a PNG for each frame that has a hint, and counts them', async () => {
    const inputs: ClipInputs = {
      width: 16,
      height: 8,
      seed: 1,
      pictures: [await still('d.png', 55), await still('e.png', 155)],
      start: null,
      units: [
        { ...unit, frames: [0, null, 1, 0] },
        { ...unit, hint: null, frames: [] },
      ],
    };
    const counted: string[] = [];
    const onProgress = (done: number, total: number) => void counted.push(`${done}/${total}`);
    const written = await annotateClip(inputs, { ...optionsOf('out'), onProgress });
    const own = join(folder, 'out', 'unit-1');
    const names = ['00000.png', '00002.png', '00003.png'];
    expect(written).toEqual([
      { folder: own, files: names.map((name) => join(own, name)) },
      { folder: join(folder, 'out', 'unit-2'), files: [] },
    ]);
    expect(await readdir(own)).toEqual(names);
    expect(counted).toEqual(['0/3', '1/3', '2/3', '3/3']);
    const pixels = await sharp(await readFile(join(own, '00002.png')))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(pixels.info).toMatchObject({ width: 16, height: 8, channels: 3 });
    expect([...pixels.data.subarray(0, 3)]).toEqual([100, 255, 255]);
  });

  describe('into the folder of an earlier run', () => {
    const clip = async (counts: readonly number[], changes: Partial<ClipInputs> = {}): Promise<ClipInputs> => ({
      ...{ width: 16, height: 8, seed: 1, start: null },
      pictures: [await still('g.png', 55), await still('black.png', 0)],
      units: counts.map((count) => ({
        ...unit,
        hint: NONE,
        frames: Array.from({ length: count }, (_, i) => (i === 1 ? 1 : 0)),
      })),
      ...changes,
    });

    /** Warnings of a run. */
    async function run(out: string, inputs: ClipInputs, changes: Partial<ReturnType<typeof optionsOf>> = {}) {
      const lines: string[] = [];
      await annotateClip(inputs, {
        ...optionsOf(out),
        ...changes,
        warn: (line: string) => {
          if (!line.startsWith('The hint of')) lines.push(line);
        },
      });
      return lines;
    }

    const content = async (out: string) =>
      (await readdir(join(folder, out), { recursive: true })).filter((name) => name.includes('.')).toSorted();

    it.each<[string, ClipInputs['units'][number]['empty'], readonly number[], readonly string[], RegExp]>([
      [
        'frames',
        undefined,
        [2, 3],
        ['unit-1/00000.png', 'unit-1/00001.png', 'unit-2/00000.png', 'unit-2/00001.png', 'unit-2/00002.png'],
        /^Removed 1 hint of an earlier run that this one does not have: unit-1\/00002\.png\.$/,
      ],
      [
        'units',
        undefined,
        [3],
        ['unit-1/00000.png', 'unit-1/00001.png', 'unit-1/00002.png'],
        /^Removed 3 hints of .*: unit-2\/00000\.png, unit-2\/00001\.png, unit-2\/00002\.png\.$/,
      ],
      [
        'black hints',
        'off',
        [3, 3],
        ['unit-1/00000.png', 'unit-1/00002.png', 'unit-2/00000.png', 'unit-2/00002.png'],
        /^Removed 2 hints of .*: unit-1\/00001\.png, unit-2\/00001\.png\.$/,
      ],
    ])(
      'with fewer %s, removes what this run does not have, and says so',
      async (what, empty, counts, expected, message) => {
        const out = `fewer ${what}`;
        expect(await run(out, await clip([3, 3]))).toEqual([]);
        const second = await clip(counts);
        const units = second.units.map((each) => ({ ...each, ...(empty && { empty }) }));
        expect(await run(out, { ...second, units })).toEqual([expect.stringMatching(message)]);
        expect(await content(out)).toEqual(['.hints.sha256', ...expected]);
        expect(await run(out, { ...second, units })).toEqual([]);
      },
    );

    it('keeps files of the user: changed hints, other names, and hints without a record', async () => {
      await run('own', await clip([3, 3]));
      const own = (name: string) => join(folder, 'own', name);
      await writeFile(own('unit-1/00002.png'), 'drawn over');
      await writeFile(own('unit-1/00009.png'), 'from elsewhere');
      await writeFile(own('unit-2/notes.txt'), 'mine');
      const expected = ['unit-1/00002.png', 'unit-1/00009.png'].join(', ');
      expect(await run('own', await clip([1]))).toEqual([
        expect.stringMatching(/^Removed 4 hints of an earlier run/),
        `Files that look like hints are not of this run: ${expected}. They were changed, or another program wrote them, so they are kept. Remove them if you do not need them.`,
      ]);
      expect(await content('own')).toEqual([
        ...['.hints.sha256', 'unit-1/00000.png', 'unit-1/00002.png', 'unit-1/00009.png', 'unit-2/notes.txt'],
      ]);
    });

    it.each([
      ['outside of the folder', { '../outside.png': 'a', 'unit-1/../../outside.png': 'a' }],
      ['that is no record', 'x'],
    ])('removes nothing that a record names %s', async (_, record) => {
      const outside = join(folder, 'outside.png');
      await writeFile(outside, 'a');
      await run('trusting', await clip([1]));
      await rm(join(folder, 'trusting', 'unit-1'), { recursive: true });
      await writeFile(join(folder, 'trusting', '.hints.sha256'), JSON.stringify(record));
      await run('trusting', await clip([1]));
      expect(await readFile(outside, 'utf8')).toBe('a');
    });

    it('keeps all hints if one of them is an input', async () => {
      await run('input', await clip([3]));
      const path = join(folder, 'input', 'unit-1', '00002.png');
      const { size, mtimeMs } = await stat(path);
      const inputs = await clip([1], { pictures: [{ file: { path, size, mtimeMs } }] });
      expect(await run('input', inputs)).toEqual([]);
      expect(await content('input')).toEqual([
        ...['.hints.sha256', 'unit-1/00000.png', 'unit-1/00001.png', 'unit-1/00002.png'],
      ]);
    });

    it('keeps all hints, and knows them later, if the run is canceled', async () => {
      await run('stopped', await clip([3]));
      await expect(run('stopped', await clip([1]), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
      expect(await content('stopped')).toHaveLength(4);
      const controller = new AbortController();
      const stop = { signal: controller.signal, onProgress: (done: number) => done === 4 && controller.abort() };
      await expect(run('stopped', await clip([3, 3]), stop as never)).rejects.toThrow(/abort/i);
      expect(await run('stopped', await clip([1]))).toEqual([expect.stringMatching(/^Removed [3-5] hints/)]);
      expect(await content('stopped')).toEqual(['.hints.sha256', 'unit-1/00000.png']);
    });
  });

  it('reports a folder that cannot be written to', async () => {
    await writeFile(join(folder, 'a file'), '');
    const inputs = { width: 8, height: 8, seed: 1, start: null, pictures: [await still('f.png', 5)] };
    const units = [{ ...unit, frames: [0] }];
    await expect(annotateClip({ ...inputs, units }, optionsOf('a file'))).rejects.toThrow(
      /^Cannot write .*unit-1.00000\.png: a part of the path is a file, not a folder\. Choose another folder with `--out`\. \(/,
    );
  });
});
