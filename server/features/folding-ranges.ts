import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver';
import type { TextSpan } from '../../grammar/problem.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Folds the settings, keyframes of several lines, the head, the tail, and consecutive comment lines. */
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

/** Joins spans on consecutive lines. */
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
