import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fadeShares } from '../../grammar/time/image-fade.ts';
import { loopedUniform, orderedHalving, webuiUniform } from '../../grammar/time/window-grids.ts';
import { contextWindows, overlapFrames, uncoveredFrames } from '../../grammar/time/windows.ts';
import { fuseWeights } from '../../plan/fuse.ts';
import { type Window, windowPositions } from '../../plan/windows.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';
import { allClose } from './compare.ts';

const Loop = z.enum(['N', 'R-P', 'R+P', 'A']);
const Positions = z.array(z.array(z.int()));

/** A case of sd-webui-animatediff's windows. The two reference files use different names for two of the keys. */
const WebuiCase = z
  .looseObject({
    step: z.int(),
    video_length: z.int(),
    batch_size: z.int(),
    stride: z.int(),
    overlap: z.int(),
    loop: Loop.optional(),
    closed_loop: Loop.optional(),
    windows: z.union([Positions, z.looseObject({ error: z.string() })]),
    uncovered: z.array(z.int()).optional(),
    missing: z.array(z.int()).optional(),
  })
  .transform((data, context) => {
    const loop = data.loop ?? data.closed_loop;
    if (loop) return { ...data, loop };
    context.addIssue({ code: 'custom', message: 'the case has no closed loop' });
    return z.NEVER;
  });

const WebuiGrid = z.looseObject({
  frames: z.tuple([z.int(), z.int()]),
  steps: z.array(z.int()),
  hashes: z.record(z.string(), z.string()),
});

interface WebuiSettings {
  readonly video_length: number;
  readonly batch_size: number;
  readonly stride: number;
  readonly overlap: number;
  readonly loop: z.output<typeof Loop>;
}

/**
 * The windows of one step, in the extension's order. It extends a clip shorter than the context to the context length.
 */
function webuiWindows({ video_length, batch_size, stride, overlap, loop }: WebuiSettings, step: number): number[][] {
  const frames = Math.max(video_length, batch_size);
  const shared = overlapFrames(batch_size, overlap);
  const planned = { frames, context: batch_size, stride, overlap: shared, step };
  // The planner rejects settings that the extension accepts: they are compared with the grid function itself.
  const rejected = shared >= batch_size && frames > batch_size;
  const windows = rejected
    ? webuiUniform(planned, loop)
    : contextWindows({
        ...planned,
        overlap: Math.min(shared, batch_size - 1),
        closedLoop: loop,
        schedule: 'uniform',
        steps: step + 1,
        dialect: 'webui',
      })[step]!;
  return windows.map((window) => windowPositions(window, frames));
}

function same(actual: unknown, expected: unknown): boolean {
  return JSON.stringify(actual) === JSON.stringify(expected);
}

function differs(about: unknown, actual: unknown, expected: unknown): Outcome {
  const short = (value: unknown) => JSON.stringify(value).slice(0, 300);
  return { status: 'failed', detail: `${short(about)}: ${short(actual)}, expected ${short(expected)}` };
}

function webuiUniformCases(golden: GoldenCase): Outcome {
  const cases = z.array(WebuiCase).min(1).parse(golden.manifest.cases);
  for (const { step, windows: expected, uncovered, missing, ...settings } of cases) {
    const about = { step, ...settings };
    let actual: number[][];
    try {
      actual = webuiWindows(settings, step);
    } catch (thrown) {
      if (thrown instanceof RangeError && 'error' in expected) continue;
      throw thrown;
    }
    if (!same(actual, expected)) return differs(about, actual, expected);
    const notCovered = [...Array(settings.video_length).keys()].filter(
      (frame) => !actual.some((w) => w.includes(frame)),
    );
    const expectedMissing = uncovered ?? missing;
    if (expectedMissing && !same(notCovered, expectedMissing)) return differs(about, notCovered, expectedMissing);
  }
  const { grid } = golden.manifest;
  if (grid === undefined) return { status: 'passed', detail: `${cases.length} steps` };
  return webuiGrid(WebuiGrid.parse(grid), cases.length);
}

/** The windows of every length in a range, compared by hash. */
function webuiGrid({ frames: [shortest, longest], steps, hashes }: z.output<typeof WebuiGrid>, cases: number): Outcome {
  let count = 0;
  for (const [name, list] of Object.entries(hashes)) {
    const [batch_size, stride, overlap, loop] = name.split('/') as [string, string, string, string];
    for (const [i, expected] of list.split(' ').entries()) {
      const settings = {
        video_length: shortest + i,
        batch_size: Number(batch_size),
        stride: Number(stride),
        overlap: Number(overlap),
        loop: Loop.parse(loop),
      };
      const actual = hashOfSteps(settings, steps);
      if (actual !== expected) return differs(settings, actual, expected);
      count++;
    }
    if (list.split(' ').length !== longest - shortest + 1) return differs(name, list.length, 'one hash per length');
  }
  return { status: 'passed', detail: `${cases} steps, ${count} clips by hash` };
}

