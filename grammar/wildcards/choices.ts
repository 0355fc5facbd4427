/** `{a|b}` in text: offsets of its braces and of the bars that separate its options. */
export interface Choice {
  /** Of `{`. */
  readonly open: number;
  /** Of `}`. */
  readonly close: number;
  /** Ascending; braces without a bar are text, unless they have a quantity. */
  readonly bars: readonly number[];
}

/**
 * The choices in text, by the offset of their `{`, including nested ones. A bar inside `[…]` belongs to those brackets
 * (`[a|b]` changes with every step), and `${…}` is a definition, not a choice. Unmatched braces are text. One pass, no
 * recursion.
 */
export function findChoices(text: string): ReadonlyMap<number, Choice> {
  const choices = new Map<number, Choice>();
  const open: { bracket: '{' | '['; at: number; bars: number[] }[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '\\':
        at++;
        break;
      case '{':
      case '[':
        open.push({ bracket: text[at] === '{' ? '{' : '[', at, bars: [] });
        break;
      case '|':
        open.at(-1)?.bars.push(at);
        break;
      case ']':
        if (open.at(-1)?.bracket === '[') open.pop();
        break;
      case '}': {
        // An unclosed `[` is text, and its bars separate the options of the braces around it.
        const unclosed: number[][] = [];
        while (open.at(-1)?.bracket === '[') unclosed.push(open.pop()!.bars);
        const brace = open.pop();
        if (!brace) break;
        const bars = [brace.bars, ...unclosed.reverse()].flat();
        const isName = text[brace.at - 1] === '$';
        const isSeveral = bars.length === 0 && QUANTITY.test(text.slice(brace.at + 1, Math.min(at, brace.at + 80)));
        if ((bars.length > 0 || isSeveral) && !isName) choices.set(brace.at, { open: brace.at, close: at, bars });
        break;
      }
    }
  }
  return choices;
}

export interface Option {
  readonly start: number;
  readonly end: number;
  /** ≥ 0; 1 if not written. */
  readonly weight: number;
}

/** How many options a choice takes, and what is between them. */
export interface Quantity {
  readonly least: number;
  readonly most: number;
  readonly separator: string;
  /** Characters of the quantity, from the start of the choice's content. */
  readonly length: number;
}

/** `2$$`, `1-3$$`, `-3$$`, `1-$$`, each also with a separator: `2$$ and $$` (sd-dynamic-prompts). */
const QUANTITY = /^\s{0,9}(?:(\d{1,3})(-)?(\d{1,3})?|-(\d{1,3}))\$\$(?:([^$|{}]{0,40})\$\$)?/;

/** The quantity at the start of a choice; null if it has none. */
export function quantityOf(text: string, { open, close, bars }: Choice): Quantity | null {
  const match = QUANTITY.exec(text.slice(open + 1, Math.min(close, open + 80)));
  if (!match) return null;
  const [written, from, dash, to, upTo, separator = ', '] = match;
  const least = Number(from ?? 0);
  const most = Number(upTo ?? to ?? (dash ? bars.length + 1 : least));
  return { least: Math.min(least, most), most: Math.max(least, most), separator, length: written.length };
}

const WEIGHT = /^\s*(\d+(?:\.\d+)?|\.\d+)::/;

/** The weight in front of an option, such as `2::`, and how many characters it takes. */
export function weightIn(text: string): { readonly weight: number; readonly length: number } {
  const [written, weight] = WEIGHT.exec(text.slice(0, 40)) ?? [];
  return written === undefined ? { weight: 1, length: 0 } : { weight: Number(weight), length: written.length };
}

/** The options of a choice, without its quantity; `2::` in front of one is its weight. */
export function optionsOf(text: string, choice: Choice): Option[] {
  const { open, close, bars } = choice;
  const edges = [open + (quantityOf(text, choice)?.length ?? 0), ...bars, close];
  return edges.slice(1).map((end, i) => {
    const start = edges[i]! + 1;
    const { weight, length } = weightIn(text.slice(start, end));
    return { start: start + length, end, weight };
  });
}

/** A tag, such as `<lora:my__style__v2:0.8>`. */
const TAG = /<\w+:[^<>]*>/y;

/** The offset after the tag that begins at an offset; the offset itself if none does. */
export function endOfTag(text: string, at: number): number {
  TAG.lastIndex = at;
  return at + (TAG.exec(text)?.[0].length ?? 0);
}

/** A wildcard `__name__`; names are file names with folders: `hair/color`. */
export interface WildcardName {
  readonly name: string;
  readonly end: number;
}

const WILDCARD = /__([\p{L}\p{N}*](?:[\p{L}\p{N}.*\-/]|_(?!_)){0,126})__/uy;

/** The wildcard that begins at an offset, or null. */
export function wildcardAt(text: string, at: number): WildcardName | null {
  WILDCARD.lastIndex = at;
  const match = WILDCARD.exec(text);
  return match ? { name: match[1]!, end: at + match[0].length } : null;
}

/** Every wildcard in text, also inside choices, in order. Escaped ones and names in tags are text. */
export function wildcardsIn(text: string): (WildcardName & { readonly start: number })[] {
  if (!text.includes('__')) return [];
  const found: (WildcardName & { readonly start: number })[] = [];
  let tagEnd = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '<') tagEnd = Math.max(tagEnd, endOfTag(text, at));
    const wildcard = text[at] === '_' && at >= tagEnd ? wildcardAt(text, at) : null;
    if (wildcard) {
      found.push({ ...wildcard, start: at });
      at = wildcard.end - 1;
    } else if (text[at] === '\\') at++;
  }
  return found;
}
