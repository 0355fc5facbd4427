import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../cli/exit-code.ts';
import { machineOf, type PlanFlags } from '../../cli/flags.ts';
import { packageUrl } from '../../cli/installation.ts';
import { planText } from '../../cli/planned.ts';
import { cacheFolder } from '../../library/cache-folder.ts';
import { openHeaderCache } from '../../library/header-cache.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { cacheContents, clear } from '../../rendering/cache-contents.ts';

let folder = '';
let library: ModelLibrary;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel machine '));
  const modelsFolder = packageUrl('models').pathname;
  library = await ModelLibrary.open({ modelsFolder, roots: [], headers: openHeaderCache(folder) });
});

afterAll(() => rm(folder, { recursive: true }));

async function planOf(settings: string, flags: PlanFlags = {}): Promise<TravelPlan | null> {
  const path = join(folder, 'clip.travel');
  const text = `---\nframes: 2\n${settings}\n---\na cat\n`;
  const { plan } = await planText(
    { shown: 'clip.travel', path, name: 'clip', text, byteOrderMark: '' },
    library,
    flags,
  );
  return plan;
}

describe('the source in a plan', () => {
  it.each(['', '\uFEFF'] as const)('is the file, byte for byte, with the mark %j', async (byteOrderMark) => {
    const file = { shown: 'clip.travel', path: join(folder, 'clip.travel'), name: 'clip' };
    const text = '---\r\nframes: 2\r\n---\r\na cat\r\n';
    const [marked, plain] = await Promise.all([
      planText({ ...file, text, byteOrderMark }, library, { seed: { seed: 1 } }),
      planText({ ...file, text, byteOrderMark: '' }, library, { seed: { seed: 1 } }),
    ]);
    expect(marked.plan?.source).toBe(byteOrderMark + text);
    expect({ ...marked, plan: { ...marked.plan, source: text } }).toEqual(plain);
  });
});

describe('what belongs to the computer', () => {
  it('renders a file of another computer on the device of this one', async () => {
    expect(await planOf('device: dml')).toMatchObject({ device: 'dml' });
    expect(await planOf('device: dml', { device: 'auto' })).toMatchObject({ device: 'auto' });
    expect(await planOf('device: cpu', { device: 'cuda' })).toMatchObject({ device: 'cpu' });
  });

  it('counts a variable of the environment, and a flag before it', async () => {
    vi.stubEnv('TRAVEL_DEVICE', 'webgpu');
    expect(await planOf('')).toMatchObject({ device: 'webgpu' });
    expect(await planOf('', { device: 'cpu' })).toMatchObject({ device: 'cpu' });
    vi.unstubAllEnvs();
  });

  it('writes below the output root, and nowhere else', async () => {
    const outputRoot = join(folder, 'elsewhere');
    const base = join(outputRoot, 'out', 'clip');
    expect(await planOf('output: out/{name}', { outputRoot })).toMatchObject({ output: { base } });
    expect(await planOf('output: ../{name}', { outputRoot })).toBeNull();
  });

  it('uses the checkpoint for files that name none', async () => {
    expect(await planOf('checkpoint: pocket', { checkpoint: 'nowhere' })).not.toBeNull();
    expect(await planOf('', { checkpoint: 'nowhere' })).toBeNull();
  });

  it('moves the cache', () => {
    expect(cacheFolder({ TRAVEL_CACHE_FOLDER: folder })).toBe(join(folder, 'prompt-travel'));
  });

  it('keeps the cache in a folder of its own, so that clearing it removes nothing else', async () => {
    const shared = await mkdtemp(join(tmpdir(), 'travel-shared-'));
    const own = cacheFolder({ TRAVEL_CACHE_FOLDER: shared });
    // Names that the cache has, too.
    for (const path of ['checkpoints/model.safetensors', 'previews/a.png', 'model.sha256', 'mine.txt']) {
      for (const root of [shared, own]) {
        await mkdir(join(root, dirname(path)), { recursive: true });
        await writeFile(join(root, path), 'x');
      }
    }
    await clear(await cacheContents(own));
    expect(
      (await readdir(shared, { recursive: true, withFileTypes: true }))
        .filter((file) => file.isFile())
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['a.png', 'mine.txt', 'model.safetensors', 'model.sha256']);
    await rm(shared, { recursive: true });
  });

  it('is empty if the cache folder is inside of a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    expect(await cacheContents(join(file, 'prompt-travel'))).toEqual([]);
  });

  it('is wrong usage if a value cannot be used', () => {
    expect(() => machineOf({ gpuMemory: 'all' })).toThrow(UsageError);
    expect(() => machineOf({ device: 'gpu' })).toThrow(
      /--device is not valid.*“gpu”.*: expected auto, cuda, .* cpu\.$/,
    );
  });

  it('refuses folders that are files, or inside one', async () => {
    const file = join(folder, 'a file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'below', 'it')]) {
      expect(() => machineOf({ outputRoot: path })).toThrow(`“${path}” cannot be used: ${file} is not a folder.`);
      expect(() => machineOf({ cacheFolder: path })).toThrow(UsageError);
    }
    expect(machineOf({ outputRoot: join(folder, 'not made yet') }).outputRoot).toBe(join(folder, 'not made yet'));
  });
});
