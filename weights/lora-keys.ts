import { smallest } from '../plan/extremes.ts';
import type { TensorEntry } from './tensor.ts';

/** Key suffixes of kohya, LyCORIS, diffusers' attention processors and PEFT, whose adapters have names. */
const ENDINGS = [
  [/(?:\.lora_down|[._]lora\.down|\.lora_linear_layer\.down|\.lora_A(?:\.\w+)?)\.weight$/, 'down'],
  [/(?:\.lora_up|[._]lora\.up|\.lora_linear_layer\.up|\.lora_B(?:\.\w+)?)\.weight$/, 'up'],
  [/\.lora_B(?:\.\w+)?\.bias$/, 'upBias'],
  [/\.lora_mid\.weight$/, 'mid'],
  [/\.alpha$/, 'alpha'],
  [/\.(?:dora_scale|lora_magnitude_vector(?:\.\w+)?(?:\.weight)?)$/, 'magnitude'],
  [/\.hada_w1_a$/, 'hadaW1a'],
  [/\.hada_w1_b$/, 'hadaW1b'],
  [/\.hada_w2_a$/, 'hadaW2a'],
  [/\.hada_w2_b$/, 'hadaW2b'],
  [/\.hada_t1$/, 'hadaT1'],
  [/\.hada_t2$/, 'hadaT2'],
  [/\.lokr_w1$/, 'lokrW1'],
  [/\.lokr_w1_a$/, 'lokrW1a'],
  [/\.lokr_w1_b$/, 'lokrW1b'],
  [/\.lokr_w2$/, 'lokrW2'],
  [/\.lokr_w2_a$/, 'lokrW2a'],
  [/\.lokr_w2_b$/, 'lokrW2b'],
  [/\.lokr_t2$/, 'lokrT2'],
  [/\.on_input$/, 'onInput'],
  [/\.a1\.weight$/, 'a1'],
  [/\.a2\.weight$/, 'a2'],
  [/\.b1\.weight$/, 'b1'],
  [/\.b2\.weight$/, 'b2'],
  [/\.(?:diff|w_norm)$/, 'diff'],
  [/\.(?:diff_b|b_norm)$/, 'biasDiff'],
  [/\.oft_blocks$/, 'oftBlocks'],
  [/\.oft_diag$/, 'oftDiag'],
  [/\.rescale$/, 'rescale'],
  [/\.oft_R(?:\.\w+)?\.weight$/, 'oftR'],
  [/\.scalar$/, 'scalar'],
  [/\.(?:lokr_t1|oft_r(?:\.\w+)?|vera_lambda_[bd](?:\.\w+)?)$/, 'unsupported'],
] as const;

/** The role of a tensor in the change of one layer. `ia3` is (IA)³'s vector, which is called `weight`. */
export type LoraPart = (typeof ENDINGS)[number][1] | 'ia3';

/** The tensors of a LoRA for one layer. */
export type LoraParts = Readonly<Partial<Record<LoraPart, TensorEntry>>>;

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

/** The tensors of each layer, and the keys of all others. */
export function loraParts(tensors: ReadonlyMap<string, TensorEntry>): {
  readonly layers: ReadonlyMap<string, LoraParts>;
  readonly others: readonly string[];
} {
  const layers = new Map<string, LoraParts>();
  const others: string[] = [];
  for (const [key, entry] of tensors) {
    const vector = key.endsWith('.weight') ? key.slice(0, -'.weight'.length) : null;
    const parsed =
      vector !== null && tensors.has(`${vector}.on_input`)
        ? { layer: vector, part: 'ia3' as const }
        : parseLoraKey(key);
    if (parsed) layers.set(parsed.layer, { ...layers.get(parsed.layer), [parsed.part]: entry });
    else others.push(key);
  }
  return { layers, others };
}

export const LORA_METHODS = ['LoHa', 'LoKr', '(IA)³', 'GLoRA', 'OFT', 'full differences'] as const;
/** What a layer's change is, if it is not the product of two matrices. */
export type LoraMethod = (typeof LORA_METHODS)[number] | 'LoRA';

/** Null if the tensors are not, or not alone, the change of a layer. */
export function loraMethod(parts: LoraParts): LoraMethod | null {
  if (parts.down) return 'LoRA';
  if (parts.hadaW1b) return 'LoHa';
  if ((parts.lokrW1 ?? parts.lokrW1b) && (parts.lokrW2 ?? parts.lokrW2b)) return 'LoKr';
  if (parts.ia3) return '(IA)³';
  if (parts.a1 && parts.a2 && parts.b1 && parts.b2) return 'GLoRA';
  if (parts.oftBlocks ?? parts.oftDiag ?? parts.oftR) return 'OFT';
  return parts.diff || parts.biasDiff ? 'full differences' : null;
}

/** The smaller size of a layer's factors; 0 if it has none. */
export function loraRank({ down, hadaW1b, lokrW1b, lokrW2b, a1 }: LoraParts): number {
  return (down ?? hadaW1b ?? lokrW1b ?? lokrW2b)?.shape[0] ?? smallest(a1?.shape ?? [0]);
}
