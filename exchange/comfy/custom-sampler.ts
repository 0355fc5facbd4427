import type { Json } from '../json.ts';
import type { Graph, GraphInput, GraphNode } from './graph.ts';
import { valuesText } from './values-text.ts';

/** What a node of a sampler or of its steps is, in a KSampler’s words, and the defaults of its other values. */
interface Part {
  readonly name: string;
  readonly defaults: Readonly<Record<string, Json>>;
}

const RANGE = { sigma_max: 14.614642, sigma_min: 0.0291675 };

/** Nodes that make the noise levels of one schedule. */
const SCHEDULES: Readonly<Record<string, Part>> = {
  KarrasScheduler: { name: 'karras', defaults: { ...RANGE, rho: 7 } },
  ExponentialScheduler: { name: 'exponential', defaults: RANGE },
  PolyexponentialScheduler: { name: 'polyexponential', defaults: { ...RANGE, rho: 1 } },
  BetaSamplingScheduler: { name: 'beta', defaults: { alpha: 0.6, beta: 0.6 } },
  AlignYourStepsScheduler: { name: 'align_your_steps', defaults: { model_type: 'SD1' } },
};

const NOISE = { eta: 1, s_noise: 1 };

/** Nodes that stand for one sampler. */
const SAMPLERS: Readonly<Record<string, Part>> = {
  KSamplerSelect: { name: 'euler', defaults: {} },
  SamplerEulerAncestral: { name: 'euler_ancestral', defaults: NOISE },
  SamplerEulerAncestralCFGPP: { name: 'euler_ancestral_cfg_pp', defaults: NOISE },
  SamplerDPMPP_2S_Ancestral: { name: 'dpmpp_2s_ancestral', defaults: NOISE },
  SamplerDPMPP_SDE: { name: 'dpmpp_sde', defaults: { ...NOISE, r: 0.5 } },
  SamplerDPMPP_2M_SDE: { name: 'dpmpp_2m_sde', defaults: { ...NOISE, solver_type: 'midpoint' } },
  SamplerDPMPP_3M_SDE: { name: 'dpmpp_3m_sde', defaults: NOISE },
  SamplerLMS: { name: 'lms', defaults: { order: 4 } },
  SamplerDPMAdaptative: {
    name: 'dpm_adaptive',
    defaults: {
      order: 3,
      rtol: 0.05,
      atol: 0.0078,
      h_init: 0.05,
      pcoeff: 0,
      icoeff: 1,
      dcoeff: 0,
      accept_safety: 0.81,
      eta: 0,
      s_noise: 1,
    },
  },
  SamplerLCMCycle: { name: 'lcm', defaults: {} },
  SamplerLCMAlternative: { name: 'lcm', defaults: {} },
  SamplerLCMUpscale: { name: 'lcm', defaults: {} },
};

/** Who computes the noise is no property of the clip. */
const UNSEEN: ReadonlySet<string> = new Set(['noise_device']);

type Inputs = Readonly<Record<string, GraphInput | undefined>>;

/** Inputs of a KSampler, and what it cannot hold, as sentences. */
interface Read {
  readonly inputs: Inputs;
  readonly lost: readonly string[];
}

const value = (of: Json): GraphInput => ({ kind: 'value', value: of });
const given = (node: GraphNode, name: string): Json | undefined => {
  const input = node.inputs.get(name);
  return input?.kind === 'value' ? input.value : undefined;
};

/** Whether a value is the default, which the editor may round to two digits. */
function isDefault(own: Json | undefined, usual: Json | undefined): boolean {
  if (typeof own !== 'number' || typeof usual !== 'number') return own === usual;
  return own === usual || own === Number(usual.toFixed(2));
}

/** A sentence about the values of a node that are neither carried nor the defaults; none if there are no such values. */
function lostValues(node: GraphNode, carried: readonly string[], defaults: Part['defaults']): string[] {
  const left = [...node.inputs].filter(
    ([name, input]) =>
      input.kind === 'value' &&
      !carried.includes(name) &&
      !UNSEEN.has(name) &&
      !(Object.hasOwn(defaults, name) && isDefault(input.value, defaults[name])),
  );
  const values = valuesText({ inputs: new Map(left) });
  return values === '' ? [] : [`Values of the node “${node.type}” (${node.id}) are not carried over: ${values}`];
}

