import { z } from 'zod';
import { parseWebuiPrompt } from '../../grammar/webui/prompt.ts';
import { webuiMixes, webuiPromptsClosed } from '../../grammar/webui/travel.ts';
import { webuiInBetweens } from '../../plan/interpolation.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';

const TravelCase = z.looseObject({
  prompt: z.string(),
  video_length: z.int(),
  context_batch_size: z.int(),
  closed_loop: z.enum(['N', 'R-P', 'R+P', 'A']),
  travel: z.boolean().optional(),
  error: z.string().optional(),
  keyframes: z.record(z.string(), z.string()).optional(),
  unique_prompts: z.array(z.string()).optional(),
  per_frame_prompt: z.array(z.int()).optional(),
  prompt_closed_loop: z.boolean().optional(),
  interpolation: z.array(z.tuple([z.number(), z.number(), z.number()])).optional(),
});

/** The result of our parser under the manifest's names. */
function travelOf({ prompt, video_length, context_batch_size, closed_loop }: z.output<typeof TravelCase>) {
  const parsed = parseWebuiPrompt(prompt, { frames: video_length, context: context_batch_size });
  switch (parsed.kind) {
    case 'refused':
      return { error: `AssertionError: ${parsed.message}` };
    case 'plain':
      return { travel: false };
    case 'travel': {
      const closed = webuiPromptsClosed(video_length, context_batch_size, closed_loop);
      const keys = parsed.keyframes.map(({ frame }) => frame);
      return {
        travel: true,
        keyframes: Object.fromEntries(parsed.keyframes.map((keyframe) => [keyframe.frame, keyframe.prompt])),
        prompts: parsed.perFrame,
        prompt_closed_loop: closed,
        interpolation: webuiMixes(keys, parsed.perFrame.length, closed).map(({ from, to, rate }) => [from, to, rate]),
      };
    }
  }
}

/** Numbers are compared with a relative tolerance of 1e-9 as in other text cases, everything else exactly. */
function same(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return actual === expected || Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
  }
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
    return actual === expected;
  }
  const [a, b] = [Object.entries(actual), new Map(Object.entries(expected))];
  return a.length === b.size && a.every(([key, value]) => b.has(key) && same(value, b.get(key)));
}

function differs(about: unknown, actual: unknown, expected: unknown): Outcome {
  const short = (value: unknown) => JSON.stringify(value)?.slice(0, 400);
  return { status: 'failed', detail: `${short(about)}: ${short(actual)}, expected ${short(expected)}` };
}

function travelCases(golden: GoldenCase): Outcome {
  const cases = z.array(TravelCase).min(1).parse(golden.manifest.cases);
  for (const one of cases) {
    const { error, travel, keyframes, prompt_closed_loop, interpolation } = one;
    const prompts = one.per_frame_prompt?.map((index) => one.unique_prompts?.[index]);
    const everything = { error, travel, keyframes, prompts, prompt_closed_loop, interpolation };
    const expected = Object.fromEntries(Object.entries(everything).filter(([, value]) => value !== undefined));
    const actual = travelOf(one);
    if (!same(actual, expected)) return differs(one.prompt, actual, expected);
  }
  return { status: 'passed', detail: `${cases.length} prompts` };
}

const InterpolationCase = z.looseObject({
  keys: z.array(z.int()).min(1),
  length: z.int(),
  closed: z.boolean(),
  frames: z.array(z.looseObject({ frame: z.int(), prev: z.int(), next: z.int().nullable(), rate: z.number() })),
});

function interpolationCases(golden: GoldenCase): Outcome {
  const cases = z.array(InterpolationCase).min(1).parse(golden.manifest.cases);
  for (const { keys, length, closed, frames } of cases) {
    const actual = webuiMixes(keys, length, closed).map(({ from, to, rate }, frame) => ({
      frame,
      prev: from,
      next: from === to ? null : to,
      rate,
    }));
    const wrong = frames.find((expected) => !same(actual[expected.frame], expected));
    if (wrong) return differs({ keys, length, closed }, actual[wrong.frame], wrong);
    if (frames.length === 0) return differs({ keys, length, closed }, 'no frames', 'frames');
  }
  return { status: 'passed', detail: `${cases.length} clips` };
}

const FilmCase = z.looseObject({ frames: z.int(), interp_x: z.int(), inbetween: z.int(), total: z.int() });

function filmCases(golden: GoldenCase): Outcome {
  const cases = z.array(FilmCase).min(1).parse(golden.manifest.cases);
  for (const { frames, interp_x, inbetween, total } of cases) {
    const between = webuiInBetweens(frames, interp_x);
    const actual = [between, (frames - 1) * (between + 1) + 1];
    if (!same(actual, [inbetween, total])) return differs({ frames, interp_x }, actual, [inbetween, total]);
  }
  return { status: 'passed', detail: `${cases.length} counts` };
}

export const checkers: Readonly<Record<string, Checker>> = {
  'peers/film_counts': filmCases,
  'peers/webui_prompt_interp': interpolationCases,
  'prompts/travel': travelCases,
};
