import { overlapFrames } from '../../grammar/time/windows.ts';
import { type SettingValue, withoutUndefined } from '../clip.ts';
import { loraNameNote } from '../lora-name.ts';
import { addNotes, type Note, note } from '../notes.ts';
import { loraTag, modelName } from '../text.ts';
import { type GraphNode, type Links, Walk } from './graph.ts';
import { imageSource } from './images.ts';

/** What the models of a sampler become. */
export interface ReadModels {
  readonly settings: Record<string, SettingValue | undefined>;
  readonly loras: readonly string[];
  readonly notes: readonly Note[];
  /** Whether frames are made together. */
  readonly isAnimated: boolean;
  readonly hasContext: boolean;
  /** Seeds and noise are those of A1111. */
  readonly isWebuiNoise: boolean;
  /** What is added to the seed there. */
  readonly seedOffset: number;
}

/** The module's own noise schedule. */
const OWN_BETAS: ReadonlySet<string> = new Set(['autoselect', 'sqrt_linear (AnimateDiff)', 'use existing']);
const MOTION_LOADER = /^(?:ADE_UseEvolvedSampling|(?:ADE_)?AnimateDiff(?:Model)?Loader)/;

/** Whether a node puts a motion module into a model. */
export const isMotionLoader = ({ type }: GraphNode): boolean => MOTION_LOADER.test(type);

/** Follows the model of a sampler from node to node, up to the checkpoint. */
export function readModels(links: Links, sampler: GraphNode, frames: number): ReadModels {
  const notes: Note[] = [];
  const settings: ReadModels['settings'] = {};
  // The last one first, as they are met.
  const loras: string[] = [];
  let isAnimated = false;
  let hasContext = false;
  let isWebuiNoise = false;
  let seedOffset = 0;
  const walk = new Walk(notes);
  for (
    let node = links.from(sampler, 'model')?.node;
    node && walk.visits(node);
    node = links.from(node, 'model')?.node
  ) {
    if (/^CheckpointLoader/.test(node.type) || node.type === 'UNETLoader') {
      const name = links.text(node, 'ckpt_name') ?? links.text(node, 'unet_name');
      settings.checkpoint = name && modelName(name);
    } else if (node.type === 'LoraLoader' || node.type === 'LoraLoader|pysssss')
      loras.push(...loraOf(links, node, notes));
    else if (node.type === 'LoraLoaderModelOnly') {
      const weights = [0, links.number(node, 'strength_model') ?? 1];
      loras.push(...tagOf(links.text(node, 'lora_name'), weights, notes));
    } else if (isMotionLoader(node)) {
      isAnimated = true;
      const motion = motionOf(links, node, notes);
      Object.assign(settings, motion.settings);
      loras.push(...motion.loras);
      const context = contextOf(links, node, frames, notes);
      hasContext = context !== null;
      Object.assign(settings, context ?? {});
      const sampling = samplingOf(links, node, settings, notes);
      isWebuiNoise ||= sampling.isWebuiNoise;
      seedOffset += sampling.seedOffset;
    } else if (/^IPAdapter/.test(node.type)) {
      // A loader only reads the adapter's model.
      if (node.inputs.has('preset') || /Loader/.test(node.type)) continue;
      const image = links.from(node, 'image')?.node;
      const file = image && imageSource(links, image)?.file;
      links.leave(node);
      notes.push(
        note(
          'ip-adapter',
          `IP-Adapter (node ${node.id}${file === undefined ? '' : `, image ${file}`}, weight ${links.number(node, 'weight') ?? 1}) is not available.`,
        ),
      );
    } else if (node.type === 'ModelSamplingDiscrete') addNotes(notes, sampling(links, sampler, node));
    else if (node.type === 'FreeU') settings.freeu ??= freeU(links, node);
    else notes.push(links.unknown(node));
  }
  return { settings, loras: loras.reverse(), notes, isAnimated, hasContext, isWebuiNoise, seedOffset };
}

