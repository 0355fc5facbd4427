import type { FormatName } from '../../exchange/format.ts';
import { type Imported, importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';

export const imported = (text: string, format: FormatName | null = null): Imported =>
  importTravel([{ text }], { format });

export const messages = ({ notes }: Imported) => notes.map(({ key, message }) => `${key}: ${message}`).join('\n');

export function refusal(text: string, field?: string): string {
  try {
    return `read: ${importTravel([{ text, field }]).travel}`;
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return error.message;
  }
}

export type Nodes = Readonly<Record<string, readonly [type: string, inputs: Readonly<Record<string, unknown>>]>>;

/** A workflow of ComfyUI's API with a sampler, an output and the given nodes, which come first. */
export function workflow(nodes: Nodes, sampler: Readonly<Record<string, unknown>> = {}): string {
  const all: Nodes = { ...nodesWith(sampler), ...nodes };
  return JSON.stringify(
    Object.fromEntries(Object.entries(all).map(([id, [type, inputs]]) => [id, { class_type: type, inputs }])),
  );
}

export function nodesWith(sampler: Readonly<Record<string, unknown>>): Nodes {
  return {
    '1': ['CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }],
    '2': ['CLIPTextEncode', { text: 'a fox', clip: ['1', 1] }],
    '3': ['EmptyLatentImage', { width: 512, height: 512, batch_size: 4 }],
    '4': [
      'KSampler',
      { model: ['1', 0], positive: ['2', 0], latent_image: ['3', 0], seed: 1, steps: 20, cfg: 7, ...sampler },
    ],
    '5': ['VAEDecode', { samples: ['4', 0], vae: ['1', 2] }],
    '6': ['SaveImage', { images: ['5', 0] }],
  };
}
