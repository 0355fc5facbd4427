import { isLora, type LoraTag, parseExtraNetworks, readLora } from '../../prompt/extra-networks.ts';

/** A LoRA as one prompt names it. */
export interface LoraUse {
  readonly name: string;
  /** Strength in the text encoder. */
  readonly te: number;
  /** Strength in the UNet; of a motion LoRA, its weight. */
  readonly unet: number;
}

/** A piece of prompt and the LoRAs that its tags named; the tags are no longer in the text. */
export interface TaggedText {
  readonly text: string;
  readonly loras: readonly LoraUse[];
}

/** Takes the extra-network tags out of a text. Tags that cannot be read are left out; the checks report them. */
export function takeLoras(text: string): TaggedText {
  const { text: rest, networks } = parseExtraNetworks(text);
  const tags = networks.filter(isLora).map(readLora);
  return { text: rest, loras: tags.filter((tag): tag is LoraTag & { ok: true } => tag.ok) };
}

/** A LoRA that is named twice in one prompt acts with the sum of its weights. */
export function sumLoras(uses: readonly LoraUse[]): Map<string, LoraUse> {
  const sums = new Map<string, LoraUse>();
  for (const { name, te, unet } of uses) {
    const sum = sums.get(name);
    sums.set(name, { name, te: te + (sum?.te ?? 0), unet: unet + (sum?.unet ?? 0) });
  }
  return sums;
}
