import type { Position, SelectionRange } from 'vscode-languageserver';
import type { TextSpan } from '../../grammar/problem.ts';
import { pairBrackets } from '../../grammar/syntax/brackets.ts';
import type { Analysis } from '../documents/analysis.ts';
import { keyframeAt, promptAt, touches } from '../documents/lookup.ts';

/** The most ranges in one another. Serializing the answer to deeply nested brackets would overflow the stack. */
const MOST_STEPS = 100;

/** Length in characters of the longest `:1.25`, with spaces. */
const LONGEST_WEIGHT = 16;

/** From the word outward: bracket content, bracket, prompt, keyframe, section, file. */
export function selectionRangeAt(analysis: Analysis, position: Position): SelectionRange {
  const offset = analysis.offsetAt(position);
  const around = spansAround(analysis, offset)
    .filter((span) => touches(span, offset))
    .sort((a, b) => a.end - a.start - (b.end - b.start))
    .slice(0, MOST_STEPS);
  let range: SelectionRange | undefined;
  let outer: TextSpan | null = null;
  for (const span of around.reverse()) {
    // Each range must contain the one before it; equal ones are merged.
    if (
      outer &&
      (span.start < outer.start || span.end > outer.end || span.end - span.start === outer.end - outer.start)
    )
      continue;
    outer = span;
    range = { range: analysis.rangeOf(span), ...(range && { parent: range }) };
  }
  return range ?? { range: { start: position, end: position } };
}

function spansAround(analysis: Analysis, offset: number): TextSpan[] {
  const { document, text } = analysis;
  const { frontMatter, head, keyframes, tail } = document;
  const whole = (spans: readonly TextSpan[]): TextSpan[] =>
    spans.length > 0 ? [{ start: spans[0]!.start, end: spans.at(-1)!.end }] : [];
  const prompt = promptAt(analysis, offset);
  const keyframe = keyframeAt(analysis, offset)?.keyframe;
  const settings = [...analysis.effective.spans.values()].flatMap(({ key, value }) => [
    key,
    value,
    { start: key.start, end: Math.max(key.end, value.end) },
  ]);
  return [
    { start: 0, end: text.length },
    ...(frontMatter ? [frontMatter.span, frontMatter.yaml] : []),
    ...settings,
    ...whole(head.map(({ line }) => line)),
    ...whole(keyframes.map(({ span }) => span)),
    ...whole(tail.map(({ line }) => line)),
    ...(keyframe ? [keyframe.span] : []),
    ...(prompt
      ? [
          prompt.span,
          ...prompt.parts.map(({ span }) => span),
          ...pairBrackets(prompt).pairs.flatMap(({ open, close }) => [
            { start: open.span.start, end: close.span.end },
            { start: open.span.end, end: close.span.start },
            { start: open.span.end, end: weightStart(text, open.span.end, close.span.start) },
          ]),
        ]
      : []),
    ...wordAt(text, offset),
  ];
}

/** The start of the `:1.2` in a bracket's content; the end of the content if it has no weight. */
function weightStart(text: string, start: number, end: number): number {
  const weight = /:[\s\d.+-]*$/.exec(text.slice(Math.max(start, end - LONGEST_WEIGHT), end));
  return end - (weight?.[0].length ?? 0);
}

function wordAt(text: string, offset: number): TextSpan[] {
  const letter = /[\p{L}\p{N}_'-]/u;
  let start = offset;
  let end = offset;
  while (start > 0 && letter.test(text[start - 1]!)) start--;
  while (end < text.length && letter.test(text[end]!)) end++;
  return end > start ? [{ start, end }] : [];
}
