import { parseDecimal, SPACE, splitAtWord, trimEnd, trimStart } from './characters.ts';

/** Part of a prompt and the factor for its encoded tokens. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

/**
 * Whether a piece is a `BREAK`, marked by the pair ("BREAK", −1) as in A1111. Inside brackets the marker's weight is
 * multiplied like any other, so the piece becomes the plain word.
 */
export function isBreak({ text, weight }: WeightedText): boolean {
  return text === 'BREAK' && weight === -1;
}

const ROUND = 1.1;
const SQUARE = 1 / 1.1;

/**
 * How many nested brackets of a kind have an effect; 1.1 ^ 100 is far beyond any use. This bounds the work for each
 * piece of text, so the time is linear in the length of any prompt.
 */
const MOST_OPEN = 100;

const TOKEN = new RegExp(
  String.raw`\\[()[\]\\]?|[([]|:[${SPACE}]*([+-]?[.\d]+)[${SPACE}]*\)|[)\]]|[^\\()[\]:]+|:`,
  'g',
);

/**
 * A prompt as pieces with weights: `(x)` ×1.1, `[x]` ÷1.1, `(x:1.3)`, nesting multiplies, `\(` and the like are
 * literal, unclosed brackets extend to the end. Neighbors of equal weight are one piece; an empty prompt is one empty
 * piece. Never throws: in `(x:1.2.3)`, on which A1111 fails, the number is text.
 *
 * Source: A1111 `modules/prompt_parser.py`, `parse_prompt_attention`; weights are multiplied in its order, so they are
 * the same doubles.
 */
export function parseAttention(prompt: string): WeightedText[] {
  const texts: string[] = [];
  const weights: number[] = [];
  // Index in `texts` at which each open bracket's range starts. Ranges need not nest: in `([)]` they overlap.
  const round: number[] = [];
  const square: number[] = [];

  const add = (text: string, weight: number) => {
    texts.push(text);
    weights.push(weight);
  };
  const open = (brackets: number[]) => {
    brackets.push(brackets.length < MOST_OPEN ? texts.length : Number.POSITIVE_INFINITY);
  };
  const multiplyFrom = (start: number, factor: number) => {
    for (let i = start; i < weights.length; i++) weights[i]! *= factor;
  };
  const addText = (text: string) => {
    const parts = splitAtWord(text, 'BREAK');
    parts.forEach((part, i) => {
      if (i > 0) add('BREAK', -1);
      const cutAfter = i < parts.length - 1 ? trimEnd(part) : part;
      add(i > 0 ? trimStart(cutAfter) : cutAfter, 1);
    });
  };

  for (const [token, number] of prompt.matchAll(TOKEN)) {
    if (token.startsWith('\\')) add(token.slice(1), 1);
    else if (token === '(') open(round);
    else if (token === '[') open(square);
    else if (number !== undefined && round.length > 0) {
      const weight = parseDecimal(number);
      if (weight === undefined) addText(token.slice(0, -1));
      multiplyFrom(round.pop()!, weight ?? ROUND);
    } else if (token === ')' && round.length > 0) multiplyFrom(round.pop()!, ROUND);
    else if (token === ']' && square.length > 0) multiplyFrom(square.pop()!, SQUARE);
    else addText(token);
  }
  for (const start of round) multiplyFrom(start, ROUND);
  for (const start of square) multiplyFrom(start, SQUARE);

  return mergeEqual(texts, weights);
}

function mergeEqual(texts: readonly string[], weights: readonly number[]): WeightedText[] {
  const merged: { text: string; weight: number }[] = [];
  for (let i = 0; i < texts.length; i++) {
    const last = merged.at(-1);
    if (last && last.weight === weights[i]) last.text += texts[i]!;
    else merged.push({ text: texts[i]!, weight: weights[i]! });
  }
  return merged.length > 0 ? merged : [{ text: '', weight: 1 }];
}
