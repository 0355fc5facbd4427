import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import type { NamedModelKind, TravelHost } from '../grammar/plan/host.ts';
import type { ModelDescription } from '../protocol/model.ts';
import type { ServerHost } from './host.ts';
import { startServer } from './server.ts';

/** A worker's own scope; the project is checked with the types of Node, which has none. */
declare const self: ConstructorParameters<typeof BrowserMessageReader>[0];

/** What a name is taken for, unread: the kind that belongs where it stands, without limits of its own. */
const TAKEN_FOR = {
  checkpoint: {
    kind: 'checkpoint',
    family: 'sd1',
    inputChannels: 4,
    channels: [],
    contextWidth: 768,
    hasTextEncoder: true,
    hasVae: true,
    nativeSize: null,
  },
  vae: { kind: 'vae' },
  'motion-module': { kind: 'motion-module', version: 'v2', positions: 32 },
  lora: { kind: 'lora', family: 'sd1', naming: 'kohya', rank: 1, unet: true, textEncoder: true, convolutions: false },
  embedding: { kind: 'embedding', vectors: 1, width: 768 },
} as const satisfies Readonly<Record<NamedModelKind, ModelDescription>>;

/** The size in pixels that the built-in checkpoint was trained at; known without reading it. */
const POCKET: ModelDescription = { ...TAKEN_FOR.checkpoint, nativeSize: [128, 128] };

/** A browser has no disk: names of files are taken on trust, so that only problems of the text are shown. */
const trusting: TravelHost = {
  resolveModel: (kind, name) => ({
    name,
    file: { path: name, size: 0, mtimeMs: 0 },
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

const host: ServerHost = {
  configure: async () => [],
  rescan: async () => [],
  settle: async (_uri, work) => work(trusting),
  wildcards: async () => [],
  tokenizer: async () => null,
  describe: () => 'files cannot be read in a browser',
  fileUri: (path) => path,
  watched: () => [],
};

startServer(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self)), host);
