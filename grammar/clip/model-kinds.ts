/**
 * Kinds of model files that a `.travel` file names. Motion LoRAs are requested as `lora` and detected by their
 * contents.
 */
export type NamedModelKind =
  | 'checkpoint'
  | 'text-encoder'
  | 'vae'
  | 'motion-module'
  | 'lora'
  | 'embedding'
  | 'controlnet'
  | 'film';

/** Files that a clip needs: models, and networks of ControlNet preprocessors. */
export type MissingKind = NamedModelKind | 'network';
