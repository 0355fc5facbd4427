import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import type { TextSpan } from '../../grammar/problem.ts';
import type { TextLine } from '../../grammar/syntax/document.ts';
import type { Analysis } from '../documents/analysis.ts';

/** Length in characters at which the outline cuts a prompt. */
const LONGEST_DETAIL = 60;

/** The outline: settings, head, keyframes, tail. */
export function documentSymbolsOf(analysis: Analysis): DocumentSymbol[] {
  const { document } = analysis;
  const symbol = (name: string, detail: string, kind: SymbolKind, span: TextSpan, selection: TextSpan) => ({
    name,
    detail: shorten(detail),
    kind,
    range: analysis.rangeOf(span),
    selectionRange: analysis.rangeOf(selection),
  });
  const lines = (name: string, texts: readonly TextLine[]): DocumentSymbol[] => {
    const first = texts[0];
    const last = texts.at(-1);
    if (!first || !last) return [];
    const detail = texts.map(({ prompt }) => prompt.text).join(' ');
    const span = { start: first.line.start, end: last.line.end };
    return [symbol(name, detail, SymbolKind.String, span, first.prompt.span)];
  };
  const settings = [...analysis.effective.spans]
    .filter(([path]) => !path.includes('.'))
    .map(([key, { key: keySpan, value }]) =>
      symbol(
        key,
        document.text.slice(value.start, value.end),
        SymbolKind.Property,
        { start: keySpan.start, end: Math.max(keySpan.end, value.end) },
        keySpan,
      ),
    );
  const { frontMatter } = document;
  return [
    ...(frontMatter
      ? [
          {
            ...symbol('Settings', '', SymbolKind.Namespace, frontMatter.span, {
              ...frontMatter.span,
              end: frontMatter.span.start + 3,
            }),
            children: settings,
          },
        ]
      : []),
    ...lines('Head', document.head),
    ...document.keyframes.map(({ position, hold, prompt, span }) =>
      symbol(
        hold ? `${position.text}-${hold.text}` : position.text,
        prompt.text,
        SymbolKind.Event,
        span,
        position.span,
      ),
    ),
    ...lines('Tail', document.tail),
  ];
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL)}…` : line;
}