/** The sampler of a node for it. */
export function samplerOf(node: GraphNode): Read {
  const known = Object.hasOwn(SAMPLERS, node.type) ? SAMPLERS[node.type] : undefined;
  const isHeun = node.type === 'SamplerDPMPP_2M_SDE' && given(node, 'solver_type') === 'heun';
  const name = node.inputs.get('sampler_name') ?? value(isHeun ? 'dpmpp_2m_sde_heun' : (known?.name ?? node.type));
  const defaults = known?.defaults ?? {};
  const noise = known
    ? ['eta', 's_noise'].filter((key) => Object.hasOwn(defaults, key) && !isDefault(given(node, key), defaults[key]))
    : [];
  const carried = ['sampler_name', ...noise, ...(isHeun ? ['solver_type'] : [])];
  return {
    inputs: { sampler_name: name, ...Object.fromEntries(noise.map((key) => [key, node.inputs.get(key)])) },
    lost: lostValues(node, carried, defaults),
  };
}

/** Nodes whose noise levels are changed ones of others. More do not follow each other in any workflow. */
const DEEPEST = 20;

/** The steps of nodes that make noise levels, also of a part of them. @param sigmas the input that they are linked to */
export function stepsOf(graph: Graph, sigmas: GraphInput | undefined, depth = 0): Read {
  const node = sigmas?.kind === 'link' ? graph.get(sigmas.node) : undefined;
  if (!node || sigmas?.kind !== 'link' || depth > DEEPEST) return { inputs: {}, lost: [] };
  if (node.type === 'SplitSigmas' || node.type === 'SplitSigmasDenoise')
    return partOf(node, sigmas.slot, stepsOf(graph, node.inputs.get('sigmas'), depth + 1));
  if (node.inputs.get('sigmas')?.kind === 'link') {
    const { inputs, lost } = stepsOf(graph, node.inputs.get('sigmas'), depth + 1);
    const values = valuesText(node);
    const changed = `The node “${node.type}” (${node.id}) changes the noise levels of the steps, which is not carried over${values === '' ? '.' : `: ${values}`}`;
    return { inputs, lost: [...lost, changed] };
  }
  const known = Object.hasOwn(SCHEDULES, node.type) ? SCHEDULES[node.type] : undefined;
  const steps = node.type === 'ManualSigmas' ? manualSteps(node) : node.inputs.get('steps');
  const source = node.inputs.get('sigma_schedule');
  const own = source?.kind === 'link' ? graph.get(source.node) : undefined;
  return {
    inputs: {
      scheduler: node.inputs.get('scheduler') ?? value(known?.name ?? node.type),
      steps,
      denoise: node.inputs.get('denoise'),
    },
    lost: [
      ...lostValues(node, ['scheduler', 'steps', 'denoise'], known?.defaults ?? {}),
      ...(own ? lostValues(own, [], { beta_schedule: 'autoselect' }) : []),
    ],
  };
}

/** One step from each noise level to the next. */
function manualSteps(node: GraphNode): GraphInput | undefined {
  const text = given(node, 'sigmas');
  const count = typeof text === 'string' ? [...text.matchAll(/[-+]?\d{0,20}\.?\d{1,20}/g)].length : 0;
  return count > 1 ? value(count - 1) : undefined;
}

/**
 * The first steps, which the first output of a node has, or the last ones.
 *
 * Source: ComfyUI `nodes_custom_sampler.py`, `SplitSigmas`, `SplitSigmasDenoise`.
 */
function partOf(node: GraphNode, slot: number, { inputs, lost }: Read): Read {
  const count = (input: GraphInput | undefined) =>
    input?.kind === 'value' && typeof input.value === 'number' ? input.value : undefined;
  const start = count(inputs.start_at_step) ?? 0;
  const end = count(inputs.end_at_step) ?? count(inputs.steps);
  const [step, share] = [given(node, 'step'), given(node, 'denoise')];
  const at =
    node.type === 'SplitSigmas'
      ? typeof step === 'number'
        ? start + step
        : undefined
      : typeof share === 'number' && end !== undefined
        ? end - Math.round((end - start) * share)
        : undefined;
  if (at === undefined) {
    const where = `The node “${node.type}” (${node.id}) splits the steps where its other inputs say. Here, all steps are made.`;
    return { inputs, lost: [...lost, where] };
  }
  const split = slot === 0 ? { end_at_step: value(at) } : { start_at_step: value(at) };
  // With some steps left out, they are those of the whole schedule.
  return { inputs: { ...inputs, ...split }, lost };
}
