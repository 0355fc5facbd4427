import { describe, expect, it } from 'vitest';
import { ClipTokenizer } from '../../../prompt/clip-tokenizer.ts';
import { FrameDetails, StepWindowsAnswer } from '../../../protocol/timeline.ts';
import { frameDetailsOf } from '../../../server/features/frame-details.ts';
import { stepWindowsOf } from '../../../server/features/step-windows.ts';
import { clipMerges } from '../../golden/prompts.ts';
import { analyze } from '../hosts.ts';

const TEXT = `---
frames: 32
fps: 8
seed: 100
negative_prompt: blurry
stride: 2
---
head
0: a cat
8: a red fox --neg ugly
`;

const details = (frame: number, text = TEXT, tokenizer: ClipTokenizer | null = null) =>
  FrameDetails.parse(frameDetailsOf(analyze(text), frame, tokenizer));

describe('the details of a frame', () => {
  it('are the prompts, shares, numbers and windows of its plan', () => {
    const plan = analyze(TEXT).clip.buildPlan()!;
    for (const frame of [0, 3, 8, 31]) {
      const { positive, negative, values, seed, seconds, windows } = details(frame);
      const planned = plan.frames[frame]!;
      for (const [mix, shown] of [[planned.positive, positive] as const, [planned.negative, negative] as const]) {
        expect(shown).toMatchObject({ from: plan.prompts[mix.from]!.text, to: plan.prompts[mix.to]!.text });
        expect(shown.t).toBeCloseTo(mix.t, 4);
      }
      expect(values).toEqual([{ name: 'cfg_scale', value: planned.cfgScale }]);
      expect([seed, seconds]).toEqual([100 + frame, frame / 8]);
      expect(windows.length).toBeGreaterThan(0);
      expect(windows.every(({ frames }) => frames.includes(frame))).toBe(true);
      expect(windows.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
    }
  });

  it('count tokens in chunks of 75', () => {
    const { positive, negative } = details(4, `0: ${'cat '.repeat(80)}\n8: dog\n`, new ClipTokenizer(clipMerges()));
    expect(positive.tokens).toEqual({ from: [75, 5], to: [1] });
    expect(negative.tokens).toEqual({ from: [0], to: [0] });
  });

  it('are there without windows if an error elsewhere stops the render', () => {
    const shown = details(0, '---\ncheckpoint: nowhere\n---\n0: red\n');
    expect(shown).toMatchObject({ positive: { from: 'red', to: 'red', t: 0 }, windows: [] });
  });

  it('need a frame of the clip', () => {
    expect(frameDetailsOf(analyze(TEXT), 32, null)).toBeNull();
  });
});

describe('the windows of a step', () => {
  it('are those of the plan, for each step', () => {
    const { windows } = analyze(TEXT).clip.buildPlan()!.context;
    expect(new Set(windows.map((row) => JSON.stringify(row))).size).toBeGreaterThan(1);
    windows.forEach((row, step) => {
      expect(StepWindowsAnswer.parse(stepWindowsOf(analyze(TEXT), step))).toEqual(row);
    });
    expect(stepWindowsOf(analyze(TEXT), windows.length)).toBeNull();
  });

  it('are not known if errors stop the render', () => {
    expect(stepWindowsOf(analyze('---\ncheckpoint: nowhere\n---\n0: a\n'), 0)).toBeNull();
  });
});
