import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { costOfPlan, type RenderTime } from '../../../plan/render-cost.ts';
import { estimateOf } from '../../../server/features/estimate.ts';
import { analyze, travelEnvironment } from '../hosts.ts';

const planned = (text: string) => checkTravel(text, travelEnvironment()).plan!;

/** A render of a text that took 100 seconds. */
const timeOf = (text: string, ranOn = 'CPU'): RenderTime => ({
  cost: costOfPlan(planned(text)),
  start: 0,
  sample: 90,
  decode: 10,
  ranOn,
});

const text = (settings: string) => `---\n${settings}\n---\n0: a\n`;

describe('an estimate of a document', () => {
  it.each([
    'frames: 16',
    'frames: 16\nsampler: DDIM\nsteps: 30',
    'frames: 16\ncfg_scale: 1',
    'frames: 16\nmotion_module: none',
    'frames: 16\nfree_init: {iterations: 4}',
    'frames: 16\ndeep_cache: {interval: 4}',
    'frames: 16\nfree_init: {iterations: 4}\nmotion_module: none',
    'frames: 16\ncontext: 24',
    'frames: 16\nwidth: 256\nheight: 768',
    'dialect: webui\nframes: 8',
    'frames: 8\nreverse: [add]\nclosed_loop: A',
    'frames: 48\ncontext_schedule: static',
  ])('has the cost of its plan: %s', (settings) => {
    const seconds = estimateOf(analyze(text(settings)), [timeOf(text(settings))]).seconds;
    expect(seconds).toBeCloseTo(100);
  });

  it.each(['N', 'R-P', 'R+P', 'A'])('is close to its plan if windows move from step to step: %s', (loop) => {
    const settings = `frames: 100\nstride: 2\nclosed_loop: ${loop}`;
    const { seconds } = estimateOf(analyze(text(settings)), [timeOf(text(settings))]);
    expect(seconds).toBeGreaterThan(80);
    expect(seconds).toBeLessThan(120);
  });

  it('grows with the iterations of FreeInit', () => {
    const once = timeOf(text('frames: 16'));
    const { seconds } = estimateOf(analyze(text('frames: 16\nfree_init: {iterations: 3}')), [once]);
    expect(seconds).toBeCloseTo(3 * 90 + 10);
  });

  it('is shorter with DeepCache, and counts the features that it keeps', () => {
    const plain = text('frames: 16\nwidth: 512\nheight: 512');
    const deep = text('frames: 16\nwidth: 512\nheight: 512\ndeep_cache: {interval: 3}');
    const estimate = estimateOf(analyze(deep), [timeOf(plain)]);
    expect(estimate.seconds).toBeLessThan(50);
    // Of two prompts, in the channels of the first level, in each of 64×64 latent pixels.
    const { channels } = analyze(deep).clip.context.models;
    const kept = 2 * channels[0]! * 64 * 64 * 4 * 16;
    expect(estimate.memory! - estimateOf(analyze(plain), []).memory!).toBe(kept);
  });

  it('needs no checks and no plan, however long the text is', () => {
    const analysis = analyze(`${text('frames: 100000')}${'0: <lora:cats:1> a\n'.repeat(2000)}`, {
      models: { lora: ['cats'] },
    });
    const { memory } = estimateOf(analysis, []);
    expect(memory).toBeGreaterThan(1e9);
  });

  it('has the memory of a render on the CPU, with its LoRAs', () => {
    const memoryOf = (written: string, files = {}) => estimateOf(analyze(written, files), []).memory!;
    const plain = memoryOf(text('frames: 16'));
    expect(plain).toBeGreaterThan(0.5e9);
    const lora = memoryOf(`${text('frames: 16')}8: <lora:cats:1> <lora:cats:0.5> b\n`, { models: { lora: ['cats'] } });
    expect(lora - plain).toBe(1_500_000);
    expect(memoryOf(text('frames: 16\nwidth: 1024'))).toBeGreaterThan(plain);
  });

  it('knows nothing of the memory of a GPU', () => {
    expect(estimateOf(analyze(text('device: cuda')), []).memory).toBeNull();
    expect(estimateOf(analyze(text('frames: 16')), [timeOf(text('frames: 16'), 'CUDA')])).toMatchObject({
      seconds: expect.closeTo(100),
      memory: null,
    });
  });

  it.each([
    'checkpoint: nowhere',
    'sampler: UniPC\nsteps: 1',
    'frames: 32\noverlap: 16',
    'frames: 32\ncontext: 8\noverlap: 20',
    'frames: none',
    'width: 7',
  ])('is unknown or of the defaults if a setting is wrong, and does not fail: %s', (settings) => {
    expect(() => estimateOf(analyze(text(settings)), [timeOf(text('frames: 16'))])).not.toThrow();
  });

  it('is unknown without a checkpoint, or if the sampler cannot make so few steps', () => {
    for (const settings of ['checkpoint: nowhere', 'sampler: UniPC\nsteps: 1', 'frames: 32\noverlap: 16']) {
      const estimate = estimateOf(analyze(text(settings)), [timeOf(text('frames: 16'))]);
      expect(estimate, settings).toEqual({ seconds: null, memory: null });
    }
  });
});
