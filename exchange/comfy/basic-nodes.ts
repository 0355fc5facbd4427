import { samplerOf, stepsOf } from './custom-sampler.ts';
import type { Graph, GraphInput, GraphNode } from './graph.ts';
import { loadedLoras, loraChain, stackedLoras } from './lora-nodes.ts';
import { passedOn } from './pass-nodes.ts';

/** A node as those of ComfyUI itself that do the same. */
interface Basic {
  readonly nodes: readonly GraphNode[];
  /** What each output is; undefined: nothing that is known here. */
  readonly outputs: readonly (GraphInput | undefined)[];
}

type Rule = (node: GraphNode, graph: Graph) => Basic;

const link = (node: string, slot = 0): GraphInput => ({ kind: 'link', node, slot });

/** The inputs that are given. */
const given = (inputs: Readonly<Record<string, GraphInput | undefined>>): Map<string, GraphInput> =>
  new Map(Object.entries(inputs).filter((entry): entry is [string, GraphInput] => entry[1] !== undefined));

const isValue = (input: GraphInput | undefined, value: string): boolean =>
  input?.kind === 'value' && input.value === value;

/**
 * Efficiency Nodes' loader of a checkpoint, a VAE, a LoRA, both prompts and empty latents.
 *
 * Source: efficiency-nodes-comfyui `efficiency_nodes.py`, `TSC_EfficientLoader`.
 */
const efficientLoader: Rule = ({ id, inputs }, graph) => {
  const part = (name: string) => `${id}.${name}`;
  const own = (name: string) => inputs.get(name);
  const hasLora = own('lora_name') !== undefined && !isValue(own('lora_name'), 'None');
  const hasVae = own('vae_name') !== undefined && !isValue(own('vae_name'), 'Baked VAE');
  const loaded = part(hasLora ? 'lora' : 'checkpoint');
  const stack = loraChain(id, stackedLoras(graph, own('lora_stack')), { model: link(loaded), clip: link(loaded, 1) });
  const node = (name: string, type: string, values: Readonly<Record<string, GraphInput | undefined>>): GraphNode => ({
    id: part(name),
    type,
    inputs: given(values),
  });
  const lora = node('lora', 'LoraLoader', {
    lora_name: own('lora_name'),
    strength_model: own('lora_model_strength'),
    strength_clip: own('lora_clip_strength'),
    model: link(part('checkpoint')),
    clip: link(part('checkpoint'), 1),
  });
  const clip = link(part('layer'));
  return {
    nodes: [
      node('checkpoint', 'CheckpointLoaderSimple', { ckpt_name: own('ckpt_name') }),
      ...(hasLora ? [lora] : []),
      ...stack.nodes,
      ...(hasVae ? [node('vae', 'VAELoader', { vae_name: own('vae_name') })] : []),
      node('layer', 'CLIPSetLastLayer', { stop_at_clip_layer: own('clip_skip'), clip: stack.clip }),
      node('positive', 'CLIPTextEncode', { text: own('positive'), clip }),
      node('negative', 'CLIPTextEncode', { text: own('negative'), clip }),
      node('latents', 'EmptyLatentImage', {
        width: own('empty_latent_width'),
        height: own('empty_latent_height'),
        batch_size: own('batch_size'),
      }),
    ],
    outputs: [
      stack.model,
      link(part('positive')),
      link(part('negative')),
      link(part('latents')),
      hasVae ? link(part('vae')) : link(part('checkpoint'), 2),
      clip,
    ],
  };
};

/** Efficiency Nodes' samplers also give what they get, and the decoded images. */
const efficientSampler =
  (type: string): Rule =>
  ({ id, title, inputs }) => {
    const [sampler, decoder] = [`${id}.sampler`, `${id}.decoder`];
    const vae = inputs.get('optional_vae');
    return {
      nodes: [
        { id: sampler, type, title, inputs },
        { id: decoder, type: 'VAEDecode', inputs: given({ samples: link(sampler), vae }) },
      ],
      outputs: [inputs.get('model'), inputs.get('positive'), inputs.get('negative'), link(sampler), vae, link(decoder)],
    };
  };

