import type { Environment, NamedModelKind } from '../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../plan/model.ts';

/**
 * What a model file is assumed to be without reading it: the kind that its name is used for, with no limits of its own.
 */
const ASSUMED = {
  checkpoint: {
    kind: 'checkpoint',
    family: 'sd1',
    inputChannels: 4,
    channels: [],
    contextWidth: 768,
    hasTextEncoder: true,
    vaeChannels: 128,
    nativeSize: null,
  },
  'text-encoder': { kind: 'text-encoder', width: 768, layers: 12 },
  vae: { kind: 'vae' },
  'motion-module': { kind: 'motion-module', version: 'v2', positions: 32 },
  lora: { kind: 'lora', family: 'sd1', naming: 'kohya', rank: 1, unet: true, textEncoder: true, convolutions: false },
  embedding: { kind: 'embedding', vectors: 1, width: 768 },
  controlnet: { kind: 'controlnet', family: 'sd1' },
  film: { kind: 'film', filters: 64, timed: true },
} as const satisfies Readonly<Record<NamedModelKind, ModelDescription>>;

/** The built-in checkpoint, whose native size is known without reading it. */
const POCKET: ModelDescription = { ...ASSUMED.checkpoint, nativeSize: [128, 128] };

/**
 * Used if files may not or cannot be read: every file that is named is assumed to exist, so that only problems of the
 * text are found. Assumed models have an empty path.
 */
export const assumedEnvironment: Environment = {
  resolveModel: (kind, name) => ({
    name,
    file: { path: '', size: 0, mtimeMs: 0 },
    description: kind === 'checkpoint' && name === 'pocket' ? POCKET : ASSUMED[kind],
  }),
  modelNames: () => [],
  readTravelFile: (path) => ({ path, text: '' }),
  wildcard: (name) => [name],
  wildcardNames: () => [],
  outputFolder: '/',
  fileName: 'untitled',
  now: new Date(0),
  randomSeed: () => 0,
};