/** What a model predicts: the sampler LCM implies its own way here. */
function sampling(links: Links, sampler: GraphNode, node: GraphNode): Note[] {
  const kind = links.text(node, 'sampling') ?? 'eps';
  const isImplied = kind === 'eps' || (kind === 'lcm' && links.text(sampler, 'sampler_name') === 'lcm');
  return isImplied && links.value(node, 'zsnr') !== true ? [] : [links.unknown(node)];
}

/** Source: ComfyUI `comfy_extras/nodes_freelunch.py`. Its second version scales by the features' mean. */
const freeU = (links: Links, node: GraphNode): SettingValue =>
  withoutUndefined(Object.fromEntries(['b1', 'b2', 's1', 's2'].map((name) => [name, links.number(node, name)])));

function loraOf(links: Links, node: GraphNode, notes: Note[]): string[] {
  const unet = links.number(node, 'strength_model') ?? 1;
  return tagOf(links.text(node, 'lora_name'), [links.number(node, 'strength_clip') ?? unet, unet], notes);
}

/** The tag of a LoRA; none, but a note, if a tag cannot hold its name. */
function tagOf(name = '', weights: readonly number[], notes: Note[]): string[] {
  const unnamed = loraNameNote(name, weights.join(', '));
  if (unnamed) notes.push(unnamed);
  return unnamed ? [] : [loraTag(name, ...weights)];
}

/** The motion module, in a node of its own since the second generation of AnimateDiff-Evolved. */
function motionOf(links: Links, loader: GraphNode, notes: Note[]) {
  const apply = links.from(loader, 'm_models')?.node;
  const module = apply ? links.from(apply, 'motion_model')?.node : loader;
  const holder = apply ?? loader;
  const name = module && links.text(module, 'model_name');
  // The last one first, as they are met.
  const loras: string[] = [];
  const walk = new Walk(notes);
  for (
    let lora = links.from(holder, 'motion_lora')?.node;
    lora && walk.visits(lora);
    lora = links.from(lora, 'prev_motion_lora')?.node
  ) {
    const name = links.text(lora, 'name') ?? links.text(lora, 'lora_name');
    loras.push(...tagOf(name, [links.number(lora, 'strength') ?? 1], notes));
  }
  const betas = links.text(loader, 'beta_schedule');
  if (betas !== undefined && !OWN_BETAS.has(betas)) {
    notes.push(note('beta-schedule', `The beta schedule ${betas} is not available: the motion module’s own is used.`));
  }
  if (apply) addNotes(notes, actionNotes(links, apply));
  const scale = links.from(holder, 'scale_multival')?.node;
  return {
    settings: {
      motion_module: name && modelName(name),
      motion_scale: (scale && multival(links, scale)) ?? links.number(loader, 'motion_scale'),
    },
    loras,
  };
}

/** When and how much a motion module acts, if that is not always and all of it. */
function actionNotes(links: Links, apply: GraphNode): Note[] {
  const [start, end] = [links.number(apply, 'start_percent') ?? 0, links.number(apply, 'end_percent') ?? 1];
  const effect = links.from(apply, 'effect_multival')?.node;
  const parts = [
    ...(start === 0 && end === 1 ? [] : [`start_percent: ${start}, end_percent: ${end}`]),
    ...(effect ? [`effect_multival: ${links.held(effect)}`] : []),
  ];
  if (parts.length === 0) return [];
  const message = `The motion module of the node “${apply.type}” (${apply.id}) acts in a part of the steps, or with a part of its effect, there (${parts.join(', ')}). Here, it always acts fully.`;
  return [note('other-fields', message)];
}

