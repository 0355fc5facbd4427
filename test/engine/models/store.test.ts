import { appendFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelSlot, ModelStore } from '../../../engine/models/store.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import type { FileRef } from '../../../plan/plan.ts';
import { openWeights } from '../../../weights/open.ts';
import { fileRef, pocket } from '../pipelines/plans.ts';

let folder: string;
let file: FileRef;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-store-'));
  const path = join(folder, 'model');
  await writeFile(path, 'weights');
  file = await fileRef(path);
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

class FakeModel {
  released = 0;
  async release(): Promise<void> {
    this.released++;
  }
}

describe('ModelSlot', () => {
  const open = async () => new FakeModel();

  it('keeps a model for the same identity', async () => {
    const slot = new ModelSlot<FakeModel>();
    const first = await slot.acquire({ files: [file], options: { clipSkip: 1 } }, open);
    expect(await slot.acquire({ files: [{ ...file }], options: { clipSkip: 1 } }, open)).toBe(first);
    expect(first.released).toBe(0);
  });

  it('replaces and releases a model of another identity', async () => {
    const slot = new ModelSlot<FakeModel>();
    const first = await slot.acquire({ files: [file], options: { clipSkip: 1 } }, open);
    const second = await slot.acquire({ files: [file], options: { clipSkip: 2 } }, open);
    const third = await slot.acquire({ files: [file, file], options: { clipSkip: 2 } }, open);
    expect(new Set([first, second, third]).size).toBe(3);
    expect([first.released, second.released, third.released]).toEqual([1, 1, 0]);
  });

  it('releases the old model before it opens the new one', async () => {
    const slot = new ModelSlot<FakeModel>();
    const first = await slot.acquire({ files: [file], options: 1 }, open);
    await slot.acquire({ files: [file], options: 2 }, async () => {
      expect(first.released).toBe(1);
      return new FakeModel();
    });
  });

  it('reports a file that changed while its model was open, and reopens it for a plan of the new state', async () => {
    const slot = new ModelSlot<FakeModel>();
    const first = await slot.acquire({ files: [file], options: null }, open);
    await appendFile(file.path, '!');
    await expect(slot.acquire({ files: [file], options: null }, open)).rejects.toMatchObject({
      kind: 'file-changed',
      message: expect.stringMatching(/changed from 7 to 8 bytes after the render was planned\. .*Render again\.$/),
    });
    const second = await slot.acquire({ files: [await fileRef(file.path)], options: null }, open);
    expect(second).not.toBe(first);
    expect(first.released).toBe(1);
  });

  it('reports a file of the same size with another modification time', async () => {
    const slot = new ModelSlot<FakeModel>();
    const touched = { ...file, mtimeMs: file.mtimeMs - 5000 };
    await expect(slot.acquire({ files: [touched], options: null }, open)).rejects.toMatchObject({
      kind: 'file-changed',
    });
  });

  it('opens a model again if another file of the same size and time took the path', async () => {
    const slot = new ModelSlot<FakeModel>();
    const first = await slot.acquire({ files: [file], options: null }, open);
    const other = join(folder, 'other');
    await writeFile(other, 'Weights');
    await utimes(other, file.mtimeMs / 1000, file.mtimeMs / 1000);
    await rename(other, file.path);
    expect(await slot.acquire({ files: [file], options: null }, open)).not.toBe(first);
  });

  it('reports a missing file', async () => {
    const slot = new ModelSlot<FakeModel>();
    const missing = { ...file, path: join(folder, 'gone') };
    await expect(slot.acquire({ files: [missing], options: null }, open)).rejects.toMatchObject({
      kind: 'file-changed',
      message: expect.stringMatching(/gone cannot be opened any more \(ENOENT\)\. It was moved or deleted/),
    });
  });

  it('keeps nothing when opening fails', async () => {
    const slot = new ModelSlot<FakeModel>();
    const identity = { files: [file], options: null };
    await expect(slot.acquire(identity, () => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged');
    expect(await slot.acquire(identity, open)).toBeInstanceOf(FakeModel);
  });
});

describe('ModelStore', () => {
  async function openVae(store: ModelStore): Promise<Vae> {
    const checkpoint = await pocket();
    return store.vae.acquire(
      { files: [checkpoint], options: null },
      async () => new Vae(await openWeights(checkpoint.path), cpu()),
    );
  }

  it('keeps models from one render to the next', async () => {
    const store = new ModelStore();
    const first = await store.use(() => openVae(store));
    expect(await store.use(() => openVae(store))).toBe(first);
    await store.release();
    expect(await store.use(() => openVae(store))).not.toBe(first);
  });

  it('releases models when it was idle for long enough, counted from the end of the last render', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = new ModelStore(1000);
    const vae = await store.use(() => openVae(store));
    const release = vi.spyOn(vae, 'release');
    await vi.advanceTimersByTimeAsync(900);
    await store.use(async () => {
      await vi.advanceTimersByTimeAsync(5000);
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(release).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(release).toHaveBeenCalledOnce();
  });

  it('releases models after a failure, but not after a cancelled render', async () => {
    const store = new ModelStore();
    const vae = await store.use(() => openVae(store));
    await expect(store.use(() => Promise.reject(AbortSignal.abort().reason))).rejects.toThrow();
    expect(await store.use(() => openVae(store))).toBe(vae);
    await expect(store.use(() => Promise.reject(new Error('bad_alloc')))).rejects.toThrow('bad_alloc');
    expect(await store.use(() => openVae(store))).not.toBe(vae);
  });

  it('rejects a second render while one is running', async () => {
    const store = new ModelStore();
    await store.use(async () => {
      await expect(store.use(async () => 'second')).rejects.toThrow(/one plan at a time/);
    });
    expect(await store.use(async () => 'later')).toBe('later');
  });
});
