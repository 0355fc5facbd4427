import type { TextSpan } from '../problem.ts';
import { evaluateFrame } from './frame-expression.ts';
import { promptFields } from './keyframe-fields.ts';
import { literalPrompt } from './literals.ts';

/** A Markdown table whose rows are keyframes. */
export interface PastedTable {
  readonly span: TextSpan;
  readonly rows: readonly TableRow[];
  /** Names of columns that have no equivalent. */
  readonly left: readonly string[];
  /** The first row that is not a keyframe. */
  readonly unreadable: TextSpan | null;
}

export interface TableRow {
  /** null for a time or a percentage. */
  readonly frame: number | null;
  /** A keyframe of this language. */
  readonly text: string;
}

interface Line {
  readonly start: number;
  readonly end: number;
  /** Where the next line starts. */
  readonly next: number;
  /** null for a line that is not a row. */
  readonly cells: readonly string[] | null;
}

const DELIMITER = /^:?-+:?$/;
const FRAME_HEADER = /^(?:#|frames?|index|key|key ?frame|position|start|time)$/i;
const TIME = /^\d+(?:\.\d+)?(?:%|ms|s)$/;

/**
 * The table that starts at a line: a header with a column of frames, or at least two rows such as `| 0 | a |`. null if
 * there is none.
 *
 * @param frames length of the clip, for `max_f`
 */
export function tableAt(text: string, lineStart: number, frames: number): PastedTable | null {
  const first = lineAt(text, lineStart);
  if (!first.cells) return null;
  const second = lineAt(text, first.next);
  const hasHeader = second.cells?.every((cell) => DELIMITER.test(cell)) ?? false;
  if (!hasHeader && (text[first.start] !== '|' || first.cells.length !== 2)) return null;
  const names = hasHeader ? first.cells : ['frame', 'prompt'];
  const named = names.findIndex((name) => FRAME_HEADER.test(name));
  const column = Math.max(named, 0);
  const rows: TableRow[] = [];
  const left = new Set<string>();
  let { end, next } = hasHeader ? second : { end: first.start, next: lineStart };
  for (;;) {
    const line = lineAt(text, next);
    const row = line.cells && keyframeOf(line, names, column, frames);
    if (!row) {
      const span = { start: first.start, end };
      if (hasHeader && line.cells && (named >= 0 || rows.length > 0)) {
        const unreadable = { start: line.start, end: line.end };
        return { span: { ...span, end: line.end }, rows, left: [...left], unreadable };
      }
      return rows.length > (hasHeader ? 0 : 1) ? { span, rows, left: [...left], unreadable: null } : null;
    }
    rows.push(row);
    for (const name of row.left) left.add(name);
    ({ end, next } = line);
  }
}

/** The line at an offset, without the spaces around it, and its cells. */
function lineAt(text: string, from: number): Line {
  const newline = text.indexOf('\n', from);
  const stop = newline < 0 ? text.length : newline;
  const line = text.slice(from, stop);
  const written = line.trim();
  const start = from + line.length - line.trimStart().length;
  const place = { start, end: start + written.length, next: stop + 1 };
  if (from >= text.length || !written.includes('|')) return { ...place, cells: null };
  const inner = written.replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  const cells = inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
  return { ...place, cells: cells.length > 1 ? cells : null };
}

function keyframeOf({ cells, start, end }: Line, names: readonly string[], column: number, frames: number) {
  const key = (cells?.[column] ?? '').replace(/[*_`:]/g, '').trim();
  const frame = evaluateFrame(key, frames);
  if (!cells || (frame === null && !TIME.test(key)) || cells.length > names.length) return null;
  const span = { start, end };
  const fields = cells.flatMap((text, i) => {
    // A table of two columns has one of prompts, whatever its name.
    const name = names.length === 2 ? 'prompt' : names[i]!.replaceAll(' ', '_');
    const isField = i !== column && (text !== '' || /^prompt$/i.test(name));
    return isField ? [{ key: name, keySpan: span, value: { kind: 'text' as const, text, span } }] : [];
  });
  const prompt = promptFields(fields);
  return prompt && { frame, text: `${frame ?? key}: ${literalPrompt(prompt.prompt)}`, left: prompt.left };
}
