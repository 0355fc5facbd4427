import { describe, expect } from 'vitest';
import { z } from 'zod';
import { runNoise } from '../../../engine/pipelines/run-noise.ts';
import { createSampler, sigmaSteps } from '../../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import type { Sampler } from '../../../plan/samplers.ts';
import { openCase } from '../../golden/case.ts';
import { compareOutputs } from '../../golden/compare.ts';
import { GOLDEN_FOLDER } from '../../golden/folder.ts';
import { itWithGolden } from '../../golden/tests.ts';
import { plainSampling } from '../../plan/sampling.ts';
import { frameOf } from '../pipelines/plans.ts';
import { type Model, runScheduler } from './runs.ts';

describe('end-to-end A1111 runs of the full reference set', () => {
  const Settings = z.looseObject({
    settings: z.looseObject({
      sampler: z.string(),
      steps: z.int(),
      seed: z.int(),
      video_length: z.int(),
      denoise: z.undefined().optional(),
      denoising_strength: z.undefined().optional(),
    }),
    model_timesteps: z.array(z.number()),
  });
  const textToVideo = ['webui_ddim_v1', 'webui_dpmpp2mk_lora_v2', 'webui_euler_a_travel', 'webui_euler_long_closed'];

  itWithGolden.each(textToVideo)('have the same sigmas, timesteps and noise in %s', async (name) => {
    const golden = await openCase(GOLDEN_FOLDER, `e2e/${name}`);
    const { settings, model_timesteps } = Settings.parse(golden.manifest.params);
    const karras = settings.sampler.endsWith(' Karras');
    const samplerName = settings.sampler.replace(' Karras', '') as Sampler;
    const schedule = karras ? 'karras' : 'uniform';
    const choice = { sampler: samplerName, schedule, steps: settings.steps } as const;
    const nothing: Model = (input) => ({ guided: new Float32Array(input.length) });
    const scheduler = createSampler(choice, MOTION_BETAS);
    const { timesteps } = runScheduler(scheduler, new Float32Array(1), nothing, () => new Float32Array(1));
    expect(timesteps).toHaveLength(model_timesteps.length);
    timesteps.forEach((timestep, i) => {
      expect(Math.abs(timestep - model_timesteps[i]!)).toBeLessThan(0.02);
    });

    const [frames, ...frameShape] = golden.tensor('noise0').dims;
    const frameSize = frameShape.reduce((a, b) => a * b);
    const plan = {
      sampling: plainSampling({ ...choice, seed: settings.seed }),
      frames: Array.from({ length: frames! }, (_, i) => frameOf(i)),
      height: frameShape[1]! * 8,
      width: frameShape[2]! * 8,
    };
    const noise = runNoise(plan, MOTION_BETAS);
    const outputs: Record<string, ArrayLike<number>> = { noise0: noise.initial };
    if (golden.has('noise1_frame0')) outputs.noise1_frame0 = noise.between(1, 0).subarray(0, frameSize);
    if (golden.has('sigmas')) outputs.sigmas = sigmaSteps(choice, MOTION_BETAS).sigmas;
    const { status, detail } = compareOutputs(golden, outputs);
    expect(status, detail).toBe('passed');
  });
});
