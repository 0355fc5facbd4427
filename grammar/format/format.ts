import { newlineOf } from '../line-ends.ts';
import type { TextSpan } from '../problem.ts';
import { readSettings } from '../settings/read.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { Settings } from '../settings/schema.ts';
import { pairBrackets } from '../syntax/brackets.ts';
import type { PromptPart, TravelDocument } from '../syntax/document.ts';
import { conflictMarkers } from '../syntax/merge-conflicts.ts';
import { parseTravel } from '../syntax/parse.ts';
import { type BodyLine, bodyLines } from './lines.ts';

export interface TextEdit {
  readonly span: TextSpan;
  readonly text: string;
}

/** The settings that decide what spaces and weights mean. */
export type FormatSettings = Pick<Settings, 'dialect' | 'emphasis'>;

export interface FormatOptions {
  /** Including inherited ones; absent: those of the file itself. */
  readonly settings?: FormatSettings | undefined;
  /** Pads the colons with spaces, so that all prompts start in the same column. */
  readonly alignKeys?: boolean | undefined;
}

/**
 * The edits that format a file: one space after a key's colon and none before it, keys at the start of their lines, one
 * empty line between head, keyframes and tail and at most one elsewhere, no trailing spaces, weights without trailing
 * zeros, one newline at the end. Formatting never changes the plan, and is idempotent. Front matter is not formatted,
 * and neither are files with merge conflicts, and those in the `webui` dialect, in which spaces and empty lines have a
 * meaning.
 */
export function formatTravel(text: string, options: FormatOptions = {}): TextEdit[] {
  return formatDocument(parseTravel(text), options);
}

/** The same for a parsed document. */
export function formatDocument(document: TravelDocument, options: FormatOptions = {}): TextEdit[] {
  const { frontMatter, text } = document;
  if (frontMatter && !frontMatter.closed) return [];
  // The tools that resolve a conflict look for its markers.
  if (conflictMarkers(text).length > 0) return [];
  // A byte order mark inside the text is an editor's mistake, and formatting could move it to the start.
  if (text.includes('\uFEFF', 1)) return [];
  const { dialect, emphasis } = options.settings ?? ownSettings(document);
  if (dialect === 'webui') return [];
  const newline = newlineOf(text);
  const lines = bodyLines(document);
  // With the emphasis None, a weight is text.
  const weights = emphasis === 'None' ? [] : weightEdits(document);
  return [...gapEdits(lines, document, newline), ...keyEdits(document, options), ...weights]
    .filter(({ span, text: replacement }) => text.slice(span.start, span.end) !== replacement)
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** Applies edits, which must be in order and not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { span, text: replacement } of edits) {
    result += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return result + text.slice(at);
}

function ownSettings({ text, frontMatter }: TravelDocument): FormatSettings {
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  return resolveSettings([readSettings(text.slice(start, end), start).settings]);
}

/** The edits between two lines that are not empty: newlines and trailing spaces. */
function gapEdits(lines: readonly BodyLine[], { frontMatter, text }: TravelDocument, newline: string): TextEdit[] {
  const start = frontMatter?.span.end ?? 0;
  const first = lines[0];
  if (!first) return [{ span: { start, end: text.length }, text: text.length > start ? newline : '' }];
  const edits: TextEdit[] = [];
  // At the start of the file, this line would open a settings block.
  const keepsStart = !frontMatter && OPENS_SETTINGS.test(text.slice(first.span.start, first.span.end));
  if (!keepsStart) {
    edits.push({ span: { start, end: first.span.start }, text: frontMatter ? newline.repeat(2) : bom(text) });
  }
  lines.forEach(({ span, part }, i) => {
    const next = lines[i + 1];
    const gap = { start: span.end, end: next?.span.start ?? text.length };
    const emptyLine = next && (next.part !== part || text.slice(gap.start, gap.end).split('\n').length > 2);
    edits.push({ span: gap, text: newline.repeat(emptyLine ? 2 : 1) });
  });
  return edits;
}

const OPENS_SETTINGS = /^---[ \t]*$/;

const bom = (text: string) => (text.startsWith('\uFEFF') ? '\uFEFF' : '');

function keyEdits({ keyframes, text }: TravelDocument, { alignKeys }: FormatOptions): TextEdit[] {
  const widths = keyframes.map(({ span, colon }) => colon.start - span.start);
  const widest = alignKeys ? widths.reduce((a, b) => Math.max(a, b), 0) : 0;
  return keyframes.flatMap(({ span, line, position, hold, transition, colon }, i) => {
    const key = (transition ?? hold ?? position).span.end;
    let end = colon.end;
    while (end < line.end && isSpace(text[end]!)) end++;
    const padding = ' '.repeat(Math.max(0, widest - widths[i]!));
    return [
      { span: { start: bomEnd(text, line.start), end: span.start }, text: '' },
      { span: { start: key, end: colon.start }, text: '' },
      ...(end < line.end && !(end === colon.end && NEEDS_NO_SPACE.test(text.slice(end, end + 5)))
        ? [{ span: { start: colon.end, end }, text: ` ${padding}` }]
        : []),
    ];
  });
}

/** A space before these would make them a comment or the start of a negative prompt. */
const NEEDS_NO_SPACE = /^(?:#|--neg)/;

const bomEnd = (text: string, start: number) => (start === 0 ? bom(text).length : start);

const isSpace = (character: string) => /[ \t\u3000]/.test(character);

/**
 * `(x:1.30)` → `(x:1.3)`, if the brackets belong together in every prompt that this text becomes part of. Not in a
 * choice, `{a|b}`: what it gives depends on its text.
 */
function weightEdits({ head, keyframes, tail }: TravelDocument): TextEdit[] {
  const prompts = [...head, ...keyframes, ...keyframes.flatMap(({ negative }) => negative ?? []), ...tail];
  return prompts.flatMap(({ prompt }) => {
    const { parts } = prompt;
    const closing = new Map(pairBrackets(prompt).pairs.map(({ open, close }) => [close, open]));
    const opening = new Set(closing.values());
    let choices = 0;
    let opensAfter = -1;
    return parts.flatMap((part, i) => {
      if (part.text === '{' && opening.has(part)) choices++;
      if (part.text === '}' && closing.has(part)) choices--;
      if (choices > 0) return [];
      if (MAY_CONTAIN_BRACKETS.has(part.kind)) opensAfter = part.span.end;
      const open = closing.get(part);
      const written = parts[i - 1];
      if (part.text !== ')' || !open || open.span.start < opensAfter || written?.kind !== 'Text') return [];
      const weight = WEIGHT.exec(written.text);
      if (!weight) return [];
      const [, before, number] = weight;
      const start = written.span.start + weight.index + before!.length;
      const tidy = number!.replace(/0+$/, '').replace(/\.$/, '');
      return [{ span: { start, end: start + number!.length }, text: tidy }];
    });
  });
}

const WEIGHT = /(:[ \t]*[+-]?)(\d+\.\d+)[ \t]*$/;

/** What these become, or where they divide a prompt, may leave the bracket around them open or close it. */
const MAY_CONTAIN_BRACKETS: ReadonlySet<PromptPart['kind']> = new Set([
  'Reference',
  'Wildcard',
  'Separator',
  'Keyword',
  'Network',
  'Negative',
]);
