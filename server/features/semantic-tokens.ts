import {
  type Range,
  SemanticTokenModifiers,
  type SemanticTokens,
  SemanticTokensBuilder,
  SemanticTokenTypes,
} from 'vscode-languageserver';
import type { TextSpan } from '../../grammar/problem.ts';
import { runToEnd, type SlicedTask } from '../../grammar/sliced-task.ts';
import type { PromptPart, PromptText } from '../../grammar/syntax/document.ts';
import type { Analysis } from '../documents/analysis.ts';
import { overlaps } from '../documents/lookup.ts';

/** The standard types that are used, in legend order. */
const TYPES = [
  SemanticTokenTypes.comment,
  SemanticTokenTypes.property,
  SemanticTokenTypes.number,
  SemanticTokenTypes.keyword,
  SemanticTokenTypes.operator,
  SemanticTokenTypes.variable,
  SemanticTokenTypes.macro,
  SemanticTokenTypes.string,
] as const;
type TokenType = (typeof TYPES)[number];

export const SEMANTIC_TOKENS_LEGEND = { tokenTypes: [...TYPES], tokenModifiers: [SemanticTokenModifiers.definition] };

/** The bit of `definition`, the legend's only modifier: distinguishes the positions of keyframes from other numbers. */
const DEFINITION = 1;

const OF_PART: Readonly<Partial<Record<PromptPart['kind'], TokenType>>> = {
  Negative: SemanticTokenTypes.keyword,
  Keyword: SemanticTokenTypes.keyword,
  Network: SemanticTokenTypes.macro,
  Reference: SemanticTokenTypes.variable,
  Wildcard: SemanticTokenTypes.string,
  Bracket: SemanticTokenTypes.operator,
  Separator: SemanticTokenTypes.operator,
};

interface Token {
  readonly span: TextSpan;
  readonly type: TokenType;
  readonly modifiers: number;
}

/** Characters per step of the sliced task. */
const SLICE = 20_000;

/** @param range undefined: the whole document */
export function semanticTokensOf(analysis: Analysis, range?: Range): SemanticTokens {
  return runToEnd(findTokensSliced(analysis, range));
}

/** `semanticTokensOf` in slices. */
export function* findTokensSliced(analysis: Analysis, range?: Range): SlicedTask<SemanticTokens> {
  const { start, end } = range ? analysis.spanOf(range) : { start: 0, end: analysis.text.length };
  const builder = new SemanticTokensBuilder();
  for (let from = start; from <= end; from += SLICE) {
    const to = Math.min(from + SLICE, end + 1);
    // A token belongs to the stretch in which it starts. One that the start of the range cuts is included.
    const tokens = tokensIn(analysis, { start: from, end: to }).filter(
      ({ span }) => span.start < to && (span.start >= from || (from === start && span.end >= from)),
    );
    for (const { span, type, modifiers } of tokens.sort((a, b) => a.span.start - b.span.start)) {
      for (const { start, end } of linesOf(analysis.text, span)) {
        const { line, character } = analysis.positionAt(start);
        builder.push(line, character, end - start, TYPES.indexOf(type), modifiers);
      }
    }
    yield;
  }
  return builder.build();
}

/** The parts of a token on each line, because most editors show no token over several lines. */
function linesOf(text: string, { start, end }: TextSpan): TextSpan[] {
  return Array.from(text.slice(start, end).matchAll(/[^\s](?:[^\r\n]*[^\s])?/g), ({ 0: { length }, index }) => ({
    start: start + index,
    end: start + index + length,
  }));
}

/** The tokens of everything that overlaps a stretch of text. */
function tokensIn({ document, effective }: Analysis, stretch: TextSpan): Token[] {
  const tokens: Token[] = [];
  const add = (span: TextSpan | undefined, type: TokenType, modifiers = 0) => {
    if (span && span.end > span.start) tokens.push({ span, type, modifiers });
  };
  const isDefined = (reference: string) => {
    const name = reference.replace(/^\$\{?|\}$/g, '');
    // The settings of a file lack `define` while a line below it is being typed; the key itself is there.
    return Object.hasOwn(effective.settings.define, name) || effective.spans.has(`define.${name}`);
  };
  const addPrompt = ({ parts }: PromptText) =>
    parts.forEach((part, i) => {
      // An undefined name is text, and looks like it.
      const type = part.kind === 'Reference' && !isDefined(part.text) ? undefined : OF_PART[part.kind];
      if (type) add(part.span, type);
      else if (/^[)\]]$/.test(parts[i + 1]?.text ?? '')) addWeight(part, add);
    });
  for (const span of document.comments) if (overlaps(span, stretch)) add(span, SemanticTokenTypes.comment);
  for (const [path, { key, value }] of effective.spans) {
    // A list item has no key.
    if (key.start !== value.start || path.indexOf('.') < 0) add(key, SemanticTokenTypes.property);
  }
  for (const { prompt } of [...document.head, ...document.tail]) if (overlaps(prompt.span, stretch)) addPrompt(prompt);
  for (const { span, position, hold, transition, colon, prompt, negative } of document.keyframes) {
    if (!overlaps(span, stretch)) continue;
    add(position.span, SemanticTokenTypes.number, DEFINITION);
    add(hold?.span, SemanticTokenTypes.number, DEFINITION);
    add(transition?.span, SemanticTokenTypes.keyword);
    add(colon, SemanticTokenTypes.operator);
    addPrompt(prompt);
    for (const marker of negative?.markers ?? []) add(marker, SemanticTokenTypes.keyword);
    if (negative) addPrompt(negative.prompt);
  }
  return tokens;
}

/** The `:1.3` of `(word:1.3)` and the `:0.5` of `[a:b:0.5]`; `part` is the one before the closing bracket. */
function addWeight({ text, span }: PromptPart, add: (span: TextSpan, type: TokenType) => void): void {
  const colon = text.lastIndexOf(':');
  const number = text.slice(colon + 1);
  if (colon < 0 || !/^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)\s*$/.test(number)) return;
  const start = span.start + colon;
  add({ start, end: start + 1 }, SemanticTokenTypes.operator);
  const spaces = number.length - number.trimStart().length;
  add({ start: start + 1 + spaces, end: start + 1 + spaces + number.trim().length }, SemanticTokenTypes.number);
}
