import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { readSettings } from './read.ts';
import { isSettingKey } from './schema.ts';

/** Lines of the body that look like a settings block. */
export interface MisplacedSettings {
  /** Whole lines, with the newline after them. */
  readonly span: TextSpan;
  /** The YAML, without the indentation of the block; null for a `---` line alone. */
  readonly yaml: string | null;
}

/** A line of a settings block; editors turn `---` into dashes. */
const BORDER = /^[ \t]*(?:-{3,}|[—–]+-?)[ \t]*$/;
const LINE_OF_DASHES = /^[ \t]*-{3,}[ \t]*$/;
const ENTRY = /^[A-Za-z_]\w*:(?:[ \t]|$)/;

/** A settings block is shorter. */
const MOST_LINES = 500;

/** The lines in the body of a file that look like settings or like the border of a settings block. */
export function misplacedSettings({ text, frontMatter }: TravelDocument): MisplacedSettings[] {
  const found: MisplacedSettings[] = [];
  const lines = linesOf(text, frontMatter?.span.end ?? 0);
  for (let i = 0; i < lines.length; ) {
    const block = blockAt(lines, i);
    if (block)
      found.push({ span: { start: lines[i]!.span.start, end: lines[block.end - 1]!.span.end }, yaml: block.yaml });
    i = block?.end ?? i + 1;
  }
  return found;
}

interface Line {
  /** With its newline. */
  readonly span: TextSpan;
  readonly text: string;
}

function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = from; start < text.length; ) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push({ span: { start, end }, text: text.slice(start, end).replace(/\r?\n$/, '') });
    start = end;
  }
  return lines;
}

/** `end`: index of the line after the block. */
function blockAt(lines: readonly Line[], start: number): { readonly end: number; readonly yaml: string | null } | null {
  const first = lines[start]!.text;
  if (!BORDER.test(first)) return runAt(lines, start, '');
  const indentation = /^[ \t]*/.exec(first)![0];
  const content = lines
    .slice(start + 1, start + MOST_LINES)
    .findIndex(({ text }) => text.trim() !== '' && !/^[ \t]*#/.test(text));
  const isEntry = content >= 0 && ENTRY.test(withoutIndentation(lines[start + 1 + content]!.text, indentation));
  if (isEntry) {
    const length = lines.slice(start + 1, start + MOST_LINES).findIndex(({ text }) => BORDER.test(text));
    if (length >= 0) {
      const yaml = lines.slice(start + 1, start + 1 + length).map(({ text }) => withoutIndentation(text, indentation));
      const { spans, issues } = readSettings(yaml.join('\n'), 0);
      const isYaml = issues.every(({ kind }) => kind !== 'front-matter-syntax');
      if (spans.size > 0 && isYaml) return { end: start + length + 2, yaml: yaml.join('\n') };
    }
    const run = runAt(lines, start + 1 + content, indentation);
    if (run) return run;
  }
  return LINE_OF_DASHES.test(first) ? { end: start + 1, yaml: null } : null;
}

/** Consecutive lines that are valid settings. */
function runAt(
  lines: readonly Line[],
  start: number,
  indentation: string,
): { readonly end: number; readonly yaml: string } | null {
  const yaml: string[] = [];
  for (let i = start; i < lines.length; i++) {
    const line = withoutIndentation(lines[i]!.text, indentation);
    const key = line.slice(0, line.indexOf(':'));
    if (!ENTRY.test(line) || !isSettingKey(key) || readSettings(line, 0).issues.length > 0) break;
    yaml.push(line);
  }
  return yaml.length === 0 ? null : { end: start + yaml.length, yaml: yaml.join('\n') };
}

function withoutIndentation(line: string, indentation: string): string {
  return line.startsWith(indentation) ? line.slice(indentation.length) : line;
}
