/** What LoRA files can contain besides the supported changes, by the ends of keys. */
const FEATURES: readonly [RegExp, string][] = [
  [/\.oft_R(?:\.\w+)?(?:\.weight)?$/, "PEFT's OFT"],
  [/\.vera_lambda_[bd](?:\.\w+)?$/, 'VeRA'],
  [/\.lokr_t1$/, 'LoKr with two Tucker decompositions'],
  [/\.scalar$/, 'a trained scalar (LyCORIS)'],
];

/** The unsupported feature that a key of a LoRA file belongs to; null if it belongs to none. */
export function unsupportedFeature(key: string): string | null {
  return FEATURES.find(([ending]) => ending.test(key))?.[1] ?? null;
}
