import type { TextSpan } from '../problem.ts';
import { readSettings } from '../settings/read.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import { type BodyLine, bodyLines } from './lines.ts';

export interface TextEdit {
  readonly span: TextSpan;
  readonly text: string;
}

export interface FormatOptions {
  /** Put blanks after the colons, so that all prompts begin in one column. */
  readonly alignKeys?: boolean | undefined;
}

/**
 * What to change so that a file has the usual form: one blank after a key's colon and none before it, keys at the start
 * of their lines, one blank line between head, keyframes and tail, at most one elsewhere, no blanks at the ends of
 * lines, weights without needless zeros, one newline at the end. No word of a prompt changes; formatting twice is
 * formatting once. Front matter, and files in the `webui` dialect, where each of these would have a meaning, stay.
 */
export function formatTravel(text: string, options: FormatOptions = {}): TextEdit[] {
  return formatDocument(parseTravel(text), options);
}

/** The same for a text that is parsed. */
export function formatDocument(document: TravelDocument, options: FormatOptions = {}): TextEdit[] {
  const { frontMatter, text } = document;
  if (frontMatter && !frontMatter.closed) return [];
  // A byte order mark that is not at the start is some editor's accident; moving lines might make it one.
  if (isWebui(document) || text.includes('\uFEFF', 1)) return [];
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = bodyLines(document);
  return [...gapEdits(lines, document, newline), ...keyEdits(document, options), ...weightEdits(document)]
    .filter(({ span, text: replacement }) => text.slice(span.start, span.end) !== replacement)
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** The text with edits, which do not overlap and are in order, made. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { span, text: replacement } of edits) {
    result += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return result + text.slice(at);
}

function isWebui({ text, frontMatter }: TravelDocument): boolean {
  if (!frontMatter) return false;
  const { yaml } = frontMatter;
  return readSettings(text.slice(yaml.start, yaml.end), yaml.start).settings.dialect === 'webui';
}

/** What stands between two lines that are not blank: newlines, and blanks at the ends of lines. */
function gapEdits(lines: readonly BodyLine[], { frontMatter, text }: TravelDocument, newline: string): TextEdit[] {
  const start = frontMatter?.span.end ?? 0;
  const first = lines[0];
  if (!first) return [{ span: { start, end: text.length }, text: text.length > start ? newline : '' }];
  const edits: TextEdit[] = [
    { span: { start, end: first.span.start }, text: frontMatter ? newline.repeat(2) : bom(text) },
  ];
  lines.forEach(({ span, part }, i) => {
    const next = lines[i + 1];
    const gap = { start: span.end, end: next?.span.start ?? text.length };
    const blankLine = next && (next.part !== part || text.slice(gap.start, gap.end).split('\n').length > 2);
    edits.push({ span: gap, text: newline.repeat(blankLine ? 2 : 1) });
  });
  return edits;
}

const bom = (text: string) => (text.startsWith('\uFEFF') ? '\uFEFF' : '');

function keyEdits({ keyframes, text }: TravelDocument, { alignKeys }: FormatOptions): TextEdit[] {
  const widths = keyframes.map(({ span, colon }) => colon.start - span.start);
  const widest = alignKeys ? widths.reduce((a, b) => Math.max(a, b), 0) : 0;
  return keyframes.flatMap(({ span, line, position, hold, transition, colon }, i) => {
    const key = (transition ?? hold ?? position).span.end;
    let end = colon.end;
    while (end < line.end && isBlank(text[end]!)) end++;
    const padding = ' '.repeat(Math.max(0, widest - widths[i]!));
    return [
      { span: { start: bomEnd(text, line.start), end: span.start }, text: '' },
      { span: { start: key, end: colon.start }, text: '' },
      ...(end < line.end && !(end === colon.end && NEEDS_NO_BLANK.test(text.slice(end, end + 5)))
        ? [{ span: { start: colon.end, end }, text: ` ${padding}` }]
        : []),
    ];
  });
}

/** A blank before these would make them a comment or the beginning of a negative prompt. */
const NEEDS_NO_BLANK = /^(?:#|--neg)/;

const bomEnd = (text: string, start: number) => (start === 0 ? bom(text).length : start);

const isBlank = (character: string) => character === ' ' || character === '\t';

/** `(x:1.30)` → `(x:1.3)`. */
function weightEdits({ head, keyframes, tail, text }: TravelDocument): TextEdit[] {
  const prompts = [...head, ...keyframes, ...keyframes.flatMap(({ negative }) => negative ?? []), ...tail];
  return prompts.flatMap(({ prompt }) =>
    prompt.runs.flatMap(({ offset, length }) =>
      Array.from(text.slice(offset, offset + length).matchAll(/(?<=:[ \t]*[+-]?)\d+\.\d+(?=[ \t]*\))/g), (match) => {
        const start = offset + match.index;
        const tidy = match[0].replace(/0+$/, '').replace(/\.$/, '');
        return { span: { start, end: start + match[0].length }, text: tidy };
      }),
    ),
  );
}
