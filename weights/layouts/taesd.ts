import type { TensorEntry } from '../tensor.ts';

/** The prefix of TAESD's layers in the plain layout; then comes `decoder.` or `encoder.`, and the number in its `Sequential`. */
export const TAESD = 'taesd.';

type Part = 'decoder' | 'encoder';

/** From the first convolution to the last, by their numbers in taesd.py, and their latent channels. */
const ENDS: Readonly<Record<Part, { readonly first: number; readonly last: number }>> = {
  decoder: { first: 1, last: 19 },
  encoder: { first: 0, last: 14 },
};

/**
 * Where its layers are numbered: in its own files, in ComfyUI's, and in diffusers', which does not count the clamp at
 * the start of the decoder.
 */
const FORMS: readonly { readonly prefix: (part: Part) => string; readonly countsClamp: boolean }[] = [
  { prefix: () => '', countsClamp: true },
  { prefix: (part) => `${part}.`, countsClamp: true },
  { prefix: (part) => `taesd_${part}.`, countsClamp: true },
  { prefix: (part) => `${part}.layers.`, countsClamp: false },
];

/**
 * The plain name of each tensor of TAESD, the small autoencoder (github.com/madebyollin/taesd), with its decoder, its
 * encoder, or both; null for other files, and for the versions with 16 channels, which other families have.
 */
export function taesdName(tensors: ReadonlyMap<string, TensorEntry>): ((name: string) => readonly string[]) | null {
  const parts = (['decoder', 'encoder'] as const).flatMap((part) => {
    const form = FORMS.find((candidate) => isTaesd(tensors, part, candidate));
    return form ? [{ part, prefix: form.prefix(part), shift: shiftOf(part, form) }] : [];
  });
  if (parts.length === 0) return null;
  return (name) => {
    for (const { part, prefix, shift } of parts) {
      const [, number, rest] = (name.startsWith(prefix) && /^(\d+)\.(.+)$/.exec(name.slice(prefix.length))) || [];
      if (number !== undefined) return [`${TAESD}${part}.${Number(number) + shift}.${rest}`];
    }
    return [name];
  };
}

const shiftOf = (part: Part, { countsClamp }: (typeof FORMS)[number]) => (part === 'decoder' && !countsClamp ? 1 : 0);

function isTaesd(tensors: ReadonlyMap<string, TensorEntry>, part: Part, form: (typeof FORMS)[number]): boolean {
  const numbered = (number: number) => `${form.prefix(part)}${number - shiftOf(part, form)}`;
  const { first, last } = ENDS[part];
  const [start, end] = [tensors.get(`${numbered(first)}.weight`), tensors.get(`${numbered(last)}.weight`)];
  const [inputs, outputs] = part === 'decoder' ? [4, 3] : [3, 4];
  const block = `${numbered(part === 'decoder' ? first + 2 : first + 1)}.conv.0.weight`;
  return tensors.has(block) && start?.shape.length === 4 && start.shape[1] === inputs && end?.shape[0] === outputs;
}
