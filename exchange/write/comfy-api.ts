import { overlapFrames } from '../../grammar/time/windows.ts';
import { losses, lost, moduleLosses } from '../lost.ts';
import { COMFY_VIDEO_FORMATS, nameOf } from '../tables.ts';
import { type ExportTarget, jsonFile } from '../target.ts';
import { type ClipView, lorasIn, numberOf } from '../view.ts';
import { REVERSE_PARTS } from '../webui-fields.ts';
import { COMFY_LOSSES, fizzText, startLosses } from './fizz.ts';
import { comfySampler, samplerText } from './names.ts';

/** A ComfyUI workflow in the API format, with AnimateDiff-Evolved, FizzNodes and VideoHelperSuite. */
export const comfyApi: ExportTarget = {
  name: 'comfy-api',
  carries: ({ settings }) => [
    'frames',
    'fps',
    'loop',
    'closed_loop',
    'context',
    'stride',
    'overlap',
    'context_schedule',
    ...(settings.fuse === 'flat' ? (['fuse'] as const) : []),
    'width',
    'height',
    'seed',
    'steps',
    'sampler',
    'schedule',
    'cfg_scale',
    'clip_skip',
    'checkpoint',
    'text_encoder',
    'vae',
    'motion_module',
    ...(settings.motion_module === 'none' ? [] : (['motion_scale', 'free_init', 'free_noise'] as const)),
    'mix',
    'save',
    'reverse',
    'interpolate',
  ],
  besides: [],
  mixes: true,
  write: (view) => {
    const object = workflowOf(view);
    return {
      text: jsonFile(object),
      parts: { object },
      hint: [
        'It needs the nodes of AnimateDiff-Evolved, FizzNodes and VideoHelperSuite. Queue it by POST /prompt as {"prompt": …}, or open it in ComfyUI.',
        ...(view.settings.seed === -1 ? ['seed: -1 picks a new seed for each render. The workflow has seed 0.'] : []),
      ].join('\n'),
      lost: [
        ...losses(view, [
          ...COMFY_LOSSES,
          'lora-travel',
          'noise',
          'weights',
          'cfg-travel',
          ...(view.settings.motion_module === 'none' ? (['motion-scale'] as const) : []),
          'controlnet',
          'video',
          'init-image',
          'inpaint-mask',
          'last-frame',
          'reversed-frames',
          ...(view.settings.interpolate?.method === 'film' ? [] : (['interpolation'] as const)),
        ]),
        ...startLosses(view),
        ...(view.settings.motion_module === 'none'
          ? []
          : moduleLosses(
              view,
              'the `model_name` of its node is empty, and ComfyUI refuses to run it. Choose one there',
            )),
        ...nameLosses(view),
      ],
    };
  },
};

type Link = readonly [node: string, slot: number];

/** Numbers nodes as they are added. */
class Workflow {
  readonly nodes: Record<string, unknown> = {};
  #next = 1;

  /** @returns the link to its first output */
  add(type: string, inputs: Record<string, unknown>): string {
    const id = `${this.#next++}`;
    this.nodes[id] = { class_type: type, inputs, _meta: { title: type } };
    return id;
  }
}

function workflowOf(view: ClipView): Record<string, unknown> {
  const { settings } = view;
  const flow = new Workflow();
  const checkpoint = flow.add('CheckpointLoaderSimple', { ckpt_name: settings.checkpoint });
  let model: Link = [checkpoint, 0];
  let clip: Link =
    settings.text_encoder === undefined
      ? [checkpoint, 1]
      : [flow.add('CLIPLoader', { clip_name: settings.text_encoder, type: 'stable_diffusion' }), 0];
  if (settings.clip_skip !== 1)
    clip = [flow.add('CLIPSetLastLayer', { clip, stop_at_clip_layer: -settings.clip_skip }), 0];
  for (const { name, te, unet } of [...lorasIn(view.head).loras, ...lorasIn(view.tail).loras]) {
    const lora = flow.add('LoraLoader', { model, clip, lora_name: name, strength_model: unet, strength_clip: te });
    model = [lora, 0];
    clip = [lora, 1];
  }
  if (settings.motion_module !== 'none') model = animated(flow, model, view);
  const schedule = flow.add('BatchPromptSchedule', {
    clip,
    text: fizzText(view),
    max_frames: settings.frames,
    print_output: false,
    pre_text: '',
    app_text: '',
    start_frame: 0,
    end_frame: 0,
    pw_a: 0,
    pw_b: 0,
    pw_c: 0,
    pw_d: 0,
  });
  const latents = flow.add('EmptyLatentImage', {
    width: settings.width ?? 512,
    height: settings.height ?? 512,
    batch_size: settings.frames,
  });
  const [sampler, scheduler] = comfySampler(view) ?? ['euler_ancestral', 'normal'];
  const samples = flow.add('KSampler', {
    model,
    positive: [schedule, 0],
    negative: [schedule, 1],
    latent_image: [latents, 0],
    seed: Math.max(0, settings.seed),
    steps: settings.steps,
    cfg: numberOf(settings.cfg_scale, settings).first,
    sampler_name: sampler,
    scheduler,
    denoise: 1,
  });
  const vae: Link =
    settings.vae === undefined ? [checkpoint, 2] : [flow.add('VAELoader', { vae_name: settings.vae }), 0];
  let images: Link = [flow.add('VAEDecode', { samples: [samples, 0], vae }), 0];
  if (settings.interpolate?.method === 'film') {
    const inputs = {
      frames: images,
      ckpt_name: 'film_net_fp32.pt',
      clear_cache_after_n_frames: 10,
      multiplier: settings.interpolate.x + 1,
    };
    images = [flow.add('FILM VFI', inputs), 0];
  }
  const format = videoFormat(view);
  if (format === null) flow.add('SaveImage', { images, filename_prefix: 'travel' });
  else {
    flow.add('VHS_VideoCombine', {
      images,
      frame_rate: settings.fps,
      loop_count: settings.loop,
      filename_prefix: 'travel',
      format,
      pingpong: isPingPong(view),
      save_output: true,
    });
  }
  return flow.nodes;
}