function hashOfSteps(settings: WebuiSettings, steps: readonly number[]): string {
  const windows = steps.map((step) => {
    try {
      return webuiWindows(settings, step);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  });
  return createHash('sha1').update(JSON.stringify(windows)).digest('hex').slice(0, 8);
}

const AdeCase = z.looseObject({
  schedule: z.string(),
  num_frames: z.int(),
  context_length: z.int(),
  context_stride: z.int(),
  context_overlap: z.int(),
  closed_loop: z.boolean(),
  step: z.int(),
  windows: Positions,
});

/** The windows of a schedule of ComfyUI-AnimateDiff-Evolved; null if a `.travel` file cannot select the schedule. */
function adeWindows(golden: z.output<typeof AdeCase>): readonly Window[] | null {
  const {
    num_frames: frames,
    context_length: context,
    context_stride: stride,
    context_overlap: overlap,
    step,
  } = golden;
  if (frames < context) return [{ start: 0, stride: 1, length: frames }];
  const options = { frames, context, overlap, closedLoop: 'N', dialect: 'travel' } as const;
  switch (golden.schedule) {
    case 'looped_uniform':
      // Compared with the grid function itself: this tool wraps even a clip as long as its context.
      return loopedUniform({ frames, context, stride, overlap, step }, golden.closed_loop);
    case 'standard_uniform':
      return contextWindows({ ...options, stride, schedule: 'uniform', steps: step + 1 })[step]!;
    case 'standard_static':
      return contextWindows({ ...options, stride: 1, schedule: 'static', steps: step + 1 })[step]!;
    default:
      return null;
  }
}

function adeWindowCases(golden: GoldenCase): Outcome {
  const cases = z.array(AdeCase).min(1).parse(golden.manifest.cases);
  const left = { 'not available': 0, 'with frames beyond the end': 0 };
  let compared = 0;
  for (const one of cases) {
    const windows = adeWindows(one);
    if (!windows) left['not available']++;
    else if (one.windows.flat().some((frame) => frame >= one.num_frames)) {
      // A bug in that tool. Ours must cover each frame of the clip.
      if (uncoveredFrames(windows, one.num_frames).length > 0) return differs(one, 'missing frames', 'all frames');
      left['with frames beyond the end']++;
    } else {
      const { windows: expected, ...about } = one;
      const actual = windows.map((window) => windowPositions(window, one.num_frames));
      if (!same(actual, expected)) return differs(about, actual, expected);
      compared++;
    }
  }
  const weights = z.record(z.string(), z.array(z.number())).parse(golden.manifest.weights ?? {});
  let weighed = 0;
  for (const [name, expected] of Object.entries(weights)) {
    const [fuse, length] = name.split('/');
    if (fuse !== 'pyramid' && fuse !== 'flat') continue;
    const actual = fuseWeights(Number(length), fuse);
    if (!same(actual, expected)) return differs(name, actual, expected);
    weighed++;
  }
  if (compared === 0) return { status: 'skipped', detail: 'none of its schedules is available' };
  const leftOut = Object.entries(left).map(([why, count]) => `${count} ${why}`);
  return { status: 'passed', detail: `${compared} steps, ${weighed} weights; not compared: ${leftOut.join(', ')}` };
}

function orderedHalvingCases(golden: GoldenCase): Outcome {
  const values = z.union([z.array(z.number()), z.record(z.string(), z.number())]);
  const expected = Object.entries(values.parse(golden.manifest.values ?? golden.manifest.ordered_halving));
  const wrong = expected.find(([step, value]) => orderedHalving(Number(step)) !== value);
  if (wrong) return differs(`step ${wrong[0]}`, orderedHalving(Number(wrong[0])), wrong[1]);
  return { status: expected.length > 0 ? 'passed' : 'failed', detail: `${expected.length} steps` };
}

const FadeCase = z.looseObject({
  video_length: z.int(),
  latent_power: z.number(),
  latent_scale: z.number(),
  latent_power_last: z.number().nullable(),
  latent_scale_last: z.number().nullable(),
  init_alpha: z.array(z.number()),
  last_alpha: z.array(z.number()).optional(),
});

function pictureFadeCases(golden: GoldenCase): Outcome {
  const cases = z.array(FadeCase).min(1).parse(golden.manifest.cases);
  const { atol } = z.looseObject({ atol: z.number() }).parse(golden.manifest.tolerance);
  for (const { init_alpha, last_alpha, ...one } of cases) {
    const { latent_power_last: power, latent_scale_last: scale } = one;
    const last = power === null || scale === null ? null : { power, scale };
    const shares = fadeShares(one.video_length, { power: one.latent_power, scale: one.latent_scale }, last);
    const compared = [allClose(shares.first, init_alpha, { atol, rtol: 0 })];
    if (last_alpha) compared.push(allClose(shares.last ?? [], last_alpha, { atol, rtol: 0 }));
    const failed = compared.find(({ ok }) => !ok);
    if (failed)
      return { status: 'failed', detail: `${JSON.stringify(one)}: ${'detail' in failed ? failed.detail : ''}` };
  }
  return { status: 'passed', detail: `${cases.length} clips` };
}

export const checkers: Readonly<Record<string, Checker>> = {
  'contexts/ade_windows': adeWindowCases,
  'contexts/ordered_halving': orderedHalvingCases,
  'contexts/webui_i2i_alpha': pictureFadeCases,
  'contexts/webui_uniform': webuiUniformCases,
  'peers/ordered_halving': orderedHalvingCases,
  'peers/webui_uniform': webuiUniformCases,
};
