/** Codes of problems that a model which is not found causes: another folder, or the file itself, would fix them. */
export const MISSING_MODEL =
  /^travel\/(unknown-model|unknown-lora|motion-module-missing|interpolation-model-missing|preprocessor-network-missing)$/;
