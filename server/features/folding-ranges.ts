import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver';
import type { TextSpan } from '../../grammar/problem.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Settings, keyframes of several lines, several lines of head or tail, and runs of comments. */
export function foldingRangesOf(analysis: Analysis): FoldingRange[] {
  const { document } = analysis;
  const lineOf = (offset: number) => analysis.positionAt(offset).line;
  const fold = ({ start, end }: TextSpan, kind?: FoldingRangeKind): FoldingRange[] => {
    const startLine = lineOf(start);
    const endLine = lineOf(end);
    return endLine > startLine ? [{ startLine, endLine, ...(kind && { kind }) }] : [];
  };
  const texts = (lines: readonly { readonly line: TextSpan }[]): FoldingRange[] =>
    runs(
      lines.map(({ line }) => line),
      lineOf,
    ).flatMap((span) => fold(span));
  const wholeLines = document.comments.filter(
    ({ start }) => analysis.text.slice(analysis.text.lastIndexOf('\n', start - 1) + 1, start).trim() === '',
  );
  return [
    ...(document.frontMatter ? fold(document.frontMatter.span) : []),
    ...texts(document.head),
    ...document.keyframes.flatMap(({ span }) => fold(span)),
    ...texts(document.tail),
    ...runs(wholeLines, lineOf).flatMap((span) => fold(span, FoldingRangeKind.Comment)),
  ];
}

/** Spans on lines that follow one another, as one. */
function runs(spans: readonly TextSpan[], lineOf: (offset: number) => number): TextSpan[] {
  const joined: TextSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && lineOf(span.start) <= lineOf(last.end) + 1)
      joined[joined.length - 1] = { start: last.start, end: span.end };
    else joined.push(span);
  }
  return joined;
}
