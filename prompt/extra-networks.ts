import { parseDecimal, trimStart } from './characters.ts';

/** A tag `<type:item:item…>` in a prompt, such as `<lora:name:0.8>`. */
export interface ExtraNetwork {
  /** `lora`, `hypernet`, … as written. */
  readonly type: string;
  /** Items without `=`, in order; the first is the name. */
  readonly positional: readonly string[];
  /** Items `key=value`. */
  readonly named: ReadonlyMap<string, string>;
  /** Where the tag stands in the prompt, UTF-16 code units; `end` is after the `>`. */
  readonly start: number;
  readonly end: number;
}

/** How strongly a LoRA acts, or why its tag cannot be read. */
export type LoraTag =
  | {
      readonly ok: true;
      readonly name: string;
      /** Strength in the text encoder. */
      readonly te: number;
      /** Strength in the UNet. */
      readonly unet: number;
      /** Rank to which the LoRA is cut; null keeps its own. */
      readonly dyn: number | null;
    }
  /** `nameless`: A1111 finds no such LoRA and goes on; for other problems it loads none of the prompt's LoRAs. */
  | { readonly ok: false; readonly nameless: boolean; readonly problem: string };

const TYPE = /(?<=<)[\p{L}\p{N}_]+:/uy;

/**
 * Take the tags out of a prompt: the text that is left, exactly, and the tags in order.
 *
 * Source: A1111 `modules/extra_networks.py`, `parse_prompt`, pattern `<(\w+):([^>]+)>`.
 */
export function parseExtraNetworks(prompt: string): { text: string; networks: ExtraNetwork[] } {
  const networks: ExtraNetwork[] = [];
  let text = '';
  let kept = 0;
  for (let start = prompt.indexOf('<'); start >= 0; start = prompt.indexOf('<', start + 1)) {
    TYPE.lastIndex = start + 1;
    const type = TYPE.exec(prompt)?.[0];
    if (type === undefined) continue;
    const content = start + 1 + type.length;
    const close = prompt.indexOf('>', content);
    if (close < 0) break;
    if (close === content) continue;
    networks.push({ type: type.slice(0, -1), ...readItems(prompt.slice(content, close)), start, end: close + 1 });
    text += prompt.slice(kept, start);
    kept = close + 1;
    start = close;
  }
  return { text: text + prompt.slice(kept), networks };
}

function readItems(content: string): Pick<ExtraNetwork, 'positional' | 'named'> {
  const positional: string[] = [];
  const named = new Map<string, string>();
  for (const item of content.split(':')) {
    const [key, value, ...more] = item.split('=');
    if (value !== undefined && more.length === 0) named.set(key!, value);
    else positional.push(item);
  }
  return { positional, named };
}

/** Whether a tag names a LoRA; A1111 reads the older `lyco` as the same. */
export function isLora({ type }: ExtraNetwork): boolean {
  return type === 'lora' || type === 'lyco';
}

/**
 * Read a LoRA's tag: `name:te:unet:dyn`, or `te=`, `unet=`, `dyn=`, which win. The text encoder's weight is 1 where
 * none is given; the UNet's is then the text encoder's.
 *
 * Source: A1111 `extensions-builtin/Lora/extra_networks_lora.py`. Where it fails, the problem says why.
 */
export function readLora({ positional, named }: ExtraNetwork): LoraTag {
  const [name, positionalTe, positionalUnet, positionalDyn] = positional;
  if (!name || trimStart(name) === '') {
    const problem = 'The tag has no LoRA name. It has no effect. Write <lora:name:weight>, or remove the tag.';
    return { ok: false, nameless: true, problem };
  }
  const te = named.get('te') ?? positionalTe ?? '1';
  const unet = named.get('unet') ?? positionalUnet ?? te;
  const dyn = named.get('dyn') ?? positionalDyn;
  for (const weight of [positionalTe ?? '1', te, positionalUnet ?? te, unet]) {
    if (parseDecimal(weight) === undefined) {
      return {
        ok: false,
        nameless: false,
        problem: `“${weight}” is not a valid weight for LoRA “${name}”. Write a number, such as 0.8.`,
      };
    }
  }
  const rank = dyn === undefined ? null : /^\s*\+?\d+\s*$/.test(dyn) ? Number(dyn) : undefined;
  if (rank === undefined) {
    const problem = `“${dyn}” is not a valid rank for LoRA “${name}”. Write a whole number, such as 8.`;
    return { ok: false, nameless: false, problem };
  }
  return { ok: true, name, te: parseDecimal(te)!, unet: parseDecimal(unet)!, dyn: rank };
}
