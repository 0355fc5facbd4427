import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { clearCache } = await import('../../client/clear-cache.ts');

let folder: string;
beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), 'travel-cache-'));
  writeFileSync(join(folder, `${'a'.repeat(64)}.f32`), Buffer.alloc(4000));
  writeFileSync(join(folder, 'model-headers.json'), Buffer.alloc(2000));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('removes what the user chooses, and says how much that freed', async () => {
  fake.picks.push('Encoded');
  await clearCache(folder);
  expect(fake.lists).toEqual([['Encoded prompts', 'Types and hashes of model files']]);
  expect(readdirSync(folder)).toEqual(['model-headers.json']);
  expect(fake.messages).toEqual([{ kind: 'information', text: '4 kB freed.' }]);
});

it('removes nothing if the user declines, and says so if there is nothing', async () => {
  await clearCache(folder);
  expect(readdirSync(folder)).toHaveLength(2);
  expect(fake.messages).toEqual([]);
  await clearCache(join(folder, 'none'));
  expect(fake.messages).toEqual([{ kind: 'information', text: 'The cache has nothing that can be removed.' }]);
});
