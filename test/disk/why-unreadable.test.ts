import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unreadableInWords, whyUnreadable } from '../../disk/why-unreadable.ts';
import { asUser, moduleAt } from '../as-user.ts';

const folder = mkdtempSync(join(tmpdir(), 'unreadable-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

writeFileSync(at('file'), 'a');
mkdirSync(at('folder'));
symlinkSync('file', at('link'));
symlinkSync('folder', at('link to folder'));
symlinkSync('nowhere', at('dangling'));
symlinkSync('dangling', at('link to dangling'));
symlinkSync('file/below', at('below a file'));
symlinkSync('loop', at('loop'));
symlinkSync('ping', at('pong'));
symlinkSync('pong', at('ping'));

describe('whyUnreadable', () => {
  it.each([
    ['file', null],
    ['folder', null],
    ['link', null],
    ['link to folder', null],
    ['nothing', null],
    ['nothing/below', null],
    ['file/below', null],
    ['a\0b', null],
    ['a'.repeat(5000), null],
    ['dangling', /leads nowhere/],
    ['link to dangling', /leads nowhere/],
    ['below a file', /leads nowhere/],
    ['loop', /back to itself/],
    ['ping', /back to itself/],
  ])('knows %s', async (name, expected) => {
    const is = await whyUnreadable(at(name));
    expect(is).toEqual(expected && expect.stringMatching(expected));
  });

  it.skipIf(process.platform === 'win32')('knows what permissions do not allow', () => {
    writeFileSync(at('locked'), 'a');
    symlinkSync('locked', at('link to locked'));
    for (const [name, mode] of [
      ['closed', 0o000],
      ['listed', 0o444],
    ] as const) {
      mkdirSync(at(name));
      writeFileSync(join(at(name), 'inside'), 'a');
      chmodSync(at(name), mode);
    }
    chmodSync(at('locked'), 0o000);
    const names = ['file', 'folder', 'locked', 'link to locked', 'closed', 'closed/inside', 'listed', 'listed/inside'];
    const denied = expect.stringMatching(/permission denied/);
    const found = asUser(
      folder,
      `import { whyUnreadable } from ${moduleAt('disk/why-unreadable.ts')};
      console.log(JSON.stringify(await Promise.all(${JSON.stringify(names.map(at))}.map(whyUnreadable))));`,
    );
    for (const name of ['closed', 'listed']) chmodSync(at(name), 0o755);
    expect(found).toEqual([null, null, denied, denied, denied, denied, denied, denied]);
  });

  it.each(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EIO', 'EMFILE'])(
    'puts %s into whole sentences',
    (code) => {
      expect(unreadableInWords(code, true)).toMatch(/^(?:is a link|cannot be read: )[^.]*\. [A-Z][^.]*\.$/);
    },
  );
});
