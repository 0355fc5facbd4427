import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../cli/exit-code.ts';
import { machineOf, type PlanFlags } from '../../cli/flags.ts';
import { packageUrl } from '../../cli/installation.ts';
import { planText } from '../../cli/planned.ts';
import { cacheFolder } from '../../library/cache-folder.ts';
import { openHeaderCache } from '../../library/header-cache.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import type { TravelPlan } from '../../plan/plan.ts';

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
    expect(cacheFolder({ TRAVEL_CACHE_FOLDER: folder })).toBe(folder);
  });

  it('is wrong usage if a value cannot be used', () => {
    expect(() => machineOf({ gpuMemory: 'all' })).toThrow(UsageError);
    expect(() => machineOf({ device: 'gpu' })).toThrow(/--device is not valid.*“gpu”/);
  });
});
