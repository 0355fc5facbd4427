import { describe, expect, it } from 'vitest';
import { infotext } from '../../../engine/media/infotext.ts';
import type { Mix, TravelPlan } from '../../../plan/plan.ts';
import { planOf } from './fixtures.ts';

/** A plan whose frames have these mixes; prompt 2 is the negative one unless said. */
function planWith(positive: readonly Mix[], negative: readonly Mix[] = positive.map(() => only(2))): TravelPlan {
  const plan = { ...planOf({ frames: positive.length }), motionLoras: [] };
  const frames = plan.frames.map((frame, i) => ({ ...frame, positive: positive[i]!, negative: negative[i]! }));
  return { ...plan, frames };
}

const only = (prompt: number): Mix => ({ from: prompt, to: prompt, t: 0 });
const between = (t: number): Mix => ({ from: 0, to: 1, t });

describe('infotext', () => {
  it('is what A1111 and its AnimateDiff extension write', () => {
    expect(infotext(planOf({ frames: 4, fps: 12.5, loop: 3 }))).toBe(
      [
        '0: café, (smile:1.2) <lora:ears:0.7> <lora:zoom:0.5>',
        '3: 🦊 fox <lora:zoom:0.5>',
        'Negative prompt: blurry',
        'Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 64x48, Model: pocket, ' +
          'AnimateDiff: "model: mm_pocket.safetensors, video_length: 4, fps: 12.5, loop_number: 3", Version: Prompt Travel',
      ].join('\n'),
    );
  });

  it('has the CFG scale of the plan', () => {
    const plan = planOf();
    const frames = plan.frames.map((frame) => ({ ...frame, cfgScale: 3.5 }));
    expect(infotext({ ...plan, frames })).toContain('CFG scale: 3.5, ');
  });

  it('lists motion LoRAs as LoRAs, like sd-webui-animatediff', () => {
    const plan = { ...planOf(), loras: [], prompts: planOf().prompts.map(({ text }) => ({ text, loras: [] })) };
    expect(infotext(plan)).toMatch(/^0: café, \(smile:1\.2\) <lora:zoom:0\.5>\n/);
  });

  it('writes a prompt that does not travel as it is, line breaks too', () => {
    const plan = planWith([only(1), only(1)]);
    const lines = { ...plan, prompts: plan.prompts.map((prompt) => ({ ...prompt, text: 'one\ntwo' })) };
    expect(infotext(lines)).toMatch(/^one\ntwo\nNegative prompt: one\ntwo\nSteps: 20/);
  });

  it('writes the start and the end of a hold, but no end at the end of the clip', () => {
    const plan = planWith([only(0), between(0), between(0), between(0.5), between(1), only(1)]);
    expect(
      infotext(plan)
        .split('\n')
        .slice(0, 4)
        .map((line) => line.split(':')[0]),
    ).toEqual(['0', '2', '4', 'Negative prompt']);
  });

  it('writes a negative prompt that travels with each keyframe', () => {
    expect(infotext(planWith([only(0), only(1)], [only(2), only(1)]))).toMatch(
      /^0: café, \(smile:1.2\) <lora:ears:0.7> --neg blurry\n1: 🦊 fox --neg 🦊 fox\nSteps/,
    );
  });

  it('quotes a name that would break the list of settings', () => {
    const plan = planOf();
    const checkpoint = { ...plan.models.checkpoint, path: '/models/a, b: c.safetensors' };
    expect(infotext({ ...plan, models: { ...plan.models, checkpoint } })).toContain('Model: "a, b: c", ');
  });
});
