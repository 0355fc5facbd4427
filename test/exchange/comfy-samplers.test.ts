import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

type Node = readonly [type: string, inputs: Readonly<Record<string, unknown>>];
type Nodes = Readonly<Record<string, Node>>;

/** A clip of SamplerCustom with these nodes: `sampler` and `sigmas` are its own. */
function imported(parts: Nodes, links: Readonly<Record<string, unknown>> = {}) {
  const nodes: Nodes = {
    '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
    '2': ['ADE_AnimateDiffLoaderGen1', { model_name: 'mm.ckpt', beta_schedule: 'autoselect', model: ['1', 0] }],
    '3': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
    '4': ['CLIPTextEncode', { text: 'blurry', clip: ['1', 1] }],
    '5': ['EmptyLatentImage', { width: 384, height: 256, batch_size: 12 }],
    '6': [
      'SamplerCustom',
      {
        noise_seed: 7,
        cfg: 5,
        model: ['2', 0],
        positive: ['3', 0],
        negative: ['4', 0],
        latent_image: ['5', 0],
        sampler: ['sampler', 0],
        sigmas: ['sigmas', 0],
        ...links,
      },
    ],
    '7': ['VAEDecode', { samples: ['6', 0], vae: ['1', 2] }],
    '8': ['VHS_VideoCombine', { frame_rate: 12, format: 'video/h264-mp4', images: ['7', 0] }],
    sampler: ['KSamplerSelect', { sampler_name: 'dpmpp_2m' }],
    sigmas: ['BasicScheduler', { scheduler: 'simple', steps: 20, denoise: 1 }],
    ...parts,
  };
  const graph = Object.entries(nodes).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }]);
  const { travel, notes } = importTravel([{ text: JSON.stringify(Object.fromEntries(graph)) }]);
  const settings = Object.fromEntries(Array.from(travel.matchAll(/^(\w+): (.*)$/gm), ([, key, value]) => [key, value]));
  return { settings, notes: notes.map(({ message }) => message).filter((message) => !/same seed/.test(message)) };
}

const RANGE = { sigma_max: 14.61, sigma_min: 0.03 };

describe('nodes that make the steps of a sampler', () => {
  it.each<[Node, schedule: string]>([
    [['BasicScheduler', { scheduler: 'sgm_uniform', steps: 22, denoise: 1 }], 'sgm_uniform'],
    [['KarrasScheduler', { steps: 22, ...RANGE, rho: 7 }], 'karras'],
    [['ExponentialScheduler', { steps: 22, ...RANGE }], 'exponential'],
    [['PolyexponentialScheduler', { steps: 22, ...RANGE, rho: 1 }], 'polyexponential'],
    [['BetaSamplingScheduler', { steps: 22, alpha: 0.6, beta: 0.6 }], 'beta'],
    [['AlignYourStepsScheduler', { model_type: 'SD1', steps: 22, denoise: 1 }], 'align_your_steps'],
    [['ADE_SigmaScheduleToSigmas', { scheduler: 'karras', steps: 22, denoise: 1 }], 'karras'],
  ])('have a schedule that is available: %j', (sigmas, schedule) => {
    const { settings, notes } = imported({ sigmas });
    expect(settings).toMatchObject({ sampler: 'DPM++ 2M', schedule, steps: '22' });
    expect(notes).toEqual([]);
  });

  it.each<[Node, steps: string | undefined, lost: string]>([
    [['SDTurboScheduler', { steps: 2, denoise: 1 }], '2', ''],
    [['VPScheduler', { steps: 22, beta_d: 19.9 }], '22', 'beta_d: 19.9'],
    [['LaplaceScheduler', { steps: 22, mu: 0.3 }], '22', 'mu: 0.3'],
    [['LCMScheduler', { steps: 8 }], '8', ''],
    [['ManualSigmas', { sigmas: '14.6, 7,3.5, .5, 0' }], '4', 'sigmas: 14.6, 7,3.5, .5, 0'],
    [['SomeOnesScheduler', { steps: 22, curve: 'wide' }], '22', 'curve: wide'],
  ])('have a schedule that is not: %j', (sigmas, steps, lost) => {
    const { settings, notes } = imported({ sigmas });
    expect(settings.schedule).toBeUndefined();
    expect(settings.steps ?? '20').toBe(steps);
    const [type] = sigmas;
    expect(notes).toEqual([
      ...(lost === '' ? [] : [`Values of the node “${type}” (sigmas) are not carried over: ${lost}`]),
      `The scheduler ${type} is not available. The sampler’s default is used.`,
    ]);
  });

  it.each<[Node, lost: string]>([
    [['KarrasScheduler', { steps: 22, sigma_max: 80, sigma_min: 0.0291675, rho: 5 }], 'sigma_max: 80, rho: 5'],
    [['BetaSamplingScheduler', { steps: 22, alpha: 0.4, beta: 0.6 }], 'alpha: 0.4'],
    [['AlignYourStepsScheduler', { model_type: 'SDXL', steps: 22, denoise: 1 }], 'model_type: SDXL'],
  ])('have values that are not: %j', (sigmas, lost) => {
    const { settings, notes } = imported({ sigmas });
    expect(settings.steps).toBe('22');
    expect(notes).toEqual([`Values of the node “${sigmas[0]}” (sigmas) are not carried over: ${lost}`]);
  });

  const whole: Nodes = { whole: ['BasicScheduler', { scheduler: 'karras', steps: 30, denoise: 1 }] };
  const parts = (type: string, inputs: object, source = 'whole', slot = 0): Node => [
    type,
    { ...inputs, sigmas: [source, slot] },
  ];

  it.each<[string, Nodes, slot: number, RegExp]>([
    ['the first steps', { sigmas: parts('SplitSigmas', { step: 10 }) }, 0, /^end_at_step: 10 .* all 30 steps are made/],
    ['the last steps', { sigmas: parts('SplitSigmas', { step: 12 }) }, 1, /skips the first steps .*denoise: 0\.6\)/],
    ['the first share', { sigmas: parts('SplitSigmasDenoise', { denoise: 0.4 }) }, 0, /^end_at_step: 18 /],
    ['the last share', { sigmas: parts('SplitSigmasDenoise', { denoise: 0.4 }) }, 1, /denoise: 0\.4\)/],
    [
      'the first of the last steps',
      { sigmas: parts('SplitSigmas', { step: 5 }, 'last', 1), last: parts('SplitSigmas', { step: 12 }) },
      0,
      /^end_at_step: 17 /,
    ],
    [
      'changed steps',
      { sigmas: parts('SetFirstSigma', { sigma: 136 }) },
      0,
      /^The node “SetFirstSigma” \(sigmas\) changes the noise levels of the steps, .*: sigma: 136$/,
    ],
    [
      'steps that another node splits',
      { sigmas: parts('SplitSigmas', { step: ['3', 0] }) },
      0,
      /^The node “SplitSigmas” \(sigmas\) splits the steps where its other inputs say/,
    ],
  ])('have %s of others', (_, nodes, slot, message) => {
    const { settings, notes } = imported({ ...whole, ...nodes }, { sigmas: ['sigmas', slot] });
    expect(settings).toMatchObject({ steps: '30', schedule: 'karras' });
    expect(notes).toContainEqual(expect.stringMatching(message));
  });

  it('may lead back to themselves', () => {
    const { settings } = imported({ sigmas: parts('FlipSigmas', {}, 'sigmas') });
    expect(settings.sampler).toBe('DPM++ 2M');
  });

  it('may be missing, like the other parts', () => {
    for (const part of ['sigmas', 'sampler']) {
      expect(imported({}, { [part]: ['99', 0] }).notes).toContain(
        `The input ${part} of the node “KSampler” (6) is made by the node 99, which is missing, so it is not carried over.`,
      );
    }
  });
});

