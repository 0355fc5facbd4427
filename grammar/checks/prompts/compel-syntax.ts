import type { Problem } from '../../problem.ts';
import { maskBrackets } from '../../syntax/brackets.ts';
import { documentSpan, type PromptText } from '../../syntax/document.ts';
import type { PromptCheck } from '../check.ts';
import { maskTags } from './mask-tags.ts';

/** `fox++`, `fox--`: a word, and two or more signs at its end. */
const WORD = /(?<![\p{L}\p{N}_'+\\-])((?:[\p{L}\p{N}_']|-(?!-)){2,40})(\+{2,8}|-{2,8})(?![\p{L}\p{N}_+-])/gu;

/** What follows a closing bracket: `++`, `--`, `1.3`. */
const AFTER_BRACKET = /(?:(\+{2,8}|-{2,8})|(\d{0,2}\.\d{1,3}))(?![\p{L}\p{N}_.:+-])/uy;

/** `("a", "b").blend(0.7, 0.3)`, `.and()`, `.swap("b")`. */
const FUNCTION = /(?<=[)"'\]}])\.(?:blend|and|swap)[ \t]?\([^()\r\n]{0,200}\)?/g;

/** Names that end in two signs. */
const NAMES: ReadonlySet<string> = new Set(['notepad', 'dev-c', 'visual-c', 'dpm']);

/** Compel (https://github.com/damian0815/compel), which InvokeAI and diffusers use: “+” is ×1.1 and “-” is ×0.9. */
export const compelSyntax: PromptCheck = {
  code: 'travel/compel-syntax',
  *find(prompt) {
    if (!/\+\+|--|\)\d{0,2}\.\d|\.(?:blend|and|swap)/.test(prompt.text)) return;
    const text = maskTags(prompt.text);
    for (const { 0: written, 1: word = '', 2: signs = '', index } of text.matchAll(WORD)) {
      if (NAMES.has(word.toLowerCase())) continue;
      const end = index + written.length;
      yield weighted(prompt, { start: index, close: end - signs.length, end, words: word, weight: weightOf(signs) });
    }
    yield* afterBrackets(prompt, text);
    for (const { 0: written, index } of text.matchAll(FUNCTION)) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${written.slice(0, 40)}” is syntax of Compel (InvokeAI). It is treated as text here. Use keyframes, \`AND\` or \`[a:b:0.5]\` to combine prompts.`,
        span: documentSpan(prompt, index, index + written.length),
      };
    }
  },
};

function* afterBrackets(prompt: PromptText, text: string): Generator<Problem, void> {
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') open.push(at);
    else if (text[at] === ')') {
      const start = open.pop();
      if (start === undefined) continue;
      AFTER_BRACKET.lastIndex = at + 1;
      const match = AFTER_BRACKET.exec(text);
      if (!match) continue;
      const [written, signs, number] = match;
      const weight = signs ? weightOf(signs) : number!.replace(/^\./, '0.');
      const words = prompt.text.slice(start + 1, at);
      yield weighted(prompt, { start, close: at, end: at + 1 + written.length, words, weight });
    }
  }
}

interface Weighted {
  /** Offsets in the prompt's text. */
  readonly start: number;
  /** After the words. */
  readonly close: number;
  readonly end: number;
  readonly words: string;
  readonly weight: string;
}

function weighted(prompt: PromptText, { start, close, end, words, weight }: Weighted): Problem {
  const written = prompt.text.slice(start, end);
  const correct = `(${words}:${weight})`;
  // Another weight inside, or nothing to weight.
  const isClear = /[\p{L}\p{N}]/u.test(words) && !isWeighted(words);
  const hasBracket = prompt.text[start] === '(';
  const edits = [
    ...(hasBracket ? [] : [{ span: documentSpan(prompt, start, start), text: '(' }]),
    { span: documentSpan(prompt, close, end), text: `:${weight})` },
  ];
  return {
    code: 'travel/compel-syntax',
    severity: 'warning',
    message: `“${written.slice(0, 60)}” is a weight of Compel (InvokeAI). It is treated as text here. Write ${isClear ? `“${correct}”` : 'a weight as in “(words:1.2)”'}.`,
    span: documentSpan(prompt, start, end),
    fixes: isClear ? [{ title: `Change to “${correct}”`, edits, mechanical: false }] : [],
  };
}

/** Whether words have a weight of their own, outside other brackets. */
const isWeighted = (words: string) => words.includes('|') || /:|[+-]{2}/.test(maskBrackets(words));

const weightOf = (signs: string) => `${Number(((signs[0] === '+' ? 1.1 : 0.9) ** signs.length).toFixed(3))}`;
