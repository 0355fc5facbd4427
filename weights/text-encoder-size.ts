import type { TextEncoderSize } from '../plan/text-encoder.ts';
import type { TensorEntry } from './tensor.ts';

/** The size of CLIP's text model; null if its table of tokens is missing. @param tensors by transformers' names without prefix */
export function textEncoderSize(tensors: ReadonlyMap<string, TensorEntry>): TextEncoderSize | null {
  const width = tensors.get('embeddings.token_embedding.weight')?.shape[1];
  if (width === undefined) return null;
  let layers = 0;
  while (tensors.has(`encoder.layers.${layers}.layer_norm1.weight`)) layers++;
  return { width, layers };
}
