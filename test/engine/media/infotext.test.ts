import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { infotext } from '../../../engine/media/infotext.ts';
import type { Mix, TravelPlan } from '../../../plan/plan.ts';
import { publishedPlan } from '../../../plan/published-plan.ts';
import { VERSION } from '../../../plan/version.ts';
import { readInfotext, travelOf } from './a1111-reader.ts';
import { planOf } from './fixtures.ts';

const write = (plan: TravelPlan, hashes: ReadonlyMap<string, string> = new Map()) =>
  infotext(publishedPlan(plan, hashes));

/** A plan whose frames have these mixes; prompt 2 is the negative one unless said. */
function planWith(positive: readonly Mix[], negative: readonly Mix[] = positive.map(() => only(2))): TravelPlan {
  const plan = { ...planOf({ frames: positive.length }), motionLoras: [] };
  const frames = plan.frames.map((frame, i) => ({ ...frame, positive: positive[i]!, negative: negative[i]! }));
  return { ...plan, frames };
}

const only = (prompt: number): Mix => ({ from: prompt, to: prompt, t: 0 });
const between = (t: number): Mix => ({ from: 0, to: 1, t });

function withTexts(plan: TravelPlan, texts: readonly string[]): TravelPlan {
  return { ...plan, prompts: texts.map((text) => ({ text, loras: [] })) };
}