/** ComfyUI's samplers whose parts are nodes of their own: noise, guider, sampler and steps. */
const customSampler: Rule = ({ id, type, title = type, inputs }, graph) => {
  const linked = (name: string) => {
    const input = inputs.get(name);
    return input?.kind === 'link' ? graph.get(input.node) : undefined;
  };
  const [noise, guider, sampler] = ['noise', 'guider', 'sampler'].map(linked);
  const parts = [...(sampler ? [samplerOf(sampler)] : []), stepsOf(graph, inputs.get('sigmas'))];
  // A link to a node that does not exist is named in a note.
  const broken = ['noise', 'guider', 'sampler', 'sigmas'].filter((part) => !linked(part));
  const merged = given({
    model: inputs.get('model') ?? guider?.inputs.get('model'),
    positive: inputs.get('positive') ?? guider?.inputs.get('positive') ?? guider?.inputs.get('conditioning'),
    negative: inputs.get('negative') ?? guider?.inputs.get('negative'),
    cfg: inputs.get('cfg') ?? guider?.inputs.get('cfg'),
    noise_seed: inputs.get('noise_seed') ?? noise?.inputs.get('noise_seed'),
    latent_image: inputs.get('latent_image'),
    ...Object.fromEntries(broken.map((part) => [part, inputs.get(part)])),
    ...Object.assign({}, ...parts.map((part) => part.inputs)),
  });
  const lost = parts.flatMap((part) => part.lost);
  return { nodes: [{ id, type: 'KSampler', title, inputs: merged, lost }], outputs: [link(id), link(id)] };
};

const RULES: Readonly<Record<string, Rule>> = {
  'Efficient Loader': efficientLoader,
  'KSampler (Efficient)': efficientSampler('KSampler'),
  'KSampler Adv. (Efficient)': efficientSampler('KSamplerAdvanced'),
  SamplerCustom: customSampler,
  SamplerCustomAdvanced: customSampler,
};

/** null if the node stays. */
function basicOf(node: GraphNode, graph: Graph): Basic | null {
  const rule = Object.hasOwn(RULES, node.type) ? RULES[node.type] : undefined;
  if (rule) return rule(node, graph);
  const passed = passedOn(node, graph);
  if (passed) return { nodes: [], outputs: passed };
  const loras = loadedLoras(node, graph);
  if (!loras) return null;
  const { nodes, model, clip } = loraChain(node.id, loras, {
    model: node.inputs.get('model'),
    clip: node.inputs.get('clip'),
  });
  return { nodes, outputs: [model, clip] };
}

/** A graph in which nodes that combine several of ComfyUI's are those. */
export function basicNodes(graph: Graph): Graph {
  const replaced = new Map<string, Basic>();
  for (const node of graph.values()) {
    const basic = basicOf(node, graph);
    if (basic) replaced.set(node.id, basic);
  }
  if (replaced.size === 0) return graph;
  const nodes = [...graph.values()].flatMap((node) => replaced.get(node.id)?.nodes ?? [node]);
  return new Map(
    nodes.map((node) => {
      const inputs = [...node.inputs].flatMap(([name, input]) => {
        const now = resolved(input, replaced);
        return now ? [[name, now] as const] : [];
      });
      return [node.id, { ...node, inputs: new Map(inputs) }];
    }),
  );
}

/** Outputs may be inputs of the next node that is replaced. A replaced node's own links point to its parts already. */
function resolved(input: GraphInput, replaced: ReadonlyMap<string, Basic>): GraphInput | undefined {
  let at: GraphInput | undefined = input;
  for (let steps = 0; at?.kind === 'link' && steps < 100; steps++) {
    const { node, slot }: { node: string; slot: number } = at;
    const basic = replaced.get(node);
    if (!basic) return at;
    const next: GraphInput | undefined = basic.outputs[slot];
    if (next?.kind === 'link' && next.node === node) return link(node);
    at = next;
  }
  return at?.kind === 'link' ? undefined : at;
}