/** One number, or one for each position of a value schedule. */
function multival(links: Links, node: GraphNode): SettingValue | undefined {
  const single = links.number(node, 'float_val');
  if (single !== undefined) return single;
  const schedule = links.from(node, 'floats')?.node;
  const text = schedule && links.text(schedule, 'values');
  if (text === undefined) return undefined;
  const entries = Array.from(
    text.matchAll(/(?<![-\d])(-?\d{1,9})["']?[ \t]{0,20}[:=][ \t]{0,20}\(?(-?[\d.]{1,20})\)?/g),
    ([, at, value]) => [at!, Number(value)] as const,
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

const FUSES: ReadonlySet<string> = new Set(['pyramid', 'flat']);

/** null without context options: all frames are in one window. */
function contextOf(links: Links, loader: GraphNode, frames: number, notes: Note[]): ReadModels['settings'] | null {
  const options = links.from(loader, 'context_options')?.node;
  if (!options) return null;
  const length = links.number(options, 'context_length') ?? 16;
  const overlap = links.number(options, 'context_overlap');
  const isLooped = /Looped|AnimateDiffUniform/.test(options.type);
  const isClosed = isLooped && links.value(options, 'closed_loop') === true;
  if (!isLooped && !/Standard(?:Static|Uniform)/.test(options.type)) {
    notes.push(
      note(
        'context-schedule',
        `The context options of node ${options.id}, ${options.type}, are not available. \`context_schedule: uniform\` is used.`,
      ),
    );
  }
  const fuse = links.text(options, 'fuse_method');
  if (fuse !== undefined && !FUSES.has(fuse))
    notes.push(note('fuse-method', `The fuse method ${fuse} is not available: pyramid is used.`));
  if (isClosed && frames > length) {
    notes.push(
      note(
        'prompt-loop',
        'The windows close the loop there, but the prompts do not. With `closed_loop: A`, prompts travel back to the first one. Use R-P to keep them apart.',
      ),
    );
  }
  return {
    context: length,
    stride: links.number(options, 'context_stride'),
    overlap: overlap === overlapFrames(length, -1) ? undefined : overlap,
    closed_loop: isClosed ? 'A' : isLooped ? 'R-P' : 'N',
    context_schedule: /Static/.test(options.type) ? 'static' : undefined,
    fuse: fuse !== undefined && FUSES.has(fuse) ? fuse : undefined,
  };
}

type Noise = Pick<ReadModels, 'isWebuiNoise' | 'seedOffset'>;

/**
 * The settings of the noise. A1111's noise of frame i is that of seed + i, so an offset of frames is one of the seed.
 *
 * Source: AnimateDiff-Evolved `sample_settings.py`, `prepare_noise`, `create_noise_auto1111`.
 */
function samplingOf(links: Links, loader: GraphNode, settings: ReadModels['settings'], notes: Note[]): Noise {
  const node = links.from(loader, 'sample_settings')?.node;
  if (!node) return { isWebuiNoise: false, seedOffset: 0 };
  const noise = links.text(node, 'noise_type') ?? 'default';
  if (noise === 'FreeNoise') settings.free_noise = {};
  else if (noise === 'repeated_context') settings.free_noise = { noise: 'repeat_context' };
  else if (noise !== 'default')
    notes.push(note('other-fields', `The noise type ${noise} is not available: each frame has noise of its own.`));
  const iterations = links.from(node, 'iteration_opts')?.node;
  if (iterations && /FreeInit/i.test(iterations.type)) settings.free_init = freeInitOf(links, iterations);
  const isWebuiNoise = links.text(node, 'seed_gen') === 'auto1111';
  const [batchOffset, seedOffset] = ['batch_offset', 'seed_offset'].map((name) => links.number(node, name) ?? 0);
  if (isWebuiNoise) return { isWebuiNoise, seedOffset: batchOffset! + seedOffset! };
  if (batchOffset !== 0)
    notes.push(
      note('other-fields', `batch_offset: ${batchOffset} of node ${node.id}, which skips noise, is not carried over.`),
    );
  return { isWebuiNoise, seedOffset: seedOffset! };
}

function freeInitOf(links: Links, node: GraphNode): SettingValue {
  const parts = {
    filter: links.text(node, 'filter'),
    d_s: links.number(node, 'd_s'),
    d_t: links.number(node, 'd_t'),
    iterations: links.number(node, 'iterations'),
  };
  return withoutUndefined(parts);
}

/** The VAE that decodes the result, if it is not the checkpoint's. */
export function vaeOf(links: Links, decoder: GraphNode | undefined): string | undefined {
  const loader = decoder && links.from(decoder, 'vae')?.node;
  const name = loader?.type === 'VAELoader' ? links.text(loader, 'vae_name') : undefined;
  return name && modelName(name);
}
