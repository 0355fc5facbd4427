import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchUnfinishedRenders } from '../../client/render/unfinished-renders.ts';

vi.mock('vscode', () => import('./vscode.ts'));

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'travel-unfinished-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const fail = (error: Error) => {
  throw error;
};

it('finds renders that run now', async () => {
  mkdirSync(join(cache, 'jobs'));
  writeFileSync(join(cache, 'jobs/queue.json'), '[]');
  const onUnfinished = vi.fn<() => void>();
  (await watchUnfinishedRenders(onUnfinished, fail, cache)).dispose();
  expect(onUnfinished).toHaveBeenCalledOnce();
});

it('finds renders that another window starts later, also the first ones of this computer', async () => {
  let found: () => void = () => undefined;
  const onUnfinished = vi.fn<() => void>(() => found());
  const watcher = await watchUnfinishedRenders(onUnfinished, fail, cache);
  expect(onUnfinished).not.toHaveBeenCalled();
  const whenFound = new Promise<void>((resolve) => {
    found = resolve;
  });
  writeFileSync(join(cache, 'jobs/queue.json.new'), '[]');
  renameSync(join(cache, 'jobs/queue.json.new'), join(cache, 'jobs/queue.json'));
  await whenFound;
  watcher.dispose();
});
