import { losses, lost, moduleFile, moduleLosses } from '../lost.ts';
import { CLI_OUTPUT_FORMATS } from '../tables.ts';
import { type ExportTarget, jsonFile } from '../target.ts';
import { type ClipView, lorasIn, numberOf, pointsOf } from '../view.ts';
import { cliScheduler, samplerText } from './names.ts';

/** A configuration of animatediff-cli-prompt-travel; length, size and windows are options of its command. */
export const cli: ExportTarget = {
  name: 'cli',
  carries: ({ settings }) => [
    'frames',
    'fps',
    'closed_loop',
    'context',
    'stride',
    'overlap',
    // It averages windows.
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
    'vae',
    'motion_module',
    'mix',
    'save',
  ],
  besides: [],
  mixes: true,
  write: (view) => {
    const object = configOf(view);
    const flags = flagsOf(view);
    const options = Object.entries(flags).map(([name, value]) => `${name} ${value}`);
    return {
      text: jsonFile(object),
      parts: { object, flags },
      hint: `Render it with: animatediff generate -c FILE ${options.join(' ')}`,
      lost: [
        ...losses(view, [
          'easing',
          'negative-travel',
          'lora-travel',
          'lora-two-weights',
          'prompt-editing',
          'break',
          'and',
          'wildcards',
          'loop-count',
          'noise',
          'cfg-travel',
          'motion-scale',
          'controlnet',
          'video',
          'interpolation',
          'reverse',
          'reversed-frames',
          'init-image',
          'inpaint-mask',
          'last-frame',
          'context-schedule',
        ]),
        ...moduleLosses(view, 'the configuration has none, and the tool refuses it. Set `motion_module` in it'),
        ...nameLosses(view),
      ],
    };
  },
};

function configOf(view: ClipView): Record<string, unknown> {
  const { settings } = view;
  const loras = [...lorasIn(view.head).loras, ...lorasIn(view.tail).loras];
  const scheduler = cliScheduler(view);
  return {
    name: 'clip',
    path: settings.checkpoint,
    ...(settings.vae !== undefined && { vae_path: settings.vae }),
    ...(moduleFile(settings) !== undefined && { motion_module: moduleFile(settings) }),
    seed: [settings.seed],
    ...(scheduler !== null && { scheduler }),
    steps: settings.steps,
    guidance_scale: numberOf(settings.cfg_scale, settings).first,
    clip_skip: settings.clip_skip,
    // Prompts change all the way from one key to the next.
    prompt_fixed_ratio: 0,
    tensor_interpolation_slerp: settings.mix === 'slerp',
    head_prompt: lorasIn(view.head).text,
    prompt_map: promptMap(view),
    tail_prompt: lorasIn(view.tail).text,
    n_prompt: [lorasIn(view.negative).text],
    lora_map: Object.fromEntries(loras.map(({ name, unet }) => [`share/Lora/${name}.safetensors`, unet])),
    motion_lora_map: {},
    output: { format: savedFormat(view), fps: settings.fps },
  };
}

/** The tool always mixes the last prompt into the first, so a clip that does not loop repeats its last one at the end. */
function promptMap(view: ClipView): Record<string, string> {
  const points = pointsOf(view);
  const last = points.at(-1);
  if (!last) return { '0': '' };
  const end = view.settings.frames - 1;
  const all =
    view.isClosed || points.every(({ key }) => key === last.key) || last.frame === end
      ? points
      : [...points, { frame: end, key: last.key }];
  return Object.fromEntries(all.map(({ frame, key }) => [`${frame}`, lorasIn(key.prompt).text]));
}

/** Of `animatediff generate`. */
function flagsOf({ settings }: ClipView): Record<string, number> {
  return {
    '-W': settings.width ?? 512,
    '-H': settings.height ?? 512,
    '-L': settings.frames,
    '-C': settings.context,
    '-S': settings.stride - 1,
    ...(settings.overlap !== -1 && { '-O': settings.overlap }),
  };
}

const WRITTEN: ReadonlySet<string> = new Set([...CLI_OUTPUT_FORMATS.values()].flatMap((format) => format ?? []));

const savedFormat = ({ settings }: ClipView) => settings.save.find((format) => WRITTEN.has(format)) ?? 'gif';

function nameLosses(view: ClipView) {
  const { settings } = view;
  const others = settings.save.filter((format) => format !== savedFormat(view));
  return [
    ...(cliScheduler(view) === null ? [lost('sampler', `${samplerText(view)} Its default, k_dpmpp_2m, is used.`)] : []),
    ...(others.length > 0
      ? [lost('save-format', `It saves one format (save), ${savedFormat(view)}. Not saved: ${others.join(', ')}`)]
      : []),
  ];
}
