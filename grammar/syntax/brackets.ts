import type { PromptPart, PromptText } from './document.ts';

export interface BracketPair {
  readonly open: PromptPart;
  readonly close: PromptPart;
  /** Brackets around this pair. */
  readonly depth: number;
}

export interface Brackets {
  /** In the order of their closing brackets. */
  readonly pairs: readonly BracketPair[];
  readonly unclosed: readonly PromptPart[];
  readonly unmatched: readonly PromptPart[];
}

export const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Pairs the brackets of a prompt. A closing bracket closes the innermost open bracket if it is of the same kind. */
export function pairBrackets({ parts }: PromptText): Brackets {
  const pairs: BracketPair[] = [];
  const unmatched: PromptPart[] = [];
  const open: PromptPart[] = [];
  for (const part of parts) {
    if (part.kind !== 'Bracket') continue;
    if (CLOSER[part.text]) open.push(part);
    else {
      const last = open.at(-1);
      if (last && CLOSER[last.text] === part.text) {
        open.pop();
        pairs.push({ open: last, close: part, depth: open.length });
      } else unmatched.push(part);
    }
  }
  return { pairs, unclosed: open, unmatched };
}

/** The same length, with everything in brackets or tags replaced by `)`, which ends a match. */
export function maskBrackets(text: string): string {
  let depth = 0;
  let result = '';
  for (const character of text) {
    if ('([{<'.includes(character)) depth++;
    result += depth > 0 ? ')'.repeat(character.length) : character;
    if (')]}>'.includes(character)) depth = Math.max(0, depth - 1);
  }
  return result;
}
