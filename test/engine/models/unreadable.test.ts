import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asUser, moduleAt } from '../../as-user.ts';
import { folderWith } from '../../library/tree.ts';

const DENIED = 'cannot be read: permission denied. Change its permissions, or those of its folder.';

/** The message of an expression that must throw, for a user whom permissions stop. */
function messageOf(path: string, module: string, expression: string): unknown {
  return asUser(
    join(path, '..'),
    `const module = await import(${moduleAt(module)});
    const path = ${JSON.stringify(path)};
    const { mtimeMs } = await (await import('node:fs/promises')).stat(path);
    const file = { path, size: 4, mtimeMs };
    const { message } = await (async () => ${expression})().then(() => ({ message: null }), (error) => error);
    console.log(JSON.stringify(message));`,
  );
}

describe.skipIf(process.platform === 'win32')('a file that permissions protect is reported', () => {
  it.each<[string, string, string, string]>([
    ['before a render', 'engine/models/model-files.ts', 'module.unchangedState(file)', 'The file PATH '],
    ['as a preprocessor', 'engine/onnx/network-session.ts', 'module.NetworkSession.open(file)', 'The file PATH '],
    ['as an image', 'engine/media/read-image.ts', 'module.readImage(path, 8, 8)', 'The image PATH '],
    ['as a render', 'engine/media/extract.ts', 'module.extractTravel(path)', 'PATH '],
    ['as what to convert', 'engine/media/read-clip.ts', 'module.readClip(path)', 'PATH '],
  ])('%s', (_, module, expression, beginning) => {
    const path = join(folderWith({ 'a.png': 'text' }), 'a.png');
    chmodSync(path, 0);
    expect(messageOf(path, module, expression)).toBe(beginning.replace('PATH', () => path) + DENIED);
  });
});
