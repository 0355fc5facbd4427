import { shown } from '../json.ts';
import { ImportError, type Note, note } from '../notes.ts';
import type { GraphNode, Links } from './graph.ts';
import { isMotionLoader } from './motion.ts';

/** Nodes that write or show the result. */
const OUTPUTS: ReadonlySet<string> = new Set([
  'VHS_VideoCombine',
  'AnimateDiffCombine',
  'ADE_AnimateDiffCombine',
  'SaveAnimatedWEBP',
  'SaveAnimatedPNG',
  'SaveWEBM',
  'SaveVideo',
  'SaveImage',
  'PreviewImage',
]);
const SAMPLERS: ReadonlySet<string> = new Set(['KSampler', 'KSamplerAdvanced']);

export const isSampler = ({ type }: GraphNode): boolean => SAMPLERS.has(type);

/** The sampler of the clip, the output that shows it, and what is between them. */
export interface Pass {
  readonly sampler: GraphNode;
  readonly output: GraphNode;
  /** From the output to the sampler, both left out, without what they are made of otherwise. */
  readonly between: readonly GraphNode[];
  /** The samplers of all clips that do not depend on one another, in the order in which they are offered. */
  readonly independent: readonly GraphNode[];
  readonly notes: readonly Note[];
}

/**
 * The pass that makes the clip: the sampler with a motion module that starts from an empty latent or from a video, and
 * that an output shows. Others make still images, such as those that an IP-Adapter gets. Of several that do not depend on
 * one another, each makes a clip.
 *
 * @param wanted the ID of one of these; undefined: the first one
 * @throws ImportError if there is none
 */
export function clipPass(links: Links, wanted: string | undefined): Pass {
  const nodes = [...links.graph.values()];
  const outputs = nodes.filter(({ type }) => OUTPUTS.has(type));
  const samplers = links.upstream(outputs).filter(isSampler);
  const moving = links.downstream(nodes.filter(isMotionLoader));
  const animated = samplers.filter((sampler) => moving.has(sampler));
  const possible = animated.length > 0 ? animated : samplers;
  // A later pass starts from the result of another sampler.
  const results = links.downstream(possible);
  const first = possible.filter((sampler) => {
    const latents = links.from(sampler, 'latent_image')?.node;
    return !latents || latents === sampler || !results.has(latents);
  });
  const independent = independentOf(links, first.length > 0 ? first : possible.slice(0, 1));
  const chosen = wanted === undefined ? independent[0] : independent.find(({ id }) => id === wanted);
  if (!chosen) throw wanted === undefined ? noOutput(links, outputs) : noClip(wanted);
  const shows = links.downstream([chosen]);
  const possibleOutputs = outputs.filter((one) => shows.has(one)).sort((a, b) => rank(links, a) - rank(links, b));
  const [output] = possibleOutputs;
  const between = imagePath(links, output!, chosen, shows);
  // Passes of other clips are not passes of this one.
  const elsewhere = links.downstream(independent.filter((sampler) => sampler !== chosen));
  const others = samplers.filter((sampler) => sampler !== chosen && (shows.has(sampler) || !elsewhere.has(sampler)));
  const notes = [
    ...(others.length === 0 ? [] : [note('second-pass', passText(links, chosen, others, between))]),
    ...otherOutputs(links, possibleOutputs.slice(1, 1 + MOST_NAMED), { sampler: chosen, between, shows }),
  ];
  return { sampler: chosen, output: output!, between, independent, notes };
}

/** Longer lists help nobody, and each of them costs walks through the graph. */
const MOST_CLIPS = 50;

/** Those of some samplers that do not depend on one another; of two that do, the earlier one in the list. */
function independentOf(links: Links, samplers: readonly GraphNode[]): GraphNode[] {
  const found: GraphNode[] = [];
  const connected = new Set<GraphNode>();
  for (const sampler of samplers) {
    if (connected.has(sampler)) continue;
    found.push(sampler);
    if (found.length === MOST_CLIPS) break;
    for (const nodes of [links.upstream([sampler]), links.downstream([sampler])]) {
      for (const node of nodes) connected.add(node);
    }
  }
  return found;
}

