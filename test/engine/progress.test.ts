import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressReporter } from '../../engine/progress.ts';
import type { RenderProgress } from '../../protocol/engine.ts';

let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function reporter() {
  const sent: RenderProgress[] = [];
  return { sent, progress: new ProgressReporter((value) => sent.push(value)) };
}

describe('ProgressReporter', () => {
  it('counts the units of each stage from 0', () => {
    const { sent, progress } = reporter();
    progress.begin('encode');
    progress.advance(2);
    progress.advance(2);
    progress.begin('sample');
    progress.report(10, { step: 1, window: 2 });
    progress.advance(10);
    expect(sent.map(({ stage, done, total }) => [stage, done, total])).toEqual([
      ['encode', 0, 1],
      ['encode', 1, 2],
      ['encode', 2, 2],
      ['sample', 0, 1],
      ['sample', 0, 10],
      ['sample', 1, 10],
    ]);
    expect(sent[4]).toMatchObject({ step: 1, window: 2 });
    expect(sent[5]).not.toHaveProperty('step');
  });

  it('never reports more units than there are', () => {
    const { sent, progress } = reporter();
    progress.begin('write');
    progress.advance(1);
    progress.advance(1);
    expect(sent.at(-1)).toMatchObject({ done: 1, total: 1 });
  });

  it('estimates the time left once a unit is done, stages to come included', () => {
    const { sent, progress } = reporter();
    progress.begin('sample');
    now += 2000;
    progress.advance(4);
    expect(sent[0]).not.toHaveProperty('secondsLeft');
    // 6 seconds of sampling are left; decoding and writing take 10 shares against 85 of sampling.
    expect(sent[1]!.secondsLeft).toBeCloseTo(6 + (8 * 0.1) / 0.85, 6);
    progress.begin('write');
    now += 1000;
    progress.advance(1);
    expect(sent.at(-1)!.secondsLeft).toBeCloseTo(0, 6);
  });

  it('times the stages', () => {
    const { progress } = reporter();
    now += 500;
    progress.begin('encode');
    now += 1000;
    progress.begin('sample');
    now += 3000;
    progress.begin('decode');
    progress.begin('write');
    now += 250;
    expect(progress.finish()).toEqual({ total: 4.75, load: 0.5, encode: 1, sample: 3, decode: 0, write: 0.25 });
  });
});
