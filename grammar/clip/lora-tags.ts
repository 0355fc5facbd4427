import { isLora, type LoraTag, parseExtraNetworks, readLora } from '../../prompt/extra-networks.ts';
import type { TextSpan } from '../problem.ts';
import { documentSpan, type PromptText, type TravelDocument } from '../syntax/document.ts';

/** A LoRA as named by one prompt. */
export interface LoraUse {
  readonly name: string;
  /** Strength in the text encoder. */
  readonly te: number;
  /** Strength in the UNet; the weight of a motion LoRA. */
  readonly unet: number;
}

/** A prompt's text without its tags, and the LoRAs that the tags name. */
export interface TaggedText {
  readonly text: string;
  readonly loras: readonly LoraUse[];
}

/** Removes the extra-network tags from a prompt. Invalid tags are dropped; a check reports them. */
export function takeLoras(text: string): TaggedText {
  const { text: rest, networks } = parseExtraNetworks(text);
  const tags = networks.filter(isLora).map(readLora);
  return { text: rest, loras: tags.filter((tag): tag is LoraTag & { ok: true } => tag.ok) };
}

/** A LoRA that one prompt names twice has the sum of both weights. */
export function sumLoras(uses: readonly LoraUse[]): Map<string, LoraUse> {
  const sums = new Map<string, LoraUse>();
  for (const { name, te, unet } of uses) {
    const sum = sums.get(name);
    sums.set(name, { name, te: te + (sum?.te ?? 0), unet: unet + (sum?.unet ?? 0) });
  }
  return sums;
}

/** The name in the first tag of a LoRA; the start of the body if a definition holds the tag. */
export function loraSpan({ head, keyframes, tail }: TravelDocument, name: string): TextSpan {
  const tag = (prompt: PromptText) =>
    prompt.parts.find(
      ({ kind, text }) => kind === 'Network' && text.slice(text.indexOf(':') + 1, -1).split(':')[0] === name,
    );
  const prompts = [...head, ...keyframes, ...tail];
  for (const { prompt } of prompts) {
    const part = tag(prompt);
    if (part) {
      const start = part.span.start + part.text.indexOf(':') + 1;
      return { start, end: start + name.length };
    }
  }
  const first = prompts[0]?.prompt;
  return first ? documentSpan(first, 0, 0) : { start: 0, end: 0 };
}
