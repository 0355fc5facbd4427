/** The tensors of a LoRA for one layer. */
export type LoraPart =
  | 'down'
  | 'up'
  | 'mid'
  | 'alpha'
  | 'hada_w1_a'
  | 'hada_w1_b'
  | 'hada_w2_a'
  | 'hada_w2_b'
  | 'unsupported';

/** Key suffixes of kohya, LyCORIS, diffusers' attention processors and PEFT. */
const ENDINGS: readonly [RegExp, LoraPart][] = [
  [/(?:\.lora_down|[._]lora\.down|\.lora_linear_layer\.down|\.lora_A(?:\.\w+)?)\.weight$/, 'down'],
  [/(?:\.lora_up|[._]lora\.up|\.lora_linear_layer\.up|\.lora_B(?:\.\w+)?)\.weight$/, 'up'],
  [/\.lora_mid\.weight$/, 'mid'],
  [/\.alpha$/, 'alpha'],
  [/\.hada_w1_a$/, 'hada_w1_a'],
  [/\.hada_w1_b$/, 'hada_w1_b'],
  [/\.hada_w2_a$/, 'hada_w2_a'],
  [/\.hada_w2_b$/, 'hada_w2_b'],
  [
    /\.(?:hada_t[12]|lokr_\w+|dora_scale|lora_magnitude_vector(?:\.\w+)?|diff|oft_\w+|on_input|[ab][12]\.weight)$/,
    'unsupported',
  ],
];

/**
 * Split a LoRA's key into the layer that it changes, by its name in the file, and the role of the tensor; null if it is
 * not a LoRA's key. `….attn1.processor.to_q_lora.down.weight` is `down` of `….attn1.to_q`.
 */
export function parseLoraKey(key: string): { readonly layer: string; readonly part: LoraPart } | null {
  for (const [ending, part] of ENDINGS) {
    const match = ending.exec(key);
    if (match) return { layer: key.slice(0, match.index).replace('.processor.', '.'), part };
  }
  return null;
}
