import type { Graph, GraphInput, GraphNode } from './graph.ts';

type Outputs = readonly (GraphInput | undefined)[];

/** What each output of a node passes on. */
type Pass = (node: GraphNode, graph: Graph) => Outputs;

/** A context of rgthree: its own inputs, or those of the context that it goes on. */
const context =
  (names: readonly string[]): Pass =>
  ({ inputs }) => {
    const base = inputs.get('base_ctx');
    const from = (slot: number): GraphInput | undefined => (base?.kind === 'link' ? { ...base, slot } : undefined);
    return [undefined, ...names.map((name, i) => inputs.get(name) ?? from(i + 1))];
  };
const SMALL = ['model', 'clip', 'vae', 'positive', 'negative', 'latent', 'images', 'seed'];
const BIG = [...SMALL, 'steps', 'step_refiner', 'cfg', 'ckpt_name', 'sampler', 'scheduler'];

/** The first input that is there. */
const first =
  (pattern: RegExp): Pass =>
  ({ inputs }) => [[...inputs].find(([name, { kind }]) => pattern.test(name) && kind === 'link')?.[1]];

/** The pipe holds all of its inputs; what takes it apart gives them. */
const unpacked =
  (names: readonly string[]): Pass =>
  ({ inputs }, graph) => {
    const pipe = inputs.get('basic_pipe');
    const packer = pipe?.kind === 'link' ? graph.get(pipe.node) : undefined;
    return packer?.type === 'ToBasicPipe' ? names.map((name) => packer.inputs.get(name)) : [];
  };

const same =
  (name: string): Pass =>
  ({ inputs }) => [inputs.get(name)];

/** Nodes that pass on what they get. Sources: rgthree-comfy, ComfyUI-Impact-Pack. */
const PASSES: Readonly<Record<string, Pass>> = {
  'Context (rgthree)': context(SMALL),
  'Context Big (rgthree)': context(BIG),
  'Any Switch (rgthree)': first(/^any_\d+$/),
  'Reroute (rgthree)': first(/./),
  'ReroutePrimitive|pysssss': same('value'),
  FromBasicPipe: unpacked(['model', 'clip', 'vae', 'positive', 'negative']),
  ImpactSwitch: ({ inputs }) => {
    const select = inputs.get('select');
    return [inputs.get(`input${select?.kind === 'value' ? String(select.value) : 1}`)];
  },
};

/** What a node's outputs pass on; undefined if it is not such a node. */
export const passedOn = (node: GraphNode, graph: Graph): Outputs | undefined =>
  Object.hasOwn(PASSES, node.type) ? PASSES[node.type]?.(node, graph) : undefined;
