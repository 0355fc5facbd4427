import type { TensorEntry } from '../../weights/tensor.ts';

/** What LoRA files can contain besides the supported changes, by the ends of keys, and the number of axes if it decides. */
const FEATURES: readonly (readonly [ending: RegExp, feature: string, axes?: number])[] = [
  [/\.oft_blocks$/, 'BOFT', 4],
  [/\.oft_r(?:\.\w+)?$/, "PEFT's OFT before version 0.16"],
  [/\.vera_lambda_[bd](?:\.\w+)?$/, 'VeRA'],
  // In LyCORIS' list of names, but no version of it writes this.
  [/\.lokr_t1$/, 'LoKr with two Tucker decompositions'],
];

/** The unsupported feature that a tensor of a LoRA file belongs to; null if it belongs to none. */
export function unsupportedFeature(key: string, { shape }: Pick<TensorEntry, 'shape'>): string | null {
  const found = FEATURES.find(([ending, , axes]) => ending.test(key) && (axes ?? shape.length) === shape.length);
  return found?.[1] ?? null;
}
