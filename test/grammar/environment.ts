import { foreignReader } from '../../exchange/foreign-reader.ts';
import type { Environment, ResolvedModel } from '../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../plan/model.ts';

export const checkpoint: ModelDescription & { kind: 'checkpoint' } = {
  kind: 'checkpoint',
  family: 'sd1',
  inputChannels: 4,
  channels: [320, 640, 1280, 1280],
  contextWidth: 768,
  hasTextEncoder: true,
  textEncoder: { width: 768, layers: 12 },
  vaeChannels: 128,
  nativeSize: null,
};

export const lora: ModelDescription = {
  kind: 'lora',
  family: 'sd1',
  naming: 'kohya',
  rank: 4,
  unet: true,
  textEncoder: true,
  convolutions: false,
};

const MODELS: Readonly<Record<string, Readonly<Record<string, ModelDescription>>>> = {
  checkpoint: {
    pocket: { ...checkpoint, nativeSize: [64, 64] },
    toonyou: checkpoint,
    small_encoder: { ...checkpoint, textEncoder: { width: 768, layers: 2 } },
    sd_xl_base: { ...checkpoint, family: 'sdxl' },
    inpainting: { ...checkpoint, inputChannels: 9 },
    pix2pix: { ...checkpoint, inputChannels: 8 },
  },
  'text-encoder': { clip_l: { kind: 'text-encoder', width: 768, layers: 12 } },
  vae: { 'vae-ft-mse': { kind: 'vae' } },
  'motion-module': {
    pocket: { kind: 'motion-module', version: 'v2', positions: 32 },
    mm_sd_v15: { kind: 'motion-module', version: 'v1', positions: 24 },
  },
  lora: {
    'day/twin': lora,
    'night/twin': lora,
    detail: lora,
    style: lora,
    pan_left: { kind: 'motion-lora', rank: 8, hasMidBlock: false },
  },
  embedding: {
    'bad-hands': { kind: 'embedding', vectors: 2, width: 768 },
    nartfixer: { kind: 'embedding', vectors: 2, width: 1024 },
  },
  controlnet: {
    pose: { kind: 'controlnet', family: 'sd1' },
    canny: { kind: 'controlnet', family: 'sd1' },
    shuffle: { kind: 'controlnet', family: 'sd1' },
    control_v11p_sd15_openpose: { kind: 'controlnet', family: 'sd1' },
    control_v11p_sd15_canny: { kind: 'controlnet', family: 'sd1' },
    sdxl_canny: { kind: 'controlnet', family: 'sdxl' },
    adapter: { kind: 'unsupported', what: 'a T2I-Adapter' },
  },
};

/** Of every file. */
const HASH = '879db523c3';

/** An environment with a few models, whose functions tests can replace. */
export function testEnvironment(changes: Partial<Environment> = {}): Environment {
  return {
    resolveModel(kind, name): ResolvedModel | null {
      if (kind === 'lora' && name === 'twin') {
        return { ...this.resolveModel(kind, 'day/twin')!, sameName: { used: 'day/twin', others: ['night/twin'] } };
      }
      const [, base, written] = /^(.+) \[(\w+)\]$/.exec(name) ?? [];
      if (base !== undefined) {
        const found = this.resolveModel(kind, base);
        return found && written !== HASH ? { ...found, wrongHash: { written: written!, actual: HASH } } : found;
      }
      const description = MODELS[kind]?.[name];
      return description
        ? { name, description, file: { path: `/models/${kind}/${name}.safetensors`, size: 1, mtimeMs: 1 } }
        : null;
    },
    modelNames: (kind) => Object.keys(MODELS[kind] ?? {}),
    readTravelFile: () => null,
    missingInput: (path) =>
      path.startsWith('missing/') && path !== 'missing/pose.png' ? { found: 'nothing', names: ['pose.png'] } : null,
    inputImages(path) {
      if (this.missingInput!(path, 'file')) return null;
      const isFolder = path.includes('frames');
      const files = Array.from({ length: path.includes('many-frames') ? 64 : isFolder ? 16 : 1 }, (_, i) => ({
        path: isFolder
          ? `/projects/clips/${path}/${path.includes('sparse') && i > 7 ? i + 4 : i}.png`
          : `/projects/clips/${path}`,
        size: 10 + i,
        mtimeMs: 1,
      }));
      if (!isFolder) return { kind: 'file', files };
      const isMixed = path.includes('mixed');
      const others = {
        unreadable: isMixed ? ['1.tga'] : [],
        videos: [],
        folders: [],
        ignored: isMixed ? ['a.txt'] : [],
      };
      return { kind: 'folder', files, others };
    },
    networkFile: ([name]) => ({ path: `/models/networks/${name}`, size: 1, mtimeMs: 1 }),
    wildcard: () => null,
    wildcardNames: () => [],
    homeFolder: '/home/me',
    outputFolder: '/projects/clips',
    outputRoot: '/projects',
    fileName: 'clip',
    now: new Date(2026, 2, 1, 17, 45, 0),
    randomSeed: () => 1234,
    foreign: foreignReader,
    ...changes,
  };
}
