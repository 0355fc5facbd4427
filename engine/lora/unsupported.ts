/** What LoRA files can contain besides the supported changes, by the ends of keys. */
const FEATURES: readonly [RegExp, string][] = [
  [/\.(?:dora_scale|lora_magnitude_vector(?:\.\w+)?)$/, 'DoRA'],
  [/\.lokr_\w+$/, 'LoKr'],
  [/\.oft_\w+$/, 'OFT'],
  [/\.on_input$/, '(IA)³'],
  [/\.hada_t[12]$/, 'LoHa with Tucker decomposition'],
  [/\.(?:w_norm|b_norm)$|norm\w*\.(?:diff|diff_b)$/, 'changes of normalization layers'],
  [/\.(?:diff_b|lora_B\.(?:\w+\.)?bias)$/, 'changes of biases'],
  [/\.diff$/, 'full weight differences'],
  [/\.(?:a1|a2|b1|b2)\.weight$/, 'GLoRA'],
];

/** The unsupported feature that a key of a LoRA file belongs to; null if it belongs to none. */
export function unsupportedFeature(key: string): string | null {
  return FEATURES.find(([ending]) => ending.test(key))?.[1] ?? null;
}
