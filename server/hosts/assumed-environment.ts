import type { Environment, NamedModelKind } from '../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../plan/model.ts';

/** What a name is taken for, unread: the kind that belongs where it stands, without limits of its own. */
const TAKEN_FOR = {
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
  vae: { kind: 'vae' },
  'motion-module': { kind: 'motion-module', version: 'v2', positions: 32 },
  lora: { kind: 'lora', family: 'sd1', naming: 'kohya', rank: 1, unet: true, textEncoder: true, convolutions: false },
  embedding: { kind: 'embedding', vectors: 1, width: 768 },
} as const satisfies Readonly<Record<NamedModelKind, ModelDescription>>;

/** The size in pixels that the built-in checkpoint was trained at; known without reading it. */
const POCKET: ModelDescription = { ...TAKEN_FOR.checkpoint, nativeSize: [128, 128] };

/**
 * For where no file may or can be read: names of files are taken on trust, so that only problems of the text are shown.
 * A model that was taken on trust has an empty path.
 */
export const assumedEnvironment: Environment = {
  resolveModel: (kind, name) => ({
    name,
    file: { path: '', size: 0, mtimeMs: 0 },
    description: kind === 'checkpoint' && name === 'pocket' ? POCKET : TAKEN_FOR[kind],
  }),
  modelNames: () => [],
  readTravelFile: (path) => ({ path, text: '' }),
  wildcard: (name) => [name],
  outputFolder: '/',
  fileName: 'untitled',
  now: new Date(0),
  randomSeed: () => 0,
};
