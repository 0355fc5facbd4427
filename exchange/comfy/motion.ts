import { overlapFrames } from '../../grammar/time/windows.ts';
import type { SettingValue } from '../clip.ts';
import { tagOf } from '../lora-name.ts';
import { type Note, note } from '../notes.ts';
import { modelName } from '../text.ts';
import { type GraphNode, type Links, Walk } from './graph.ts';

type Settings = Record<string, SettingValue | undefined>;

/** The module's own noise schedule. */
const OWN_BETAS: ReadonlySet<string> = new Set(['autoselect', 'sqrt_linear (AnimateDiff)', 'use existing']);
/** The second generation of AnimateDiff-Evolved has the module in a node that is linked to the one that takes the model. */
const APPLY = /^ADE_ApplyAnimate(?:Diff|LCM)/;
const LOADER = /^(?:ADE_)?AnimateDiff(?:Model)?Loader/;

/** Whether a node is the one that takes the model in the second generation, with or without a motion module. */
export const isEvolvedSampling = ({ type }: GraphNode): boolean => type === 'ADE_UseEvolvedSampling';

/** Whether a node puts a motion module into a model. */
export const isMotionLoader = (node: GraphNode): boolean =>
  LOADER.test(node.type) ||
  APPLY.test(node.type) ||
  (isEvolvedSampling(node) && node.inputs.get('m_models')?.kind === 'link');

/** The motion module of a loader, with its strength and its LoRAs, the last one first. */
export function motionOf(
  links: Links,
  loader: GraphNode,
  notes: Note[],
): { readonly settings: Settings; readonly loras: readonly string[] } {
  const apply = APPLY.test(loader.type) ? loader : links.from(loader, 'm_models')?.node;
  const holder = apply ?? loader;
  const module = apply ? links.from(apply, 'motion_model')?.node : loader;
  if (apply && !module && !apply.inputs.has('motion_model')) notes.push(links.unknown(apply));
  const name = module && links.text(module, 'model_name');
  const loras: string[] = [];
  const walk = new Walk(notes);
  for (
    let lora = links.from(holder, 'motion_lora')?.node;
    lora && walk.visits(lora);
    lora = links.from(lora, 'prev_motion_lora')?.node
  ) {
    const file = links.text(lora, 'name') ?? links.text(lora, 'lora_name');
    for (const tag of tagOf(file, [links.number(lora, 'strength') ?? 1], notes)) loras.push(tag);
  }
  const betas = links.text(loader, 'beta_schedule');
  if (betas !== undefined && !OWN_BETAS.has(betas)) {
    notes.push(note('beta-schedule', `The beta schedule ${betas} is not available: the motion module’s own is used.`));
  }
  const camera = module && links.text(module, 'camera_ctrl');
  if (camera !== undefined) {
    notes.push(note('camera-motion', `CameraCtrl (${camera}, node ${module!.id}) is not available.`));
  }
  noteSteps(links, holder, notes);
  noteOthers(links, holder, notes);
  return {
    settings: { motion_module: name && modelName(name), motion_scale: strength(links, loader, holder, notes) },
    loras,
  };
}

/** Says that a module acts in all steps here. */
function noteSteps(links: Links, holder: GraphNode, notes: Note[]): void {
  const [start, end] = [links.number(holder, 'start_percent') ?? 0, links.number(holder, 'end_percent') ?? 1];
  if (start <= 0 && end >= 1) return;
  notes.push(
    note(
      'other-fields',
      `The motion module acts in a part of the steps there (node ${holder.id}, start_percent: ${start}, end_percent: ${end}). Here it acts in all of them.`,
    ),
  );
}

/** Names further modules, which act together there. */
function noteOthers(links: Links, holder: GraphNode, notes: Note[]): void {
  const walk = new Walk(notes);
  walk.visits(holder);
  for (
    let other = links.from(holder, 'prev_m_models')?.node;
    other && walk.visits(other);
    other = links.from(other, 'prev_m_models')?.node
  ) {
    const module = links.from(other, 'motion_model')?.node;
    const name = module && links.text(module, 'model_name');
    links.leave(other);
    notes.push(
      note(
        'other-fields',
        `A clip has one motion module: ${name ? modelName(name) : `“${other.type}”`} (node ${other.id}) is left out.`,
      ),
    );
  }
}

/**
 * How much a module changes the frames: its effect, by which AnimateDiff-Evolved multiplies its output as
 * `motion_scale` does. The scale of its attention is the nearest if there is no effect.
 */
function strength(links: Links, loader: GraphNode, holder: GraphNode, notes: Note[]): SettingValue | undefined {
  const effect = multival(links, holder, 'effect_multival', notes);
  const scale = multival(links, holder, 'scale_multival', notes) ?? links.number(loader, 'motion_scale');
  if (effect !== undefined && scale !== undefined) {
    notes.push(
      note(
        'other-fields',
        `The scale of the motion module’s attention (node ${holder.id}) is not available beside its effect, which is \`motion_scale\`. It was: ${JSON.stringify(scale)}`,
      ),
    );
  }
  return effect ?? scale;
}

/** One number, or one for each position of a value schedule. */
function multival(links: Links, holder: GraphNode, input: string, notes: Note[]): SettingValue | undefined {
  const node = links.from(holder, input)?.node;
  if (!node) return undefined;
  const single = links.number(node, 'float_val');
  if (single !== undefined) return single;
  const schedule = links.from(node, 'floats')?.node;
  const text = (schedule && links.text(schedule, 'values')) ?? '';
  const entries = Array.from(
    text.matchAll(/(?<![-\d])(-?\d{1,9})["']?[ \t]{0,20}[:=][ \t]{0,20}\(?(-?[\d.]{1,20})\)?/g),
    ([, at, value]) => [at!, Number(value)] as const,
  );
  if (entries.length > 0) return Object.fromEntries(entries);
  if (!node.inputs.has('float_val')) notes.push(links.unknown(node));
  return undefined;
}

const FUSES: ReadonlySet<string> = new Set(['pyramid', 'flat']);
/** Windows that wrap. The advanced loader of the first packages has those of the oldest context options. */
const LOOPED = /Looped|AnimateDiffUniform|LoaderV1Advanced/;

/** null without context options: all frames are in one window. */
export function contextOf(links: Links, loader: GraphNode, frames: number, notes: Note[]): Settings | null {
  const own = loader.inputs.has('context_length') ? loader : undefined;
  const options = links.from(loader, 'context_options')?.node ?? own;
  if (!options) return null;
  const length = links.number(options, 'context_length') ?? 16;
  const overlap = links.number(options, 'context_overlap');
  const isLooped = LOOPED.test(options.type);
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
