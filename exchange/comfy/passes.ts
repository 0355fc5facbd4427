import { ImportError, type Note, note } from '../notes.ts';
import type { GraphNode, Links } from './graph.ts';

/** Nodes that write or show the result. */
const OUTPUTS: ReadonlySet<string> = new Set([
  'VHS_VideoCombine',
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
  readonly notes: readonly Note[];
}

/**
 * The pass that makes the clip: the sampler that starts from an empty latent or from a video, and that an output shows.
 *
 * @throws ImportError if there is none
 */
export function clipPass(links: Links): Pass {
  const nodes = [...links.graph.values()];
  const outputs = nodes.filter(({ type }) => OUTPUTS.has(type));
  const chains = outputs.flatMap((output) => samplersBehind(links, output).map((sampler) => ({ output, sampler })));
  const samplers = [...new Set(chains.map(({ sampler }) => sampler))];
  // A later pass starts from the result of another sampler.
  const first = samplers.filter(
    (sampler) => !samplersBehind(links, sampler, 'latent_image').some((other) => other !== sampler),
  );
  const chosen = first[0] ?? samplers[0];
  if (!chosen) throw noOutput(links, outputs);
  const [output] = [...chains.filter(({ sampler }) => sampler === chosen).map((chain) => chain.output)].sort(
    (a, b) => rank(a) - rank(b),
  );
  const between = imagePath(links, output!, chosen);
  const others = samplers.filter((sampler) => sampler !== chosen);
  const notes = others.length === 0 ? [] : [note('second-pass', passText(links, chosen, others, between))];
  return { sampler: chosen, output: output!, between, notes };
}

/** Animations before stills. */
const rank = ({ type }: GraphNode) =>
  type === 'VHS_VideoCombine' || type.startsWith('SaveAnimated') ? 0 : type.startsWith('Save') ? 1 : 2;

/** The samplers that a node depends on, nearest first. @param only follow this input of the node first */
function samplersBehind(links: Links, node: GraphNode, only?: string): GraphNode[] {
  const start = only === undefined ? node : links.from(node, only)?.node;
  return start ? links.upstream(start).filter(isSampler) : [];
}

/** The nodes on the way of images and latents. */
function imagePath(links: Links, output: GraphNode, sampler: GraphNode): GraphNode[] {
  const path: GraphNode[] = [];
  let at: GraphNode | undefined = output;
  const seen = new Set<string>();
  while (at && at !== sampler && !seen.has(at.id)) {
    seen.add(at.id);
    if (at !== output) path.push(at);
    const node: GraphNode = at;
    at = [...node.inputs.keys()]
      .map((name) => links.from(node, name)?.node)
      .find((source) => source && links.upstream(source).includes(sampler));
  }
  return path;
}

function passText(
  links: Links,
  chosen: GraphNode,
  others: readonly GraphNode[],
  between: readonly GraphNode[],
): string {
  const passes = others.map((sampler) => {
    const denoise = links.number(sampler, 'denoise');
    return `node ${sampler.id}${denoise === undefined ? '' : `, denoise ${denoise}`}`;
  });
  const scaled = between
    .filter(({ type }) => /upscale/i.test(type))
    .map((node) => `${node.type} ${links.number(node, 'scale_by') ?? ''}`.trim());
  const sizes = scaled.length > 0 ? `, after ${scaled.join(', ')}` : '';
  return `The clip is the sampler in node ${chosen.id}. The workflow has further samplers, which are not carried over: ${passes.join('; ')}${sizes}. Set \`width\` and \`height\` in place of a second pass.`;
}

function noOutput(links: Links, outputs: readonly GraphNode[]): ImportError {
  const [broken] = links.broken();
  const place = broken
    ? ` (input ${broken.name} of node ${broken.node.id}, ${broken.node.type}, is linked to node ${broken.missing}, which does not exist)`
    : '';
  return new ImportError(
    'no-output',
    outputs.length === 0
      ? `The workflow has no output: no node saves or shows what a sampler makes${place}.`
      : `The workflow’s output in node ${outputs[0]!.id} depends on no KSampler node${place}.`,
  );
}