describe('infotext', () => {
  it('is what A1111 and its AnimateDiff extension write', () => {
    expect(write(planOf({ frames: 4, fps: 12.5, loop: 3 }))).toBe(
      [
        '0: café, (smile:1.2) <lora:ears:0.7> <lora:zoom:0.5>',
        '3: 🦊 fox <lora:zoom:0.5>',
        'Negative prompt: blurry',
        'Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 64x48, Model: pocket, RNG: CPU, ' +
          'AnimateDiff: "model: mm_pocket.safetensors, enable: True, video_length: 4, fps: 12.5, loop_number: 3, ' +
          'closed_loop: N, batch_size: 4, stride: 1, overlap: -1, interp: Off, interp_x: 10, freeinit_enable: False", ' +
          `Version: Prompt Travel ${VERSION}`,
      ].join('\n'),
    );
  });

  it('has A1111’s strength and mask blur of a clip that starts from images', () => {
    const plan = planOf();
    const file = { path: '/a.png', size: 1, mtimeMs: 1 };
    const sampling = { ...plan.sampling, denoising: 0.6 };
    expect(write({ ...plan, sampling, images: [file] })).toContain('Denoising strength: 0.6, RNG:');
    expect(write({ ...plan, sampling, images: [file], masks: [file] })).toContain(
      'Denoising strength: 0.6, Mask blur: 4, RNG:',
    );
  });

  it('has hashes of the models, as A1111 shortens them', () => {
    const plan = planOf();
    const paths = ['/models/pocket.safetensors', '/models/mm_pocket.safetensors'];
    const hashes = new Map(paths.map((path, i) => [path, `${i}`.repeat(64)]));
    const read = readInfotext(write(plan, hashes));
    expect(read['Model hash']).toBe('0000000000');
    expect(read['AnimateDiff mm_hash']).toBe('11111111');
  });

  it('has the CFG scale of the plan', () => {
    const plan = planOf();
    const frames = plan.frames.map((frame) => ({ ...frame, cfgScale: 3.5 }));
    expect(write({ ...plan, frames })).toContain('CFG scale: 3.5, ');
  });

  it('has the parameters of FreeInit under the names of sd-webui-animatediff', () => {
    const plan = planOf();
    const freeInit = { filter: 'gaussian', d_s: 0.5, d_t: 0.25, iterations: 3 } as const;
    expect(write({ ...plan, sampling: { ...plan.sampling, freeInit } })).toContain(
      'freeinit_enable: True, freeinit_filter: gaussian, freeinit_ds: 0.5, freeinit_dt: 0.25, freeinit_iters: 3',
    );
  });

  it('lists motion LoRAs as LoRAs, like sd-webui-animatediff', () => {
    const plan = { ...planOf(), loras: [], prompts: planOf().prompts.map(({ text }) => ({ text, loras: [] })) };
    expect(write(plan)).toMatch(/^0: café, \(smile:1\.2\) <lora:zoom:0\.5>\n/);
  });

  it('writes a prompt that does not travel as it is, line breaks too', () => {
    const plan = planWith([only(1), only(1)]);
    expect(write(withTexts(plan, ['', 'one\ntwo', 'no']))).toMatch(/^one\ntwo\nNegative prompt: no\nSteps: 20/);
  });

  it('writes the start and the end of a hold, but no end at the end of the clip', () => {
    const plan = planWith([only(0), between(0), between(0), between(0.5), between(1), only(1)]);
    const lines = write(plan).split('\n').slice(0, 4);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['0', '2', '4', 'Negative prompt']);
  });

  it('has the phrases of a negative prompt that travels, each once', () => {
    const plan = planWith([only(0), between(0.5), only(1)], [only(2), { from: 2, to: 3, t: 0.5 }, only(3)]);
    const read = readInfotext(write(withTexts(plan, ['day', 'night', 'lowres, (a, b:1.2), text', 'lowres, lamps'])));
    expect(travelOf(read.Prompt!)).toEqual({ 0: 'day', 2: 'night' });
    expect(read['Negative prompt']).toBe('lowres, (a, b:1.2), text, lamps');
  });

  it('quotes a name that would break the list of settings', () => {
    const plan = planOf();
    const checkpoint = { ...plan.models.checkpoint, path: '/models/a, b: c.safetensors' };
    expect(readInfotext(write({ ...plan, models: { ...plan.models, checkpoint } })).Model).toBe('a, b: c');
  });

  it('has AnimateDiff’s fields also if the name of the motion module would break them', () => {
    const plan = planOf();
    const motionModule = { ...plan.models.motionModule!, path: '/models/mm, v2: a.ckpt' };
    const read = readInfotext(write({ ...plan, models: { ...plan.models, motionModule } }));
    expect(read['AnimateDiff video_length']).toBe('4');
    expect(read['AnimateDiff model']).toBeUndefined();
  });

  const words = fc.array(fc.constantFrom('a fox', '(rain:1.2)', '[a:b:0.5]', 'x: y', 'é "q"', '50% off', '🦊'), {
    minLength: 1,
    maxLength: 4,
  });
  const prompt = words.map((list) => list.join(', '));

  it('is read back by A1111', () => {
    const name = fc.constantFrom('toon', 'a, b', 'v1.5: x', 'é "q"', 'x"');
    const plans = fc.record({
      frames: fc.integer({ min: 2, max: 40 }),
      texts: fc.tuple(prompt, prompt, prompt),
      name,
      steps: fc.integer({ min: 2, max: 60 }),
      seed: fc.nat(),
      fps: fc.constantFrom(8, 12.5, 23.976),
      loop: fc.nat(5),
      clipSkip: fc.integer({ min: 1, max: 3 }),
      closedLoop: fc.constantFrom('N', 'R-P', 'R+P', 'A'),
      stride: fc.integer({ min: 1, max: 4 }),
      overlap: fc.integer({ min: -1, max: 3 }),
    });
    fc.assert(
      fc.property(plans, ({ frames, texts, name, steps, seed, fps, loop, clipSkip, ...settings }) => {
        const base = withTexts({ ...planOf({ frames, fps, loop }), loras: [], motionLoras: [] }, texts);
        const plan: TravelPlan = {
          ...base,
          models: { ...base.models, clipSkip, checkpoint: { path: `/m/${name}.ckpt`, size: 1, mtimeMs: 1 } },
          sampling: { ...base.sampling, steps, seed },
          context: { ...base.context, settings: { frames, length: Math.min(frames, 16), ...settings } },
        };
        const read = readInfotext(write(plan));
        expect(travelOf(read.Prompt!)).toEqual({ 0: texts[0], [frames - 1]: texts[1] });
        expect(read).toMatchObject({
          'Negative prompt': texts[2],
          Steps: `${steps}`,
          Sampler: 'Euler a',
          'Schedule type': 'Karras',
          'CFG scale': '7',
          Seed: `${seed}`,
          'Size-1': '64',
          'Size-2': '48',
          Model: name,
          'Clip skip': `${clipSkip}`,
          RNG: 'CPU',
          'AnimateDiff model': 'mm_pocket.safetensors',
          'AnimateDiff enable': 'True',
          'AnimateDiff video_length': `${frames}`,
          'AnimateDiff fps': `${fps}`,
          'AnimateDiff loop_number': `${loop}`,
          'AnimateDiff closed_loop': settings.closedLoop,
          'AnimateDiff batch_size': `${Math.min(frames, 16)}`,
          'AnimateDiff stride': `${settings.stride}`,
          'AnimateDiff overlap': `${settings.overlap}`,
        });
      }),
    );
  });
});
