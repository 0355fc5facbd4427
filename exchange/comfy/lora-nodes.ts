import { isMap, type Json } from '../json.ts';
import type { Graph, GraphInput, GraphNode } from './graph.ts';

/** A LoRA of a node that loads several, or that other nodes load. */
interface StackedLora {
  readonly name: GraphInput;
  readonly model: GraphInput | undefined;
  readonly clip: GraphInput | undefined;
}

const value = (of: Json): GraphInput => ({ kind: 'value', value: of });
const given = (input: GraphInput | undefined): Json | undefined => (input?.kind === 'value' ? input.value : undefined);
const isNone = (name: GraphInput | undefined): boolean =>
  name === undefined || given(name) === 'None' || given(name) === '';

/** Most LoRAs of a node, and most nodes whose stacks follow each other. */
const MOST = 50;
const numbers = Array.from({ length: MOST }, (_, i) => i + 1);

/** The LoRAs that a node itself has. */
type Own = (inputs: GraphNode['inputs']) => readonly StackedLora[];

/** Each with an index in its inputs' names. */
const indexed =
  (
    names: (i: number) => readonly [name: string, model: string, clip: string],
    isOn: (inputs: GraphNode['inputs'], i: number) => boolean,
  ): Own =>
  (inputs) =>
    numbers.flatMap((i) => {
      const [name, model, clip] = names(i).map((key) => inputs.get(key));
      return name === undefined || isNone(name) || !isOn(inputs, i) ? [] : [{ name, model, clip }];
    });

const crStack = indexed(
  (i) => [`lora_name_${i}`, `model_weight_${i}`, `clip_weight_${i}`],
  (inputs, i) => given(inputs.get(`switch_${i}`)) === 'On',
);

/** As many as an input says. In mode “simple”, each has one weight for model and text encoder. */
const counted =
  (
    inputs: { readonly mode: string; readonly count: string },
    names: (i: number) => Readonly<Record<'name' | 'weight' | 'model' | 'clip', string>>,
  ): Own =>
  (own) => {
    const isSimple = given(own.get(inputs.mode)) !== 'advanced';
    const count = given(own.get(inputs.count));
    const of = indexed(
      (i) => {
        const { name, weight, model, clip } = names(i);
        return isSimple ? [name, weight, weight] : [name, model, clip];
      },
      (_, i) => typeof count !== 'number' || i <= count,
    );
    return of(own);
  };

const efficientStack = counted({ mode: 'input_mode', count: 'lora_count' }, (i) => ({
  name: `lora_name_${i}`,
  weight: `lora_wt_${i}`,
  model: `model_str_${i}`,
  clip: `clip_str_${i}`,
}));

const easyLoras = counted({ mode: 'mode', count: 'num_loras' }, (i) => ({
  name: `lora_${i}_name`,
  weight: `lora_${i}_strength`,
  model: `lora_${i}_model_strength`,
  clip: `lora_${i}_clip_strength`,
}));
const easyStack: Own = (inputs) => (given(inputs.get('toggle')) === false ? [] : easyLoras(inputs));

const rgthreeStack: Own = indexed(
  (i) => [`lora_0${i}`, `strength_0${i}`, `strength_0${i}`],
  () => true,
);

/** A map each: on, LoRA, strength, and that of the text encoder if it differs. */
const powerLoader: Own = (inputs) =>
  [...inputs].flatMap(([key, input]) => {
    const own = given(input);
    if (!/^lora_\d+$/i.test(key) || !isMap(own) || own.get('on') === false) return [];
    const name = own.get('lora');
    if (typeof name !== 'string' || isNone(value(name))) return [];
    const strength = own.get('strength');
    const forText = own.get('strengthTwo');
    return [
      {
        name: value(name),
        model: strength === undefined ? undefined : value(strength),
        clip: value((typeof forText === 'number' ? forText : strength) ?? 1),
      },
    ];
  });

/** Nodes that only list LoRAs. */
const STACKS: Readonly<Record<string, Own>> = {
  'CR LoRA Stack': crStack,
  'LoRA Stacker': efficientStack,
  'easy loraStack': easyStack,
};

/** The LoRAs that a stack lists, after those of the stacks that it goes on. */
export function stackedLoras(graph: Graph, input: GraphInput | undefined): readonly StackedLora[] {
  const loras: StackedLora[] = [];
  let at = input;
  for (let i = 0; at?.kind === 'link' && i < MOST; i++) {
    const node = graph.get(at.node);
    const own = node && Object.hasOwn(STACKS, node.type) ? STACKS[node.type] : undefined;
    if (!node || !own) break;
    loras.unshift(...own(node.inputs));
    at = node.inputs.get('lora_stack') ?? node.inputs.get('optional_lora_stack');
  }
  return loras;
}

type Loader = (node: GraphNode, graph: Graph) => readonly StackedLora[];

const appliedStack: Loader = ({ inputs }, graph) => stackedLoras(graph, inputs.get('lora_stack'));

/** Nodes that load LoRAs. */
const LOADERS: Readonly<Record<string, Loader>> = {
  'CR Apply LoRA Stack': appliedStack,
  'easy loraStackApply': appliedStack,
  'Lora Loader Stack (rgthree)': ({ inputs }) => rgthreeStack(inputs),
  'Power Lora Loader (rgthree)': ({ inputs }) => powerLoader(inputs),
  'Load Lora': ({ inputs }) => single(inputs),
  'Lora Loader': ({ inputs }) => single(inputs),
};

const single: Own = (inputs) => {
  const name = inputs.get('lora_name');
  return name === undefined || isNone(name)
    ? []
    : [{ name, model: inputs.get('strength_model'), clip: inputs.get('strength_clip') }];
};

/** The LoRAs that a node loads; undefined if it is not such a node. */
export const loadedLoras = (node: GraphNode, graph: Graph): readonly StackedLora[] | undefined =>
  Object.hasOwn(LOADERS, node.type) ? LOADERS[node.type]?.(node, graph) : undefined;

/** Nodes of ComfyUI itself that load LoRAs one after the other, and what the last one gives. */
export function loraChain(
  id: string,
  loras: readonly StackedLora[],
  start: { readonly model: GraphInput | undefined; readonly clip: GraphInput | undefined },
): {
  readonly nodes: readonly GraphNode[];
  readonly model: GraphInput | undefined;
  readonly clip: GraphInput | undefined;
} {
  let { model, clip } = start;
  const nodes = loras.map((lora, i): GraphNode => {
    const own = `${id}.lora${i}`;
    const inputs: (readonly [string, GraphInput | undefined])[] = [
      ['lora_name', lora.name],
      ['strength_model', lora.model],
      ['strength_clip', lora.clip],
      ['model', model],
      ['clip', clip],
    ];
    model = { kind: 'link', node: own, slot: 0 };
    clip = { kind: 'link', node: own, slot: 1 };
    return {
      id: own,
      type: 'LoraLoader',
      inputs: new Map(inputs.filter((entry): entry is [string, GraphInput] => entry[1] !== undefined)),
    };
  });
  return { nodes, model, clip };
}
