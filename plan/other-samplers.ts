import { SAMPLERS, type Sampler, SigmaSchedule, samplerFacts } from './samplers.ts';

/**
 * Names of samplers in other programs and their equivalents here, which are A1111's. `null`: there is none.
 *
 * Sources: A1111 `modules/sd_samplers_*.py`, Deforum's settings, ComfyUI `comfy/samplers.py`, diffusers' documentation.
 */

/** Other names that A1111's API accepts, in lower case. Two samplers of A1111 1.8 claim `k_dpmpp_2m_sde_ka`; the plain one wins. */
export const A1111_API_ALIASES: ReadonlyMap<string, string> = new Map<string, string>([
  ['k_euler_a', 'Euler a'],
  ['k_euler_ancestral', 'Euler a'],
  ['k_euler', 'Euler'],
  ['k_lms', 'LMS'],
  ['k_heun', 'Heun'],
  ['k_dpm_2', 'DPM2'],
  ['k_dpm_2_a', 'DPM2 a'],
  ['k_dpmpp_2s_a', 'DPM++ 2S a'],
  ['k_dpmpp_2m', 'DPM++ 2M'],
  ['k_dpmpp_sde', 'DPM++ SDE'],
  ['k_dpm_fast', 'DPM fast'],
  ['k_dpm_ad', 'DPM adaptive'],
  ['k_lms_ka', 'LMS Karras'],
  ['k_dpm_2_ka', 'DPM2 Karras'],
  ['k_dpm_2_a_ka', 'DPM2 a Karras'],
  ['k_dpmpp_2s_a_ka', 'DPM++ 2S a Karras'],
  ['k_dpmpp_2m_ka', 'DPM++ 2M Karras'],
  ['k_dpmpp_sde_ka', 'DPM++ SDE Karras'],
  ['k_dpmpp_2m_sde_ka', 'DPM++ 2M SDE'],
  ['k_dpmpp_2m_sde_exp', 'DPM++ 2M SDE Exponential'],
  ['k_dpmpp_3m_sde', 'DPM++ 3M SDE'],
  ['k_dpmpp_3m_sde_ka', 'DPM++ 3M SDE Karras'],
  ['k_dpmpp_3m_sde_exp', 'DPM++ 3M SDE Exponential'],
  ['restart', 'Restart'],
  ['ddim', 'DDIM'],
  ['plms', 'PLMS'],
  ['unipc', 'UniPC'],
]);

/** Samplers in settings of Deforum's first versions, whose names are k-diffusion's, by A1111's names. */
export const DEFORUM_SAMPLERS: ReadonlyMap<string, string> = new Map<string, string>([
  ['klms', 'LMS'],
  ['dpm2', 'DPM2'],
  ['dpm2_ancestral', 'DPM2 a'],
  ['heun', 'Heun'],
  ['euler', 'Euler'],
  ['euler_ancestral', 'Euler a'],
  ['plms', 'PLMS'],
  ['ddim', 'DDIM'],
  ['dpm_fast', 'DPM fast'],
  ['dpm_adaptive', 'DPM adaptive'],
  ['dpmpp_2s_a', 'DPM++ 2S a'],
  ['dpmpp_2m', 'DPM++ 2M'],
]);

/** Samplers of ComfyUI. */
export const COMFY_SAMPLERS: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ['euler', 'Euler'],
  ['euler_ancestral', 'Euler a'],
  ['heun', 'Heun'],
  ['dpm_2', 'DPM2'],
  ['dpm_2_ancestral', 'DPM2 a'],
  ['lms', 'LMS'],
  ['dpm_fast', 'DPM fast'],
  ['dpm_adaptive', 'DPM adaptive'],
  ['dpmpp_2s_ancestral', 'DPM++ 2S a'],
  ['dpmpp_sde', 'DPM++ SDE'],
  ['dpmpp_sde_gpu', 'DPM++ SDE'],
  ['dpmpp_2m', 'DPM++ 2M'],
  ['dpmpp_2m_sde', 'DPM++ 2M SDE'],
  ['dpmpp_2m_sde_gpu', 'DPM++ 2M SDE'],
  ['dpmpp_2m_sde_heun', 'DPM++ 2M SDE Heun'],
  ['dpmpp_2m_sde_heun_gpu', 'DPM++ 2M SDE Heun'],
  ['dpmpp_3m_sde', 'DPM++ 3M SDE'],
  ['dpmpp_3m_sde_gpu', 'DPM++ 3M SDE'],
  ['lcm', 'LCM'],
  ['ddim', 'DDIM'],
  ['uni_pc', 'UniPC'],
  ['uni_pc_bh2', 'UniPC'],
  ['euler_cfg_pp', null],
  ['euler_ancestral_cfg_pp', null],
  ['heunpp2', null],
  ['ddpm', null],
  ['ipndm', null],
  ['ipndm_v', null],
  ['deis', null],
  ['dpmpp_2s_ancestral_cfg_pp', null],
  ['dpmpp_2m_cfg_pp', null],
  ['res_multistep', null],
  ['res_multistep_cfg_pp', null],
  ['res_multistep_ancestral', null],
  ['res_multistep_ancestral_cfg_pp', null],
  ['gradient_estimation', null],
  ['gradient_estimation_cfg_pp', null],
  ['er_sde', null],
  ['seeds_2', null],
  ['seeds_3', null],
  ['sa_solver', null],
  ['sa_solver_pece', null],
  ['exp_heun_2_x0', null],
  ['exp_heun_2_x0_sde', null],
]);

