import { isLora, type LoraTag, parseExtraNetworks, readLora } from '../../prompt/extra-networks.ts';
import { FILE_START, type TextSpan } from '../problem.ts';
import type { SettingSpan } from '../settings/read.ts';
import type { Settings } from '../settings/schema.ts';
import { promptsOf, type TravelDocument } from '../syntax/document.ts';

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

interface LoraPlaces {
  readonly document: TravelDocument;
  readonly settings: Pick<Settings, 'define'>;
  readonly spans: ReadonlyMap<string, SettingSpan>;
}

/**
 * The name in the first tag of a LoRA. If a definition or a wildcard file holds the tag: the definition, else the first
 * wildcard, choice or name that can stand for it.
 */
export function loraSpan({ document, settings: { define }, spans }: LoraPlaces, name: string): TextSpan {
  const [tag] = tagSpans(document, name);
  if (tag) return tag;
  const defined = Object.entries(define).find(([, text]) => names(text, name));
  const definition = defined && spans.get(`define.${defined[0]}`)?.value;
  return definition ?? sourceSpan(document);
}

/** The first wildcard, choice or name that can stand for what is in no prompt; without any, the first prompt. */
export function sourceSpan(document: TravelDocument): TextSpan {
  const prompts = promptsOf(document);
  for (const { parts } of prompts) {
    const source = parts.find(({ kind, text }) => kind === 'Wildcard' || kind === 'Reference' || text === '{');
    if (source) return source.span;
  }
  return prompts[0]?.span ?? FILE_START;
}

/** The name in every tag of a LoRA that the document itself contains. */
export function tagSpans(document: TravelDocument, name: string): TextSpan[] {
  return promptsOf(document).flatMap(({ parts }) =>
    parts.flatMap(({ kind, text, span }) => {
      if (kind !== 'Network' || !names(text, name)) return [];
      const start = span.start + text.indexOf(':') + 1;
      return [{ start, end: start + name.length }];
    }),
  );
}

function names(text: string, name: string): boolean {
  return parseExtraNetworks(text).networks.some(({ positional }) => positional[0] === name);
}
