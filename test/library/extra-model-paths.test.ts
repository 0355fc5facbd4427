import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extraModelPaths } from '../../library/extra-model-paths.ts';
import { asUser, moduleAt } from '../as-user.ts';
import { folderWith } from './tree.ts';

const NAME = 'extra_model_paths.yaml';
const fileWith = (content: Uint8Array | string) => join(folderWith({ [NAME]: content }), NAME);

/** Each line has ten times as many values. */
const MANY_ALIASES = ['x', '*a', '*b', '*c']
  .map((value, i) => `${'abcd'[i]}: &${'abcd'[i]} [${Array(10).fill(value).join(', ')}]\n`)
  .join('');

describe('a damaged extra_model_paths.yaml', () => {
  const section = (line: string) => `a111:\n  ${line}\n`;
  const oneFolder = 'must be one folder path (line 2, column';
  const folders = 'must be one folder path, or several on separate lines after “|” (line 2, column';

  it.each<[string, Uint8Array | string, string]>([
    ['a tab', 'a111:\n\tbase_path: [\n', 'a tab cannot indent a line (line 2, column 1)'],
    ['a tab after CR LF', 'a111:\r\n\tvae: x\r\n', 'a tab cannot indent a line (line 2, column 1)'],
    ['a tab after a byte order mark', '\uFEFFa111:\n\tvae: x\n', 'a tab cannot indent a line (line 2, column 1)'],
    ['an open list', 'a: [1', 'a list is never closed (line 1, column 5)'],
    ['an open map', 'a: {b: c', 'a map in braces is never closed (line 1, column 8)'],
    ['an open quote', 'a:\n  vae: "x\n', 'a value has no closing quotation mark (line 2, column 10)'],
    [
      'a backslash',
      section('base_path: "C:\\Users"'),
      'in double quotes, a backslash begins an escape (line 2, column 14)',
    ],
    ['a colon', section('vae: a: b'), 'this value must be in quotes (line 2, column 8)'],
    ['two documents', 'a:\n  vae: x\n---\nb:\n  vae: y\n', 'it has a second document (line 3, column 1)'],
    ['a tag', section('vae: !!python/object:x y'), 'YAML tags are not supported (line 2, column 8)'],
    ['an anchor that is missing', section('vae: *x'), '“*x” refers to an anchor that is not defined before it'],
    ['many brackets', '['.repeat(50_000), 'its values are nested too deeply (line 1, column 34)'],
    ['many braces', '{'.repeat(3000), 'its values are nested too deeply (line 1, column'],
    ['many quotes', '"'.repeat(50_000), 'it is not valid YAML (line 1, column 3)'],
    ['text that is merged', 'a111:\n  <<: x\n', '“<<” must be followed by a map, or by the alias of one'],
    ['many aliases', MANY_ALIASES, 'its aliases repeat too many values'],
    [
      'a list',
      '- 1\n- 2\n',
      'it must have sections, such as “comfyui:”, with one kind of model per line (line 1, column 1)',
    ],
    [
      'a number',
      '5\n',
      'it must have sections, such as “comfyui:”, with one kind of model per line (line 1, column 1)',
    ],
    ['a word', '# Folders\nhello\n', 'this line is not “key: value” (line 2, column 1)'],
    ['text as a section', 'a111: x\n', '“a111” must have indented lines, such as “vae: models/vae” (line 1, column 7)'],
    [
      'a list as a section',
      'a111:\n- x\n',
      '“a111” must have indented lines, such as “vae: models/vae” (line 2, column 1)',
    ],
    ['a numeric base_path', section('base_path: 5'), `“base_path” ${oneFolder} 14)`],
    ['an empty base_path', section('base_path:'), `“base_path” ${oneFolder} 13)`],
    ['a list as base_path', section('base_path: [a]'), `“base_path” ${oneFolder} 14)`],
    ['a list of numbers', section('checkpoints: [1]'), `“checkpoints” ${folders} 16)`],
    ['a list of paths', section('loras: [a, b]'), `“loras” ${folders} 10)`],
    ['a map of paths', section('vae: {a: b}'), `“vae” ${folders} 8)`],
    ['a number as a folder', section('vae: 1.5'), `“vae” ${folders} 8)`],
    ['random bytes', Uint8Array.of(0x9b, 0xff, 0x00, 0x12, 0xc3), 'it is not text in UTF-8'],
    ['bytes 0', 'a111:\0\n', 'it is not text in UTF-8'],
    ['UTF-16', Buffer.from('\uFEFFa111:\n', 'utf16le'), 'it is not text in UTF-8'],
    ['much text', '#\n'.repeat(100_001), 'it has 200 kB, which is too much for a list of folders'],
  ])('with %s is named, with what is wrong, where, and what to do', async (_, content, what) => {
    const path = fileWith(content);
    const { message } = await extraModelPaths(path).then(
      () => new Error('read'),
      (error: Error) => error,
    );
    expect(message).toContain(`${path} cannot be read: ${what}`);
    expect(message).toMatch(/[^.]\. Correct it, or remove the file\.$/);
    expect(message).not.toContain('\n');
  });

  it.each<[string, (path: string) => void, string]>([
    ['a folder', mkdirSync, 'is not a file. Move or rename it.'],
    ['a link that leads nowhere', (path) => symlinkSync('gone', path), 'is a link that leads nowhere. Change the link'],
    ['a link to itself', (path) => symlinkSync(NAME, path), 'is a link that leads back to itself. Change the link'],
  ])('that is %s is named', async (_, make, what) => {
    const path = join(folderWith({}), NAME);
    make(path);
    await expect(extraModelPaths(path)).rejects.toThrow(`${path} ${what}`);
  });

  it.skipIf(process.platform === 'win32')('that permissions protect is named', () => {
    const path = fileWith('a:\n  vae: x\n');
    chmodSync(path, 0);
    const message = asUser(
      resolve(path, '..'),
      `import { extraModelPaths } from ${moduleAt('library/extra-model-paths.ts')};
      await extraModelPaths(${JSON.stringify(path)}).catch(({ message }) => console.log(JSON.stringify(message)));`,
    );
    expect(message).toBe(`${path} cannot be read: permission denied. Change its permissions, or those of its folder.`);
  });

  it.each([
    ['nothing', ''],
    ['comments', '# a\n# b: c\n'],
    ['an empty section', 'a:\nb: {}\n'],
    ['other keys', 'a:\n  is_default: true\n  upscale_models: 5\n  custom: [1]\n'],
    ['an empty folder', 'a:\n  vae:\n  loras: ""\n'],
  ])('is not one with %s', async (_, content) => {
    expect(await extraModelPaths(fileWith(content))).toEqual({ folders: [], notices: [] });
  });

  it('is not one that repeats a key, or uses anchors', async () => {
    const root = folderWith({
      'one/vae/a.pt': '',
      'two/vae/a.pt': '',
      [NAME]: 'a: &a\n  base_path: two\n  base_path: one\n  vae: vae\nb:\n  <<: *a\n  base_path: two\n',
    });
    const { folders } = await extraModelPaths(join(root, NAME));
    expect(folders).toEqual([join(root, 'one/vae'), join(root, 'two/vae')]);
  });

  it('is not a missing one', async () => {
    expect(await extraModelPaths(join(folderWith({}), NAME))).toEqual({ folders: [], notices: [] });
  });
});

