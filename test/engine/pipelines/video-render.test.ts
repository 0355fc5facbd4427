import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { samplingCalls } from '../../../plan/steps.ts';
import { pixels, smallRenders } from '../checkpoint/small-renders.ts';
import { notedFfmpeg } from '../inputs/noted-ffmpeg.ts';
import { REAL_FFMPEG } from '../inputs/real-ffmpeg.ts';
import { temporaryFolder } from '../media/fixtures.ts';
import { fileRef, frameOf } from './plans.ts';

const folder = temporaryFolder();
const store = new ModelStore();
const { planOf, render } = smallRenders(folder, store);
const ffmpeg = notedFfmpeg();

beforeEach(() => ffmpeg.use());
afterEach(() => vi.unstubAllEnvs());
afterAll(() => store.release());

describe.skipIf(REAL_FFMPEG === undefined)('a render that starts from a video', () => {
  it('decodes nothing if it was rendered before, with the same pixels', async () => {
    const path = join(folder, 'made.mkv');
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=48x32:rate=8:duration=1'];
    execFileSync(REAL_FFMPEG!, ['-v', 'error', ...source, '-c:v', 'ffv1', path]);
    const video = await fileRef(path);
    const base = await planOf('Euler', 'video');
    const sampling = { ...base.sampling, denoising: 0.6 };
    const windows = base.context.windows.slice(0, samplingCalls(sampling));
    const plan: TravelPlan = {
      ...base,
      sampling,
      context: { ...base.context, windows },
      images: [0, 0.5].map((at) => ({ ...video, shown: { at, from: 0, to: null, repeat: false } })),
      frames: base.frames.map((_, i) => frameOf(i, { start: [{ image: i, share: 1 }] })),
    };
    const rendered = async () => {
      expect((await render(plan)).result).toMatchObject({ ok: true });
      const found = pixels(plan.output.base);
      rmSync(plan.output.base, { recursive: true });
      return found;
    };
    const first = await rendered();
    expect(new Set(first).size).toBe(2);
    expect(ffmpeg.starts()).toBeGreaterThan(0);
    expect(await rendered()).toEqual(first);
    expect(ffmpeg.starts()).toBe(0);
  });
});
