import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLAN_VERSION } from '../../plan/plan.ts';
import { PublishedPlan } from '../../plan/published-plan.ts';
import { samplingSteps } from '../../plan/steps.ts';
import { readPlan } from '../../plan/versions.ts';

/** As the version wrote it; it never changes. */
const frozen = (version: number): Record<string, unknown> =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `fixtures/plan-v${version}.json`), 'utf8'));
const V1 = frozen(1);

function upgraded(stored: unknown): PublishedPlan {
  const read = readPlan(stored);
  if (!read.ok) throw new Error(read.reason);
  return read.plan;
}

/** What plans of today say of their sampling besides. */
const ADDED = {
  parameters: {},
  noise: { subseed: 0, subseedStrength: 0, resizeFrom: null, etaNoiseSeedDelta: 0 },
  cfgRescale: 0,
  denoising: null,
};

describe('readPlan', () => {
  it('upgrades version 1, and changes only what has changed since', () => {
    const plan = upgraded(V1);
    const { windows, settings, ...context } = plan.context;
    const { unload, ...models } = plan.models;
    const { until, parameters, noise, cfgRescale, denoising, ...sampling } = plan.sampling;
    expect({ parameters, noise, cfgRescale, denoising }).toEqual(ADDED);
    expect(plan.version).toBe(PLAN_VERSION);
    expect([unload, settings, until]).toEqual([false, null, null]);
    const { windows: windowsBefore, ...contextBefore } = V1.context as { windows: unknown[] };
    const { base, ...outputBefore } = V1.output as { base: string };
    expect({ ...plan, version: 1, context, sampling }).toEqual({
      ...V1,
      images: [],
      masks: [],
      models: { ...models, unload },
      context: contextBefore,
      output: { ...outputBefore, written: base.split('/').at(-1), interpolation: null },
    });
    expect(models.checkpoint).toEqual({ name: 'pocket.safetensors', size: expect.any(Number), sha256: null });
    // 20 rows were written, and DDIM makes 19 steps.
    expect(windowsBefore).toHaveLength(20);
    expect(windows).toEqual(windowsBefore.slice(0, 19));
  });

  it('repeats the last row of windows of version 1 where DDIM makes more steps than it was asked for', () => {
    const { context, sampling } = V1 as { context: { windows: unknown[] }; sampling: object };
    const plan = upgraded({
      ...V1,
      sampling: { ...sampling, steps: 7 },
      context: { ...context, windows: context.windows.slice(0, 7) },
    });
    expect(samplingSteps(plan.sampling)).toBe(7);
    const more = upgraded({
      ...V1,
      sampling: { ...sampling, steps: 300 },
      context: { ...context, windows: Array.from({ length: 300 }, (_, i) => context.windows[i % 20]) },
    });
    expect(more.context.windows).toHaveLength(333);
    expect(more.context.windows.slice(300)).toEqual(Array(33).fill(context.windows[299 % 20]));
  });

  it('takes the paths out of version 2, and changes nothing else', () => {
    const { models, output, version, ...rest } = frozen(2) as Record<'models' | 'output', Record<string, unknown>> & {
      version: number;
    };
    const plan = upgraded(frozen(2));
    expect(version).toBe(2);
    expect(plan).toMatchObject(rest);
    expect(plan.models).toEqual({
      ...models,
      checkpoint: { name: 'pocket.safetensors', size: 32553958, sha256: null },
      motionModule: { name: 'mm_pocket.safetensors', size: 8033424, sha256: null },
    });
    const { base, ...others } = output;
    expect(plan.output).toEqual({ ...others, written: String(base).split('/').at(-1), interpolation: null });
    expect(JSON.stringify(plan)).not.toContain('/program');
  });

  it('reads version 3 as it was written, with what was added since', () => {
    const stored = frozen(3) as { sampling: object; output: object };
    expect(upgraded(stored)).toEqual({
      ...stored,
      images: [],
      masks: [],
      sampling: { ...stored.sampling, ...ADDED, until: null },
      output: { ...stored.output, interpolation: null },
    });
  });

  it('reads today’s version as it is', () => {
    const plan = upgraded(V1);
    expect(upgraded(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it.each([
    ['nothing', undefined, /not a plan/],
    ['text', 'plan', /not a plan/],
    ['an array', [], /not a plan/],
    ['no version', { ...V1, version: undefined }, /not a plan/],
    ['version 0', { ...V1, version: 0 }, /not a plan/],
    ['a newer version', { ...V1, version: PLAN_VERSION + 1 }, /reads up to 3\. Update Prompt Travel/],
    [
      'version 1 without windows',
      { ...V1, context: {} },
      /version 1, but its “context\.windows” is missing or invalid/,
    ],
    [
      'version 1 with an unknown sampler',
      { ...V1, sampling: { sampler: 'Magic', steps: 3 } },
      /version 1, but its “sampling\.sampler” is missing or invalid/,
    ],
    ['version 1 without frames', { ...V1, frames: [] }, /version 1, but its “frames” is missing or invalid/],
    [
      'version 3 with too few rows of windows',
      { ...upgraded(V1), context: { windows: [], fuse: 'flat' } },
      /version 3, but its “context\.windows” is/,
    ],
    ['version 2 without models', { ...frozen(2), models: {} }, /version 2, but its “models\.checkpoint” is/],
    ['version 3 with a path', { ...upgraded(V1), output: V1.output }, /version 3, but its “output.*” is/],
  ])('refuses %s with a sentence', (_, stored, reason) => {
    const read = readPlan(stored);
    expect(read).toMatchObject({ ok: false });
    expect(read.ok || read.reason).toMatch(reason);
    expect(read.ok || read.reason).toMatch(/^It [^\n✖]*\.$/);
  });
});

describe('PublishedPlan', () => {
  it('has one row of windows for each model call of the sampler', () => {
    const plan = upgraded(V1);
    const { context } = plan;
    expect(PublishedPlan.safeParse(plan).success).toBe(true);
    for (const windows of [context.windows.slice(1), [...context.windows, context.windows[0]]]) {
      const parsed = PublishedPlan.safeParse({ ...plan, context: { ...context, windows } });
      expect(parsed.error?.issues).toMatchObject([
        { path: ['context', 'windows'], message: `${windows.length} rows of windows for 19 model calls.` },
      ]);
    }
  });
});