/** The model with its motion module and, in longer clips, its windows. */
function animated(flow: Workflow, model: Link, { settings }: ClipView): Link {
  const module = flow.add('ADE_LoadAnimateDiffModel', { model_name: settings.motion_module ?? '' });
  const scale = motionScale(flow, settings);
  const sampling = samplingSettings(flow, settings);
  const applied = flow.add('ADE_ApplyAnimateDiffModelSimple', {
    motion_model: [module, 0],
    ...(scale && { scale_multival: scale }),
  });
  const options = contextOptions(settings);
  const context = options && flow.add(options.type, options.inputs);
  return [
    flow.add('ADE_UseEvolvedSampling', {
      model,
      m_models: [applied, 0],
      ...(context !== null && { context_options: [context, 0] }),
      ...(sampling && { sample_settings: sampling }),
      beta_schedule: 'autoselect',
    }),
    0,
  ];
}

/** null: all of the module's effect. */
function motionScale(flow: Workflow, settings: ClipView['settings']): Link | null {
  const { motion_scale: scale, frames } = settings;
  if (scale === 1) return null;
  if (typeof scale === 'number') return [flow.add('ADE_MultivalDynamic', { float_val: scale }), 0];
  const values = numberOf(scale, settings)
    .points.map(([frame, value]) => `"${frame}": ${value}`)
    .join(', ');
  const schedule = flow.add('ADE_ValueScheduling', { values, print_schedule: false, max_length: frames });
  return [flow.add('ADE_MultivalDynamicFloats', { floats: [schedule, 1] }), 0];
}

const NOISE_TYPES = { shuffle_context: 'FreeNoise', repeat_context: 'repeated_context', random: 'default' } as const;

/** null: noise as ComfyUI makes it, once. */
function samplingSettings(flow: Workflow, settings: ClipView['settings']): Link | null {
  const { free_init: freeInit, free_noise: freeNoise } = settings;
  if (!freeInit && !freeNoise) return null;
  const iterations =
    freeInit &&
    flow.add('ADE_IterationOptsFreeInit', {
      iterations: freeInit.iterations,
      filter: freeInit.filter,
      d_s: freeInit.d_s,
      d_t: freeInit.d_t,
      n_butterworth: 4,
      sigma_step: 999,
      apply_to_1st_iter: false,
      init_type: 'FreeInit [sampler sigma]',
    });
  const node = flow.add('ADE_AnimateDiffSamplingSettings', {
    batch_offset: 0,
    noise_type: freeNoise ? NOISE_TYPES[freeNoise.noise] : 'default',
    seed_gen: 'comfy',
    seed_offset: 0,
    adapt_denoise_steps: false,
    ...(iterations && { iteration_opts: [iterations, 0] }),
  });
  return [node, 0];
}

function contextOptions(settings: ClipView['settings']) {
  if (settings.frames <= settings.context) return null;
  const inputs = {
    context_length: settings.context,
    context_overlap: overlapFrames(settings.context, settings.overlap),
    fuse_method: settings.fuse === 'flat' ? 'flat' : 'pyramid',
    use_on_equal_length: false,
    start_percent: 0,
    guarantee_steps: 1,
  };
  if (settings.context_schedule === 'static') return { type: 'ADE_StandardStaticContextOptions', inputs };
  const strided = { ...inputs, context_stride: settings.stride };
  return settings.closed_loop === 'N'
    ? { type: 'ADE_StandardUniformContextOptions', inputs: strided }
    : { type: 'ADE_LoopedUniformContextOptions', inputs: { ...strided, closed_loop: settings.closed_loop === 'A' } };
}

/** null: images. */
function videoFormat({ settings }: ClipView): string | null {
  const formats = settings.save.flatMap((own) => nameOf(COMFY_VIDEO_FORMATS, own) ?? []);
  return formats[0] ?? null;
}

const isPingPong = ({ settings: { reverse } }: ClipView) =>
  REVERSE_PARTS.every((part) => reverse.some((own) => own === part));

function nameLosses(view: ClipView) {
  const { settings } = view;
  const format = videoFormat(view);
  const saved = format === null ? 'png' : COMFY_VIDEO_FORMATS.get(format);
  const others = settings.save.filter((own) => own !== saved);
  return [
    ...(format === null
      ? [
          lost(
            'save-format',
            'It saves images, which have no frame rate and no loop count (fps, loop). Set them where you make a clip of them.',
          ),
        ]
      : []),
    ...(comfySampler(view) === null
      ? [lost('sampler', `${samplerText(view)} euler_ancestral with normal is used.`)]
      : []),
    ...(others.length > 0
      ? [lost('save-format', `It saves one format (save), ${saved}. Not saved: ${others.join(', ')}`)]
      : []),
    ...(settings.reverse.length > 0 && !isPingPong(view)
      ? [
          lost(
            'reverse',
            'reverse is not carried over: VideoHelperSuite only plays forward and backward without repeated frames.',
          ),
        ]
      : []),
    ...(settings.checkpoint === 'pocket'
      ? [lost('settings', 'The built-in checkpoint, pocket, is not available there. Choose another one.')]
      : []),
  ];
}
