/**
 * Nodes whose output is one of their inputs: the name of that input.
 *
 * Sources: `INPUT_TYPES` of ComfyUI-KJNodes, rgthree-comfy, was-node-suite-comfyui, ComfyUI_tinyterraNodes,
 * ComfyUI-Easy-Use, ComfyUI_Comfyroll_CustomNodes, ComfyUI-Impact-Pack, ComfyUI-Custom-Scripts.
 */
const OUTPUT_INPUTS: Readonly<Record<string, string>> = {
  Seed: 'seed',
  'Seed (rgthree)': 'seed',
  'Seed Everywhere': 'seed',
  'ttN seed': 'seed',
  'ttN int': 'int',
  'ttN float': 'float',
  'ttN text': 'text',
  'easy seed': 'seed',
  'easy int': 'value',
  'easy float': 'value',
  'easy string': 'value',
  'easy positive': 'positive',
  'easy negative': 'negative',
  'CR Seed': 'seed',
  'CR Prompt Text': 'prompt',
  'CR Text': 'text',
  'Text Multiline': 'text',
  'Text String': 'text',
  'Simple String': 'string',
  StringConstant: 'string',
  StringConstantMultiline: 'string',
  'String Literal': 'string',
  INTConstant: 'value',
  FloatConstant: 'value',
  ImpactInt: 'value',
  ImpactFloat: 'value',
  'Int Literal': 'int',
  'Float Literal': 'float',
  JWInteger: 'value',
  JWFloat: 'value',
  JWString: 'text',
};

/** The input that the node's output is; undefined if it is not such a node. */
export const outputInput = (type: string): string | undefined =>
  Object.hasOwn(OUTPUT_INPUTS, type) ? OUTPUT_INPUTS[type] : undefined;
