/** How much a note matters: a warning changes the result, information does not. */
export type NoteSeverity = 'warning' | 'information';

/** What an import could not carry over. */
export interface Note {
  /** Stable, for scripts and documentation. */
  readonly key: NoteKey;
  readonly severity: NoteSeverity;
  /** What could not be carried, the value that was lost, and the nearest thing that can be done. */
  readonly message: string;
}

const SEVERITIES = {
  'after-second-neg': 'information',
  'and-interpolation': 'warning',
  'animatediff-disabled': 'warning',
  'api-frames': 'information',
  'batch-count': 'information',
  'beta-schedule': 'warning',
  'camera-motion': 'warning',
  'context-schedule': 'warning',
  controlnet: 'warning',
  'controlnet-input': 'warning',
  cycle: 'warning',
  damaged: 'warning',
  'duplicate-key': 'warning',
  encoding: 'information',
  expression: 'warning',
  'freeinit-parameters': 'warning',
  'fuse-method': 'warning',
  'gradual-latent': 'warning',
  hashes: 'information',
  'hires-fix': 'warning',
  'img2img-folder': 'warning',
  'init-image': 'warning',
  inpaint: 'warning',
  'interpolation-engine': 'warning',
  'ip-adapter': 'warning',
  'keyframe-past-end': 'warning',
  'keyframes-as-text': 'warning',
  'last-frame': 'warning',
  lcm: 'warning',
  'length-not-in-file': 'information',
  'linked-value': 'warning',
  'loop-always-closed': 'information',
  'lora-easing': 'warning',
  'lora-name': 'warning',
  'more-clips': 'warning',
  'more-negatives': 'information',
  'more-prompts': 'information',
  'more-seeds': 'information',
  'no-animation': 'information',
  noise: 'information',
  'not-a-number': 'warning',
  'not-animatediff': 'warning',
  'other-fields': 'warning',
  'preprocessor-parameters': 'warning',
  'prompt-loop': 'warning',
  refiner: 'warning',
  'regional-prompts': 'warning',
  repaired: 'information',
  'request-id': 'information',
  'save-format': 'warning',
  'second-pass': 'warning',
  'seed-precision': 'warning',
  'single-prompt-mode': 'warning',
  'strength-schedule': 'warning',
  styles: 'warning',
  template: 'information',
  'unknown-node': 'warning',
  'unreachable-keys': 'information',
  upscale: 'warning',
  version: 'information',
  'video-input': 'warning',
  weights: 'information',
} as const satisfies Readonly<Record<string, NoteSeverity>>;

export type NoteKey = keyof typeof SEVERITIES;

/** @param message one or more complete sentences */
export function note(key: NoteKey, message: string): Note {
  return { key, severity: SEVERITIES[key], message };
}

/** The messages of those that change the clip. */
export const warningsOf = (notes: readonly Note[]): string[] =>
  notes.filter(({ severity }) => severity === 'warning').map(({ message }) => message);

/** Adds notes, of which a damaged file can have more than a call takes arguments. */
export function addNotes(notes: Note[], more: readonly Note[]): void {
  for (const one of more) notes.push(one);
}

/** Why a text cannot be imported. */
export type ImportErrorKind =
  | 'cut-off'
  | 'invalid'
  | 'no-metadata'
  | 'no-output'
  | 'too-deep'
  | 'too-large'
  | 'unknown-format'
  | 'value-schedule';

/** A text that cannot be imported. The message is one sentence that names the place. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly kind: ImportErrorKind;

  constructor(kind: ImportErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
