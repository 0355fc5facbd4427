import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../library/tree.ts';
import { smallClip } from './small-clip.ts';
import { start, travel } from './travel.ts';

/** A model that nobody has: hints do not need it. */
const UNITS =
  'controlnet: [{model: none-such, preprocessor: canny, image: {1: a.png}}, {model: none-such, image: a.png}]';

async function folder(text = smallClip(UNITS)): Promise<string> {
  const cwd = folderWith({ 'clips/a.travel': text });
  const background = { r: 200, g: 10, b: 10 };
  await sharp({ create: { width: 80, height: 80, channels: 3, background } })
    .png()
    .toFile(join(cwd, 'clips', 'a.png'));
  return cwd;
}

describe('travel annotate', () => {
  it('writes the hints of each unit beside the file, and prints the folders', async () => {
    const cwd = await folder();
    const { code, stdout, stderr } = await travel(['annotate', 'clips/a.travel'], { cwd });
    expect({ code, stdout }, stderr).toEqual({
      code: 0,
      stdout: `${join('clips', 'hints', 'a', 'unit-1')}\n${join('clips', 'hints', 'a', 'unit-2')}\n`,
    });
    // An image of one color has no edges.
    const black =
      'clips/a.travel: warning: The hint of none-such is black in frame 1: nothing was found there. The unit guides all of ' +
      'these frames by black. Use another input or preprocessor, or `empty: off` for weight 0.\n';
    expect(stderr).toBe(
      `${black}clips/a.travel: unit-1 (none-such, canny): 1 hint\nclips/a.travel: unit-2 (none-such, none): 2 hints\n`,
    );
    // From then on, it is known.
    const checked = await travel(['check', 'clips/a.travel'], { cwd });
    expect(`${checked.stdout}${checked.stderr}`).toContain('Every hint is black, so the unit guides');
    expect(readdirSync(join(cwd, 'clips/hints/a/unit-1'))).toEqual(['00001.png']);
    expect(readdirSync(join(cwd, 'clips/hints/a/unit-2'))).toEqual(['00000.png', '00001.png']);
  });

  it('writes where it is told, and prints JSON', async () => {
    const cwd = await folder();
    const { code, stdout } = await travel(['annotate', 'clips/a.travel', '--out', 'maps', '--json'], { cwd });
    expect(code).toBe(0);
    const [first, second] = [join(cwd, 'maps', 'unit-1'), join(cwd, 'maps', 'unit-2')];
    expect(JSON.parse(stdout)).toEqual([
      { unit: 1, model: 'none-such', preprocessor: 'canny', folder: first, files: [join(first, '00001.png')] },
      {
        unit: 2,
        model: 'none-such',
        preprocessor: 'none',
        folder: second,
        files: [join(second, '00000.png'), join(second, '00001.png')],
      },
    ]);
  });

  it.each([
    ['a missing image', smallClip(UNITS).replaceAll('a.png', 'b.png'), 1, /2:|“b\.png” not found/],
    ['a file without units', smallClip(), 2, /has no ControlNet units/],
  ])('reports %s, and writes nothing', async (_, text, expected, message) => {
    const cwd = await folder(text);
    const { code, stdout, stderr } = await travel(['annotate', 'clips/a.travel'], { cwd });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(message);
    expect(readdirSync(join(cwd, 'clips'))).toEqual(['a.png', 'a.travel']);
  });

  it('does not write into the current folder if --out is empty', async () => {
    const cwd = await folder();
    for (const out of ['', ' ']) {
      const { code, stderr } = await travel(['annotate', 'clips/a.travel', '--out', out], { cwd });
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Write a folder, such as hints.') });
    }
    expect(readdirSync(cwd)).toEqual(['clips']);
  });

  it('ends with 3 if the hints cannot be written', async () => {
    const cwd = await folder();
    const { code, stderr } = await travel(['annotate', 'clips/a.travel', '--out', 'clips/a.png'], { cwd });
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('Cannot write ') });
  });

  it.skipIf(process.platform === 'win32')('ends with 130 after Ctrl+C', async () => {
    const cwd = await folder(smallClip(UNITS));
    const running = start(['annotate', '-'], { cwd, stdin: null });
    await new Promise((written) => running.child.stdin?.write('a'.repeat(1_000_000), written));
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });
});
