import type { TensorEntry } from '../tensor.ts';

/** The prefix of TAESD's decoder in the plain layout; the rest is the number in its `Sequential`. */
export const TAESD_DECODER = 'taesd.decoder.';

/** Where its layers are numbered: in its own files, in ComfyUI's, and in diffusers', which does not count the clamp. */
const FORMS = [
  { prefix: '', first: 1 },
  { prefix: 'decoder.', first: 1 },
  { prefix: 'taesd_decoder.', first: 1 },
  { prefix: 'decoder.layers.', first: 0 },
] as const;

/** From the first convolution to the last. */
const LAYERS = 18;

/**
 * The plain name of each tensor of TAESD's decoder, the small autoencoder (github.com/madebyollin/taesd); null for other
 * files, and for the versions with 16 channels, which other families have.
 */
export function taesdName(tensors: ReadonlyMap<string, TensorEntry>): ((name: string) => readonly string[]) | null {
  const form = FORMS.find(({ prefix, first }) => {
    const [start, end] = [tensors.get(`${prefix}${first}.weight`), tensors.get(`${prefix}${first + LAYERS}.weight`)];
    const hasBlock = tensors.has(`${prefix}${first + 2}.conv.0.weight`);
    return hasBlock && start?.shape.length === 4 && start.shape[1] === 4 && end?.shape[0] === 3;
  });
  if (!form) return null;
  return (name) => {
    const [, number, rest] =
      /^(\d+)\.(.+)$/.exec(name.startsWith(form.prefix) ? name.slice(form.prefix.length) : '') ?? [];
    return [number === undefined ? name : `${TAESD_DECODER}${Number(number) + 1 - form.first}.${rest}`];
  };
}
