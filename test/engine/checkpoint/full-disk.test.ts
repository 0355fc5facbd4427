import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { failureOf } from '../../../engine/failure.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { pixels, smallRenders } from './small-renders.ts';

/** The real file system, on which files whose path starts with `full.folder` have no space. */
const full = vi.hoisted(() => ({ folder: null as string | null }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      const file = await real.open(...args);
      if (full.folder !== null && String(args[0]).startsWith(full.folder)) {
        const error = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });
        vi.spyOn(file, 'writeFile').mockRejectedValue(error);
      }
      return file;
    },
  };
});

let folder: string;
const store = new ModelStore();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-full-'));
});
afterEach(async () => {
  full.folder = null;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
afterAll(() => store.release());

it.each<[string, string, (progress: RenderProgress) => boolean, number]>([
  ['the cache, while sampling', 'cache', ({ step }) => step === 4, 3],
  ['the cache, while decoding', 'cache', ({ stage }) => stage === 'decode', 5],
  ['the disk of the output', 'clip', ({ stage }) => stage === 'write', 5],
])('a full disk (%s) stops a render with a reason, and it goes on from there', async (_, place, isAt, steps) => {
  const { planOf, render } = smallRenders(folder, store);
  // One of the files is written before the disk is full.
  const plan = { ...(await planOf('Euler', 'clip')), name: 'clip' };
  const two = { ...plan, output: { ...plan.output, formats: ['png' as const, 'webp' as const] } };
  const fill = (progress: RenderProgress) => {
    // Temporary files of the output have other names in the same folder.
    if (isAt(progress)) full.folder = place === 'cache' ? join(folder, 'cache') : join(folder, '.travel-');
    return false;
  };
  const { result } = await render(two, { stopAt: fill });
  expect(failureOf(result)).toMatchObject({ kind: 'disk-full', message: expect.stringMatching(/disk is full/) });
  expect(readdirSync(folder)).toEqual(['cache']);

  full.folder = null;
  const unet = vi.spyOn(UNet.prototype, 'predict');
  expect((await render(two, { resume: true })).result).toMatchObject({ ok: true });
  expect(unet).toHaveBeenCalledTimes(2 * (5 - steps));
  const whole = { ...plan, output: { ...plan.output, base: join(folder, 'whole') } };
  await render(whole);
  expect(pixels(plan.output.base)).toEqual(pixels(whole.output.base));
});