describe('nodes that are a sampler', () => {
  const noise = { eta: 0.5, s_noise: 1.02 };
  it.each<[Node, sampler: string, lost: string]>([
    [['SamplerDPMPP_2S_Ancestral', noise], 'DPM++ 2S a', ''],
    [['SamplerDPMPP_SDE', { ...noise, r: 0.3, noise_device: 'cpu' }], 'DPM++ SDE', 'r: 0.3'],
    [['SamplerDPMPP_2M_SDE', { ...noise, solver_type: 'midpoint', noise_device: 'gpu' }], 'DPM++ 2M SDE', ''],
    [['SamplerDPMPP_2M_SDE', { ...noise, solver_type: 'heun', noise_device: 'gpu' }], 'DPM++ 2M SDE Heun', ''],
    [['SamplerDPMPP_3M_SDE', { ...noise, noise_device: 'gpu' }], 'DPM++ 3M SDE', ''],
  ])('keep their noise: %j', (sampler, name, lost) => {
    const { settings, notes } = imported({ sampler });
    expect({ sampler: 'Euler a', ...settings }).toMatchObject({ sampler: name, eta: '0.5', s_noise: '1.02' });
    const [type] = sampler;
    expect(notes).toEqual(lost === '' ? [] : [`Values of the node “${type}” (sampler) are not carried over: ${lost}`]);
  });

  it.each<[Node, sampler: string]>([
    [['SamplerEulerAncestral', noise], 'Euler a'],
    [['SamplerDPMAdaptative', noise], 'DPM adaptive'],
  ])('name the strength of a noise that the sampler does not have here: %j', (sampler, name) => {
    const { settings, notes } = imported({ sampler });
    expect({ sampler: 'Euler a', ...settings }).toMatchObject({ sampler: name, eta: '0.5' });
    expect(settings).not.toHaveProperty('s_noise');
    expect(notes).toEqual([`${name} has no \`s_noise\` here. It was: 1.02`]);
  });

  it('have defaults', () => {
    for (const sampler of [
      ['SamplerEulerAncestral', { eta: 1, s_noise: 1 }],
      ['SamplerDPMAdaptative', { order: 3, rtol: 0.05, eta: 0, s_noise: 1 }],
    ] as const) {
      const { settings, notes } = imported({ sampler });
      expect(Object.keys(settings)).not.toContain('eta');
      expect(notes).toEqual([]);
    }
  });

  it('are named with all of their values if they are not available', () => {
    const { notes } = imported({ sampler: ['SamplerER_SDE', { solver_type: 'ODE', eta: 0.5 }] });
    expect(notes).toEqual([
      'Values of the node “SamplerER_SDE” (sampler) are not carried over: solver_type: ODE, eta: 0.5',
      'The sampler SamplerER_SDE (scheduler simple) is not available. The default, Euler a, is used. Choose another with `sampler`.',
    ]);
  });

  it('that make too much noise are noted', () => {
    const { settings, notes } = imported({ sampler: ['SamplerEulerAncestral', { eta: 1.5, s_noise: 1 }] });
    expect(settings.eta).toBeUndefined();
    expect(notes).toContainEqual(expect.stringContaining('eta: 1.5'));
  });
});