/**
 * Classes of diffusers, with their default settings, by A1111's names (diffusers' “Schedulers”, and the functions of
 * k-diffusion that the classes name). `DPMSolverSinglestepScheduler` is only similar to DPM++ 2S a and DPM++ SDE.
 */
export const DIFFUSERS_SCHEDULERS: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ['EulerDiscreteScheduler', 'Euler'],
  ['EulerAncestralDiscreteScheduler', 'Euler a'],
  ['HeunDiscreteScheduler', 'Heun'],
  ['KDPM2DiscreteScheduler', 'DPM2'],
  ['KDPM2AncestralDiscreteScheduler', 'DPM2 a'],
  ['LMSDiscreteScheduler', 'LMS'],
  ['DPMSolverMultistepScheduler', 'DPM++ 2M'],
  ['DPMSolverSDEScheduler', 'DPM++ SDE'],
  ['DDIMScheduler', 'DDIM'],
  // As Stable Diffusion's pipelines set it, without Runge-Kutta steps.
  ['PNDMScheduler', 'PLMS'],
  ['UniPCMultistepScheduler', 'UniPC'],
  ['LCMScheduler', 'LCM'],
  ['DPMSolverSinglestepScheduler', null],
  ['DEISMultistepScheduler', null],
  ['DDPMScheduler', null],
  ['IPNDMScheduler', null],
  ['SASolverScheduler', null],
  ['TCDScheduler', null],
]);

/** A sampler here, and the schedule that its name in another program contains; null: none, or the sampler ignores it. */
export interface OtherSampler {
  readonly sampler: Sampler;
  readonly schedule: SigmaSchedule | null;
}

/** Programs write names in either case, and with spaces or underscores. */
const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, ' ');

const byPlainName = <T>(entries: Iterable<readonly [string, T]>) =>
  new Map([...entries].map(([name, value]) => [plain(name), value]));

const OWN = byPlainName(SAMPLERS.map((name) => [name, name] as const));
const OTHERS = byPlainName<string | null>([
  ...COMFY_SAMPLERS,
  ...DEFORUM_SAMPLERS,
  ...DIFFUSERS_SCHEDULERS,
  ...A1111_API_ALIASES,
]);
/** By the ending of a name. */
const SCHEDULES: readonly (readonly [ending: string, schedule: SigmaSchedule | null])[] = [
  ['', null],
  [' automatic', null],
  ...SigmaSchedule.options.map((schedule) => [` ${plain(schedule)}`, schedule] as const),
];

/**
 * The sampler that another program calls so, such as `DPM++ 2M SDE Karras` of A1111 before 1.9, or `dpmpp_2m` of ComfyUI;
 * null if it has no equivalent, or no program has such a name.
 */
export function otherSampler(name: string): OtherSampler | null {
  const written = plain(name);
  const whole = plain(OTHERS.get(written) ?? written);
  for (const [ending, schedule] of SCHEDULES) {
    if (!whole.endsWith(ending)) continue;
    const rest = whole.slice(0, whole.length - ending.length);
    const sampler = OWN.get(rest) ?? OWN.get(plain(OTHERS.get(rest) ?? ''));
    if (sampler) return { sampler, schedule: samplerFacts(sampler).schedule === null ? null : schedule };
  }
  return null;
}
