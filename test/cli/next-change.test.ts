import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { nextChange } from '../../cli/next-change.ts';
import { readText } from '../../library/file-environment.ts';
import { folderWith } from '../library/tree.ts';

const pause = () => setImmediate();

/** Waits for a change of files that have just been read. */
async function watched(files: Readonly<Record<string, string>>, ...names: readonly string[]) {
  const folder = folderWith(files);
  const texts = new Map<string, string | null>();
  for (const name of names) texts.set(join(folder, name), await readText(join(folder, name)));
  const ended = new AbortController();
  const changed = nextChange(texts, ended.signal, pause);
  return { folder, changed, end: () => ended.abort() };
}

describe('nextChange', () => {
  it.each<[string, (folder: string) => void]>([
    ['is written', (folder) => writeFileSync(join(folder, 'a.travel'), 'fox 2')],
    ['is written with as many bytes', (folder) => writeFileSync(join(folder, 'a.travel'), 'cat')],
    ['is removed', (folder) => rmSync(join(folder, 'a.travel'))],
    ['is replaced by another file', (folder) => renameSync(join(folder, 'new'), join(folder, 'a.travel'))],
    ['appears', (folder) => writeFileSync(join(folder, 'missing.txt'), 'cat')],
  ])('resolves when a file %s', async (_, change) => {
    const { folder, changed } = await watched({ 'a.travel': 'fox', new: 'cat' }, 'a.travel', 'missing.txt');
    change(folder);
    expect(await changed).toBe(true);
  });

  it('resolves when a file changed after it was read and before it is watched', async () => {
    const path = join(folderWith({ 'a.travel': 'cat' }), 'a.travel');
    expect(await nextChange(new Map([[path, 'fox']]), new AbortController().signal, pause)).toBe(true);
  });

  it('waits until a file is written to its end', async () => {
    const path = join(folderWith({ 'a.travel': 'fox' }), 'a.travel');
    const parts = ['c', 'ca', 'cat', 'cats'];
    // Whoever writes it adds a part between two looks.
    const write = async () => {
      const part = parts.shift();
      if (part !== undefined) writeFileSync(path, part);
    };
    expect(await nextChange(new Map([[path, 'fox']]), new AbortController().signal, write)).toBe(true);
    expect(parts).toEqual([]);
  });

  it('does not resolve for a new date of the same text, and ends when it is aborted', async () => {
    const { folder, changed, end } = await watched({ 'a.travel': 'fox' }, 'a.travel');
    utimesSync(join(folder, 'a.travel'), 1, 1);
    const other = await watched({ 'b.travel': 'fox' }, 'b.travel');
    writeFileSync(join(other.folder, 'b.travel'), 'cat');
    // It has looked as often as the other one by then.
    expect(await other.changed).toBe(true);
    end();
    expect(await changed).toBe(false);
  });
});
