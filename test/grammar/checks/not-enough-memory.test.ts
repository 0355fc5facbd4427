import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { fastestPlan, memoryNeeded } from '../../../plan/memory.ts';
import { testEnvironment } from '../environment.ts';

const clip = (...settings: string[]) =>
  ['---', 'checkpoint: toonyou', 'motion_module: mm_sd_v15', ...settings, '---', 'a lighthouse'].join('\n');

const memoryProblem = (text: string, memory: number | null) =>
  checkTravel(text, testEnvironment({ memory })).problems.find(({ code }) => code === 'travel/not-enough-memory');

const LARGE = clip('width: 2048', 'height: 1536');

describe('the memory that a render needs', () => {
  // Without the model files, which are mapped. docs/measured.md describes the measurement.
  it.each([
    { window: 16, side: 512, measured: 2.18e9 },
    { window: 1, side: 512, measured: 1.18e9 },
    { window: 1, side: 768, measured: 2.56e9 },
  ])('$window frames of $side×$side: within 20% of the measurement', ({ window, side, measured }) => {
    const [width, height, channels] = [side, side, [320, 640, 1280, 1280]];
    const clip = { window, frames: window, width, height, motion: true };
    const demand = { ...clip, channels, vaeChannels: 128, models: 0 };
    // UNet and VAE were measured on their own.
    const needed = memoryNeeded(demand, { ...fastestPlan(demand), together: false });
    expect(needed / measured).toBeGreaterThan(0.8);
    expect(needed / measured).toBeLessThan(1.2);
  });

  it('is reported if it exceeds that of the computer, with a size that fits', () => {
    const problem = memoryProblem(LARGE, 16e9)!;
    expect(problem).toMatchObject({ severity: 'warning' });
    expect(LARGE.slice(problem.span.start, problem.span.end)).toBe('2048');
    expect(problem.message).toContain('16 frames of 2048×1536 at once, 16 in total');
    expect(problem.message).toContain('this computer has 16 GB');
    const repaired = applyEdits(LARGE, problem.fixes![0]!.edits);
    expect(repaired).not.toBe(LARGE);
    expect(memoryProblem(repaired, 16e9)).toBeUndefined();
  });

  it('is not reported if it suffices or is unknown', () => {
    expect(memoryProblem(LARGE, 64e9)).toBeUndefined();
    expect(memoryProblem(LARGE, null)).toBeUndefined();
    expect(memoryProblem(clip('width: 2048', 'height: 1536', 'device: cuda'), 16e9)).toBeUndefined();
  });

  it('counts the frames to render, of the whole clip or a part', () => {
    const long = clip('frames: 8000');
    expect(memoryProblem(long, 16e9)!.message).toContain('8000 in total');
    const some = checkTravel(long, testEnvironment({ memory: 16e9 }), { frames: { from: 0, to: 15 } });
    expect(some.problems.map(({ code }) => code)).not.toContain('travel/not-enough-memory');
  });

  it('suggests fewer frames if no size fits', () => {
    const problem = memoryProblem(clip('frames: 8000'), 1e8)!;
    expect(problem.message).toContain('Use a smaller `context`, or render fewer frames.');
    expect(problem.fixes).toEqual([]);
  });

  it('counts the LoRAs, each file once', () => {
    const environment = testEnvironment({ memory: 16e9 });
    const withLoras = (bytes: number) =>
      testEnvironment({
        memory: 16e9,
        resolveModel(kind, name) {
          const model = environment.resolveModel(kind, name);
          return kind === 'lora' && model ? { ...model, file: { ...model.file, size: bytes } } : model;
        },
      });
    const problems = (bytes: number, text: string) =>
      checkTravel(text, withLoras(bytes)).problems.filter(({ code }) => code === 'travel/not-enough-memory');
    const text = `${clip()} <lora:detail:1> <lora:style:1>`;
    expect(problems(1e6, text)).toEqual([]);
    expect(problems(8e9, text)).toHaveLength(1);
    expect(problems(8e9, `${clip()} <lora:detail:1>`)).toEqual([]);
  });
});
