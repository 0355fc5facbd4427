import { z } from 'zod';
import { createSampler, ddimSteps, ddimTimesteps, sigmaSteps } from '../../engine/schedulers/a1111.ts';
import {
  alphasCumprod,
  type BetaSchedule,
  MOTION_BETAS,
  SD15_BETAS,
  trainingBetas,
} from '../../engine/schedulers/betas.ts';
import { DdimScheduler } from '../../engine/schedulers/ddim.ts';
import type { NoiseSource, Scheduler } from '../../engine/schedulers/scheduler.ts';
import { SigmaTable } from '../../engine/schedulers/sigmas.ts';
import { SigmaSchedule } from '../../plan/plan.ts';
import type { Sampler } from '../../plan/steps.ts';
import { createDiffusersScheduler, DiffusersConfig } from '../engine/schedulers/diffusers.ts';
import { type Checker, type GoldenCase, type Outcome, openCase } from './case.ts';
import { compareOutputs } from './compare.ts';

/** The manifests name the two beta schedules by type; the values are those of every SD 1.5 model. */
const BETAS: Readonly<Record<string, BetaSchedule>> = { linear: MOTION_BETAS, scaled_linear: SD15_BETAS };

function betasNamed(kind: string): BetaSchedule {
  const betas = BETAS[kind];
  if (!betas) throw new Error(`Unknown beta schedule "${kind}".`);
  return betas;
}

interface PseudoModel {
  readonly start: Float32Array;
  readonly n: Float32Array;
  readonly noises: Float32Array;
}

async function pseudoModel(golden: GoldenCase): Promise<PseudoModel> {
  const inputs = await openCase(golden.folder, z.string().parse(golden.manifest.inputs));
  const floats = (name: string) => Float32Array.from(inputs.tensor(name).data);
  return { start: floats('x0'), n: floats('n'), noises: floats('noise') };
}

interface Run {
  /** The sample before the first step, then after each. */
  readonly trajectory: Float32Array;
  readonly final: Float32Array;
}

/** Run a scheduler as the pipeline does, with the manifest's pseudo model: 0.1·x + cos(t ÷ 500)·n. */
function run(scheduler: Scheduler, { start, n, noises }: PseudoModel): Run {
  let drawn = 0;
  const noise: NoiseSource = () => noises.slice(drawn * start.length, ++drawn * start.length);
  let sample: Float32Array = start.map((value) => value * scheduler.initNoiseSigma);
  const samples = [sample];
  for (const [i, timestep] of scheduler.timesteps.entries()) {
    const weight = Math.cos(timestep / 500);
    const epsilon = scheduler.scaleModelInput(sample, i).map((value, k) => 0.1 * value + weight * n[k]!);
    sample = scheduler.step(epsilon, i, sample, noise);
    samples.push(sample);
  }
  return { trajectory: Float32Array.from(samples.flatMap((values) => [...values])), final: sample };
}

/** One outcome for a case with many samplers: the ones that the engine has must agree, the others are listed. */
function summary(
  golden: GoldenCase,
  outputs: Record<string, ArrayLike<number>>,
  notCovered: Iterable<string>,
): Outcome {
  const outcome = compareOutputs(golden, outputs);
  const missing = [...new Set(notCovered)];
  const covered = new Set(Object.keys(outputs).map((name) => name.split('/')[0]!));
  const note = missing.length > 0 ? `; not covered: ${missing.join(', ')}` : '';
  return outcome.status === 'passed'
    ? { status: 'passed', detail: `${[...covered].join(', ')}${note}` }
    : { ...outcome, detail: outcome.detail + note };
}

const A1111Params = z.looseObject({
  function: z.string(),
  kwargs: z.looseObject({ eta: z.number().optional() }).default({}),
  schedule: z.string().optional(),
  discard_next_to_last_sigma: z.boolean().default(false),
  steps: z.int(),
});

const K_SAMPLERS: Readonly<Record<string, Sampler>> = {
  sample_euler: 'Euler',
  sample_euler_ancestral: 'Euler a',
  sample_dpmpp_2m: 'DPM++ 2M',
};

async function a1111(golden: GoldenCase): Promise<Outcome> {
  const model = await pseudoModel(golden);
  const outputs: Record<string, ArrayLike<number>> = {};
  const notCovered: string[] = [];
  for (const [key, value] of Object.entries(golden.manifest.params ?? {})) {
    const params = A1111Params.parse(value);
    const [name, kind] = key.split('/') as [string, string];
    const betas = betasNamed(kind);
    const schedule = SigmaSchedule.safeParse(params.schedule);
    const sampler = K_SAMPLERS[params.function];
    let scheduler: Scheduler;
    if (params.function.endsWith(' ddim')) {
      const { eta } = params.kwargs;
      scheduler =
        eta === undefined
          ? createSampler('DDIM', 'uniform', params.steps, betas)
          : new DdimScheduler(ddimSteps(params.steps, betas), eta);
      const expected = golden.tensor(`${key}/timesteps`).data;
      const timesteps = ddimTimesteps(params.steps);
      if (`${timesteps}` !== `${[...expected]}`) {
        return { status: 'failed', detail: `${key}/timesteps: ${timesteps}, expected ${[...expected]}` };
      }
    } else if (sampler && schedule.success && !params.discard_next_to_last_sigma) {
      scheduler = createSampler(sampler, schedule.data, params.steps, betas);
      outputs[`${key}/sigmas`] = sigmaSteps(schedule.data, params.steps, betas).sigmas;
    } else {
      notCovered.push(name);
      continue;
    }
    const { trajectory, final } = run(scheduler, model);
    outputs[`${key}/traj`] = trajectory;
    if (golden.has(`${key}/final`)) outputs[`${key}/final`] = final;
    outputs[`${key}/t_calls`] = scheduler.timesteps;
  }
  return summary(golden, outputs, notCovered);
}

const DiffusersParams = z.looseObject({
  cls: z.string(),
  config: z.looseObject({}),
  step_kwargs: z.strictObject({ eta: z.number().optional() }),
  num_inference_steps: z.int(),
});

async function diffusers(golden: GoldenCase): Promise<Outcome> {
  const model = await pseudoModel(golden);
  const outputs: Record<string, ArrayLike<number>> = {};
  const notCovered: string[] = [];
  for (const [key, value] of Object.entries(golden.manifest.params ?? {})) {
    const params = DiffusersParams.parse(value);
    const config = DiffusersConfig.safeParse({ ...params.config, class: params.cls });
    if (!config.success) {
      notCovered.push(key.split('/')[0]!);
      continue;
    }
    const scheduler = createDiffusersScheduler(config.data, params.num_inference_steps, params.step_kwargs.eta);
    outputs[`${key}/timesteps`] = scheduler.timesteps;
    outputs[`${key}/traj`] = run(scheduler, model).trajectory;
  }
  return summary(golden, outputs, notCovered);
}

function betas(golden: GoldenCase): Outcome {
  const outputs: Record<string, ArrayLike<number>> = {};
  for (const kind of new Set(golden.tensorNames.map((name) => name.split('/')[0]!))) {
    const schedule = betasNamed(kind);
    outputs[`${kind}/betas`] = trainingBetas(schedule);
    outputs[`${kind}/alphas_cumprod`] = alphasCumprod(schedule);
    outputs[`${kind}/sigmas`] = new SigmaTable(schedule).sigmas;
  }
  return compareOutputs(golden, outputs);
}

export const checkers: Readonly<Record<string, Checker>> = {
  'schedulers/a1111': a1111,
  'schedulers/diffusers': diffusers,
  'schedulers/betas': betas,
};