describe('the notices about extra_model_paths.yaml', () => {
  it('name a missing base folder once', async () => {
    const path = fileWith(
      [
        'a111:',
        '  base_path: /nope/x',
        '  checkpoints: models/Stable-diffusion',
        '  vae: models/VAE',
        '  loras: |',
        '    models/Lora',
        '    models/LyCORIS',
        'again:',
        '  base_path: /nope/x/',
        '  embeddings: embeddings',
      ].join('\n'),
    );
    expect((await extraModelPaths(path)).notices).toEqual([
      `${path} names the folder ${resolve('/nope/x')}, which does not exist. Correct base_path in “a111”, or remove that section.`,
    ]);
  });

  it.each<[string, string, string | null]>([
    ['all folders exist', 'vae: vae', null],
    ['only folders without models are missing', 'base_path: /nope\n  upscale_models: up', null],
    [
      'one is missing',
      'vae: gone',
      'names the folder ROOT/gone, which does not exist. Check the section “a” if models are not found.',
    ],
    [
      'one below an existing base folder is missing',
      'base_path: vae\n  loras: gone',
      'names the folder ROOT/vae/gone, which does not exist. Check the section “a” if models are not found.',
    ],
    [
      'two are missing',
      'loras: |\n    gone\n    lost\n    gone\n  vae: vae',
      'names 2 folders that do not exist: ROOT/gone, ROOT/lost. Check the section “a” if models are not found.',
    ],
    [
      'seven are missing',
      `loras: |\n    ${[1, 2, 3, 4, 5, 6, 7].join('\n    ')}`,
      'names 7 folders that do not exist: ROOT/1, ROOT/2, ROOT/3, ROOT/4, ROOT/5, and 2 more. Check the section “a” if models are not found.',
    ],
    [
      'one is a file',
      'vae: vae/a.pt',
      'names ROOT/vae/a.pt, which is not a folder. Check the section “a” if models are not found.',
    ],
    [
      'the base folder is a file',
      'base_path: vae/a.pt\n  vae: x',
      'names ROOT/vae/a.pt, which is not a folder. Correct base_path in “a”, or remove that section.',
    ],
    [
      'the base folder has a variable that is not set',
      'base_path: $TRAVEL_NOT_SET\n  vae: x',
      'names the folder ROOT/$TRAVEL_NOT_SET, which does not exist. Correct base_path in “a”, or remove that section.',
    ],
  ])('are right when %s', async (_, lines, notice) => {
    const root = folderWith({ 'vae/a.pt': '', [NAME]: `a:\n  ${lines}\n` });
    const path = join(root, NAME);
    expect((await extraModelPaths(path)).notices).toEqual(
      notice === null ? [] : [`${path} ${notice.replaceAll('ROOT', root)}`],
    );
  });

  it('are about a missing folder even if others of the section are elsewhere', async () => {
    const root = folderWith({ 'vae/a.pt': '', [NAME]: '' });
    const path = fileWith(`a:\n  base_path: /nope\n  vae: ${join(root, 'vae')}\n  loras: x\n  clip: /lost\n`);
    const { folders, notices } = await extraModelPaths(path);
    expect(folders).toEqual([join(root, 'vae')]);
    expect(notices).toEqual([
      `${path} names the folder ${resolve('/nope')}, which does not exist. Correct base_path in “a”, or remove that section.`,
      `${path} names the folder ${resolve('/lost')}, which does not exist. Check the section “a” if models are not found.`,
    ]);
  });
});
