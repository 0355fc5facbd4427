import type { Position, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { foreignReader } from '../../exchange/foreign-reader.ts';
import type { Environment, NamedModelKind, ResolvedModel } from '../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../plan/model.ts';
import type { VideoHeader } from '../../plan/video-header.ts';
import { Analysis } from '../../server/documents/analysis.ts';
import type { ServerHost } from '../../server/hosts/server-host.ts';

const DESCRIPTIONS: Readonly<Record<NamedModelKind, ModelDescription>> = {
  checkpoint: {
    kind: 'checkpoint',
    family: 'sd1',
    inputChannels: 4,
    channels: [320, 640, 1280, 1280],
    contextWidth: 768,
    hasTextEncoder: true,
    textEncoder: { width: 768, layers: 12 },
    vaeChannels: 128,
    nativeSize: [512, 512],
  },
  'text-encoder': { kind: 'text-encoder', width: 768, layers: 12 },
  vae: { kind: 'vae' },
  'motion-module': { kind: 'motion-module', version: 'v3', positions: 32 },
  lora: {
    kind: 'lora',
    family: 'sd1',
    naming: 'kohya',
    rank: 8,
    unet: true,
    textEncoder: true,
    convolutions: false,
  },
  embedding: { kind: 'embedding', vectors: 2, width: 768 },
  controlnet: { kind: 'controlnet', family: 'sd1' },
  film: { kind: 'film', filters: 64, timed: true },
};

/** The files of the simulated computer, by kind. */
export interface Files {
  readonly models?: Partial<Record<NamedModelKind, readonly string[]>>;
  readonly wildcards?: Readonly<Record<string, readonly string[]>>;
  readonly travel?: Readonly<Record<string, string>>;
  /** Images and videos beside the documents; null: an image. */
  readonly inputs?: Readonly<Record<string, VideoHeader | null>>;
  /** Names in folders, by their paths as written; those of folders end with a slash. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
}

/** A simulated computer, for documents in `/videos`. */
export function travelEnvironment({ models = {}, wildcards = {}, travel = {}, inputs }: Files = {}): Environment {
  const names = (kind: NamedModelKind) => [
    ...(kind === 'checkpoint' || kind === 'motion-module' ? ['pocket'] : []),
    ...(models[kind] ?? []),
  ];
  return {
    foreign: foreignReader,
    resolveModel(kind, name): ResolvedModel | null {
      if (!names(kind).includes(name)) return null;
      const file = { path: `/models/${kind}/${name}.safetensors`, size: 1_500_000, mtimeMs: 0 };
      return { name, file, description: DESCRIPTIONS[kind] };
    },
    modelNames: names,
    readTravelFile(path) {
      const text = travel[path];
      return text === undefined ? null : { path: `/videos/${path}`, text };
    },
    ...(inputs && {
      inputImages: (path) =>
        path in inputs ? { kind: 'file', files: [{ path: `/videos/${path}`, size: 12_345, mtimeMs: 0 }] } : null,
      inputVideo: (path) => inputs[path] ?? null,
    }),
    wildcard: (name) => wildcards[name] ?? null,
    wildcardNames: () => Object.keys(wildcards),
    outputFolder: '/videos',
    fileName: 'video',
    now: new Date(0),
    randomSeed: () => 1,
  };
}

export function serverHost(files: Files = {}): ServerHost {
  const environment = travelEnvironment(files);
  return {
    pages: 'file:///program/docs/diagnostics/',
    closeDisk: () => undefined,
    openFolders: () => undefined,
    configure: async () => [],
    rescan: async () => [],
    modelFolders: ['/models'],
    hasFiles: () => true,
    settle: async (_uri, work) => work(environment),
    wildcards: async () =>
      Object.keys(files.wildcards ?? {}).map((name) => ({ name, uri: `file:///videos/wildcards/${name}.txt` })),
    entries: async (_uri, path) =>
      (files.folders?.[path] ?? []).map((name) => ({ name: name.replace(/\/$/, ''), isFolder: name.endsWith('/') })),
    tokenizer: async () => null,
    describe: (description) => `a ${description.kind}`,
    fileUri: (path) => `file://${path}`,
    watched: () => [],
  };
}

export const URI = 'file:///videos/video.travel';

export function analyze(text: string, files: Files = {}): Analysis {
  return new Analysis(TextDocument.create(URI, 'travel', 1, text), travelEnvironment(files));
}

/** @param marked text with `‸` at the cursor */
export function atCursor(marked: string, files: Files = {}): { analysis: Analysis; position: Position } {
  const offset = marked.indexOf('‸');
  if (offset < 0) throw new Error('The text has no cursor. Write ‸ at its position.');
  const analysis = analyze(marked.replace('‸', ''), files);
  return { analysis, position: analysis.positionAt(offset) };
}

export function edited(analysis: Analysis, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create(URI, 'travel', 1, analysis.text), [...edits]);
}
