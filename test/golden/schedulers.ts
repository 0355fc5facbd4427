import { z } from 'zod';
import { createSampler, sigmaSteps } from '../../engine/schedulers/a1111.ts';
import {
  alphasCumprod,
  type BetaSchedule,
  MOTION_BETAS,
  SD15_BETAS,
  trainingBetas,
} from '../../engine/schedulers/betas.ts';
import { NO_MEMORY, type NoiseSource, type Scheduler } from '../../engine/schedulers/scheduler.ts';
import { SigmaTable } from '../../engine/schedulers/sigmas.ts';
import { a1111Timesteps } from '../../engine/schedulers/timesteps.ts';
import { type Sampler, SigmaSchedule, samplerFacts } from '../../plan/samplers.ts';
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
  /** Of each model call. */
  readonly timesteps: readonly number[];
}

/** Run a scheduler as the pipeline does, with the manifest's pseudo model: 0.1·x + cos(t ÷ 500)·n. */
function run(scheduler: Scheduler, { start, n, noises }: PseudoModel): Run {
  let drawn = 0;
  const noise: NoiseSource = () => noises.slice(drawn * start.length, ++drawn * start.length);
  let sample: Float32Array = start.map((value) => value * scheduler.initNoiseSigma);
  let memory = NO_MEMORY;
  const samples = [sample];
  const timesteps: number[] = [];
  for (let i = 0; i < scheduler.steps; i++) {
    const step = scheduler.step(i, sample, memory, noise);
    let next = step.next();
    while (!next.done) {
      const { input, timestep } = next.value;
      timesteps.push(timestep);
      const weight = Math.cos(timestep / 500);
      next = step.next({ guided: input.map((value, k) => 0.1 * value + weight * n[k]!) });
    }
    ({ sample, memory } = next.value);
    samples.push(sample);
  }
  return { trajectory: Float32Array.from(samples.flatMap((values) => [...values])), final: sample, timesteps };
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
  kwargs: z.looseObject({ eta: z.number().optional(), solver_type: z.string().optional() }).default({}),
  schedule: SigmaSchedule.default('uniform'),
  discard_next_to_last_sigma: z.boolean().default(false),
  steps: z.int(),
});

const A1111_SAMPLERS: Readonly<Record<string, Sampler>> = {
  sample_euler: 'Euler',
  sample_euler_ancestral: 'Euler a',
  sample_heun: 'Heun',
  sample_lms: 'LMS',
  sample_dpm_2: 'DPM2',
  sample_dpm_2_ancestral: 'DPM2 a',
  sample_dpmpp_2s_ancestral: 'DPM++ 2S a',
  sample_dpmpp_2m: 'DPM++ 2M',
  sample_dpmpp_sde: 'DPM++ SDE',
  sample_dpmpp_2m_sde: 'DPM++ 2M SDE',
  sample_dpmpp_3m_sde: 'DPM++ 3M SDE',
  'modules/sd_samplers_timesteps_impl.py ddim': 'DDIM',
  'modules/sd_samplers_timesteps_impl.py plms': 'PLMS',
  'modules/sd_samplers_timesteps_impl.py unipc': 'UniPC',
  'modules/sd_samplers_lcm.py': 'LCM',
};

function samplerOf({ function: name, kwargs }: z.infer<typeof A1111Params>): Sampler {
  if (kwargs.solver_type === 'heun') return 'DPM++ 2M SDE Heun';
  const sampler = A1111_SAMPLERS[name];
  if (!sampler) throw new Error(`Unknown sampler "${name}".`);
  return sampler;
}

async function a1111(golden: GoldenCase): Promise<Outcome> {
  const model = await pseudoModel(golden);
  const outputs: Record<string, ArrayLike<number>> = {};
  for (const [key, value] of Object.entries(golden.manifest.params ?? {})) {
    const params = A1111Params.parse(value);
    const betas = betasNamed(key.split('/')[1]!);
    const { schedule, steps, kwargs } = params;
    const choice = { sampler: samplerOf(params), schedule, steps };
    const { discardsPenultimate = false } = samplerFacts(choice.sampler);
    if (discardsPenultimate !== params.discard_next_to_last_sigma) {
      return { status: 'failed', detail: `${key}: whether the second lowest sigma is left out` };
    }
    const parameters = kwargs.eta === undefined ? {} : { eta: kwargs.eta };
    const { trajectory, final, timesteps } = run(createSampler({ ...choice, parameters }, betas), model);
    if (golden.has(`${key}/timesteps`)) {
      const [actual, expected] = [a1111Timesteps(steps), [...golden.tensor(`${key}/timesteps`).data]];
      if (`${actual}` !== `${expected}`) {
        return { status: 'failed', detail: `${key}/timesteps: ${actual}, expected ${expected}` };
      }
    }
    if (golden.has(`${key}/sigmas`)) outputs[`${key}/sigmas`] = sigmaSteps(choice, betas).sigmas;
    if (golden.has(`${key}/final`)) outputs[`${key}/final`] = final;
    outputs[`${key}/traj`] = trajectory;
    outputs[`${key}/t_calls`] = timesteps;
  }
  return summary(golden, outputs, []);
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
    const { trajectory, timesteps } = run(scheduler, model);
    outputs[`${key}/timesteps`] = timesteps;
    outputs[`${key}/traj`] = trajectory;
  }
  return summary(golden, outputs, notCovered);
}

function betas(golden: GoldenCase): Outcome {
  const outputs: Record<string, ArrayLike<number>> = {};
  for (const kind of new Set(golden.tensorNames.map((name) => name.split('/')[0]!))) {
    const schedule = betasNamed(kind);
    outputs[`${kind}/betas`] = trainingBetas(schedule);
    outputs[`${kind}/alphas_cumprod`] = alphasCumprod(schedule);
    outputs[`${kind}/sigmas`] = new SigmaTable(alphasCumprod(schedule)).sigmas;
  }
  return compareOutputs(golden, outputs);
}

export const checkers: Readonly<Record<string, Checker>> = {
  'schedulers/a1111': a1111,
  'schedulers/diffusers': diffusers,
  'schedulers/betas': betas,
};
