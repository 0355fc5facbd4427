import { type SettingValue, withoutUndefined } from '../clip.ts';
import { tagOf } from '../lora-name.ts';
import { addNotes, type Note, note } from '../notes.ts';
import { modelName } from '../text.ts';
import { type GraphNode, type Links, Walk } from './graph.ts';
import { imageSource } from './images.ts';
import { contextOf, isEvolvedSampling, isMotionLoader, motionOf } from './motion.ts';

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
  const addNoise = (noise: Noise) => {
    isWebuiNoise ||= noise.isWebuiNoise;
    seedOffset += noise.seedOffset;
  };
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
      addNoise(samplingOf(links, node, settings, notes));
    } else if (isEvolvedSampling(node)) addNoise(samplingOf(links, node, settings, notes));
    else if (/^IPAdapter/.test(node.type)) {
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
