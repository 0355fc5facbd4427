import { parseExtraNetworks } from '../../../prompt/extra-networks.ts';
import type { Problem } from '../../problem.ts';
import { maskBrackets } from '../../syntax/brackets.ts';
import { documentOffset, documentSpan, type PromptText } from '../../syntax/document.ts';
import { type PromptCheck, replace } from '../check.ts';

const WEIGHTED = /(?<![^,:()[\]{}|<>\r\n])([^,:()[\]{}|<>\r\n]+):[ \t]*(\d+\.\d+)(?=[ \t]*(?:,|$))/g;

/** A weight after a closing bracket, as in `(word):1.2`. */
const AFTER_BRACKET = /:[ \t]*(\d*\.\d+)(?![\w.:]|[ \t]*[)\]])/y;

export const weightWithoutBrackets: PromptCheck = {
  code: 'travel/weight-without-brackets',
  *find(prompt) {
    // Before AND and at the end, a weight is that of a whole part.
    if (!prompt.text.includes(':') || prompt.parts.some(({ kind }) => kind === 'Keyword')) return;
    for (const match of maskBrackets(prompt.text).matchAll(WEIGHTED)) {
      const words = match[1]!.trim();
      const start = documentOffset(prompt, match.index + match[1]!.indexOf(words));
      const span = { start, end: documentOffset(prompt, match.index + match[0].length - 1) + 1 };
      const text = `(${words}:${match[2]})`;
      yield {
        code: this.code,
        severity: 'warning',
        message: `“:${match[2]}” has no effect without brackets. It is treated as text. Write “${text}”.`,
        span,
        fixes: [replace(`Change to “${text}”`, span, text)],
      };
    }
    yield* afterBrackets(prompt);
  },
};

function* afterBrackets(prompt: PromptText): Generator<Problem, void> {
  const { text } = prompt;
  const closers = new Map<number, number>();
  const open: number[] = [];
  // A name in a tag may have brackets.
  const tagEnds = new Map(parseExtraNetworks(text).networks.map(({ start, end }) => [start, end]));
  for (let at = 0; at < text.length; at++) {
    at = tagEnds.get(at) ?? at;
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '(' || character === '[') open.push(at);
    else if (character === ')' || character === ']') {
      const start = open.pop();
      if (start === undefined || text[start] !== (character === ')' ? '(' : '[')) {
        open.length = 0;
        continue;
      }
      closers.set(start, at);
      // In square brackets, as in `[(a):0.5]`, the number is a sampling step.
      if (text[at + 1] === ':' && open.every((outer) => text[outer] === '(')) {
        AFTER_BRACKET.lastIndex = at + 1;
        const weight = AFTER_BRACKET.exec(text);
        if (weight) yield weightAfter(prompt, closers, start, weight);
      }
    }
  }
}

function weightAfter(
  prompt: PromptText,
  closers: ReadonlyMap<number, number>,
  start: number,
  { 0: written, 1: number, index }: RegExpExecArray,
): Problem {
  const { text } = prompt;
  let [from, to] = [start + 1, index - 1];
  while (closers.get(from) === to - 1) [from, to] = [from + 1, to - 1];
  const words = text.slice(from, to);
  const correct = `(${words}:${number})`;
  // Another weight inside, or nothing to weight.
  const isClear = words.trim() !== '' && !/[:|]/.test(words);
  const edits = [
    { span: documentSpan(prompt, start, from), text: '(' },
    { span: documentSpan(prompt, to, index + written.length), text: `:${number})` },
  ];
  return {
    code: 'travel/weight-without-brackets',
    severity: 'warning',
    message: `“${written}” is outside the brackets. It is treated as text.${isClear ? ` Write “${correct}”.` : ' Put it before the closing bracket.'}`,
    span: documentSpan(prompt, start, index + written.length),
    fixes: isClear ? [{ title: `Change to “${correct}”`, edits, mechanical: false }] : [],
  };
}