const isAnimation = ({ type }: GraphNode): boolean => type.endsWith('Combine') || type.startsWith('SaveAnimated');

/** Animations that are saved, then those that are shown, then stills. */
function rank(links: Links, node: GraphNode): number {
  if (isAnimation(node)) return links.value(node, 'save_output') === false ? 1 : 0;
  return node.type.startsWith('Save') ? 2 : 3;
}

/** A note about animations that differ from the one that is carried over. */
function otherOutputs(
  links: Links,
  outputs: readonly GraphNode[],
  { sampler, between, shows }: Pick<Pass, 'sampler' | 'between'> & { readonly shows: ReadonlySet<GraphNode> },
): Note[] {
  const others = outputs.filter(isAnimation).flatMap((node) => {
    const own = imagePath(links, node, sampler, shows).filter((one) => !between.includes(one) && !isDecoder(one));
    return own.length > 0 ? [`node ${node.id} (${node.type}, after ${own.map(({ type }) => type).join(', ')})`] : [];
  });
  if (others.length === 0) return [];
  return [note('other-fields', `The workflow has further outputs, which are not carried over: ${others.join('; ')}.`)];
}

const isDecoder = ({ type }: GraphNode): boolean => type.startsWith('VAEDecode');

/** Inputs that frames come by, before others that depend on them, such as the images of ControlNets. */
const FRAMES = /^(?:images?|frames|samples|pixels|latent\w*|image_target|input_image)$/;

/** The nodes on the way of images and latents. @param shows the nodes that depend on the sampler */
function imagePath(links: Links, output: GraphNode, sampler: GraphNode, shows: ReadonlySet<GraphNode>): GraphNode[] {
  const path: GraphNode[] = [];
  let at: GraphNode | undefined = output;
  const seen = new Set<string>();
  while (at && at !== sampler && !seen.has(at.id)) {
    seen.add(at.id);
    if (at !== output) path.push(at);
    const node: GraphNode = at;
    const names = [...node.inputs.keys()];
    at = [...names.filter((name) => FRAMES.test(name)), ...names]
      .map((name) => links.from(node, name)?.node)
      .find((source) => source && shows.has(source));
  }
  return path;
}

/** A message names no more of them. */
const MOST_NAMED = 20;

function passText(
  links: Links,
  chosen: GraphNode,
  others: readonly GraphNode[],
  between: readonly GraphNode[],
): string {
  const passes = others.slice(0, MOST_NAMED).map((sampler) => {
    const denoise = links.number(sampler, 'denoise');
    return `node ${sampler.id}${denoise === undefined ? '' : `, denoise ${denoise}`}`;
  });
  if (others.length > MOST_NAMED) passes.push(`${others.length - MOST_NAMED} more`);
  const scaled = between
    .filter(({ type }) => /upscale/i.test(type))
    .map((node) => `${node.type} ${links.number(node, 'scale_by') ?? ''}`.trim());
  const sizes = scaled.length > 0 ? `, after ${scaled.join(', ')}` : '';
  return `The clip is the sampler in node ${chosen.id}. The workflow has further samplers, which are not carried over: ${passes.join('; ')}${sizes}. Set \`width\` and \`height\` in place of a second pass.`;
}

const noClip = (id: string): ImportError =>
  new ImportError('no-output', `The workflow has no node ${shown(id)} that makes a clip of its own.`);

function noOutput(links: Links, outputs: readonly GraphNode[]): ImportError {
  const [broken] = links.broken();
  const place = broken
    ? ` (input ${broken.name} of node ${broken.node.id}, ${broken.node.type}, is made by ${broken.maker.name})`
    : '';
  return new ImportError(
    'no-output',
    outputs.length === 0
      ? `The workflow has no output: no node saves or shows what a sampler makes${place}.`
      : `The workflow’s output in node ${outputs[0]!.id} depends on no sampler${place}.`,
  );
}
