import type { TextSpan } from '../../problem.ts';
import { type Check, replace } from '../check.ts';

const KEY = String.raw`["'“]?(-?\d+)["'”]?`;
const VALUE = String.raw`(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|“([^“”]*)”)`;

/** `"0": "a",` of JSON and FizzNodes, `0 = "a",` and `0:'a'` of Python schedules. */
const ENTRY = new RegExp(String.raw`[ \t]*${KEY}[ \t]*[:=][ \t]*${VALUE}[ \t]*(?:,|$)`, 'y');

/** What stands around the entries: `{`, `},`, `"prompt_map": {`, `prompts = {`. */
const OPENING = /^[ \t]*(?:["']?[a-z_]\w*["']?[ \t]*[:=][ \t]*)?[{([]/i;
const CLOSING = /[})\]][,;]?$/;

export const pastedMap: Check = {
  code: 'travel/pasted-map',
  run({ document: { frontMatter, text } }) {
    return blocksIn(text, frontMatter?.span.end ?? 0).map(({ span, entries }) => {
      const title = entries.length === 1 ? 'Convert to a keyframe' : `Convert to ${entries.length} keyframes`;
      return {
        code: this.code,
        severity: 'warning',
        message:
          'This is a JSON or Python schedule; its quotes would become part of the prompt. Write `frame: prompt` without them.',
        span,
        fixes: [replace(title, span, keyframesOf(entries, text))],
      };
    });
  },
};

/**
 * A text with its schedules as keyframes, and all else as it was; null where it holds no schedule.
 *
 * @param bodyStart offset at which prompts begin
 */
export function convertSchedules(text: string, bodyStart: number): string | null {
  const blocks = blocksIn(text, bodyStart);
  if (blocks.length === 0) return null;
  let converted = '';
  let end = 0;
  for (const { span, entries } of blocks) {
    converted += text.slice(end, span.start) + keyframesOf(entries, text);
    end = span.end;
  }
  return converted + text.slice(end);
}

/** The lines of keyframes, ended as those of `text` are. */
function keyframesOf(entries: readonly Entry[], text: string): string {
  return entries.map(({ frame, prompt }) => `${frame}: ${prompt}`).join(text.includes('\r\n') ? '\r\n' : '\n');
}

interface Entry {
  readonly frame: string;
  readonly prompt: string;
}

interface Block {
  /** Whole lines, without blanks around them. */
  readonly span: TextSpan;
  readonly entries: readonly Entry[];
}

/** Neighbouring lines of a schedule, with the brackets around them. */
function blocksIn(text: string, bodyStart: number): Block[] {
  const blocks: Block[] = [];
  let lines: MapLine[] = [];
  const endBlock = () => {
    const first = lines.find((line) => line.opens || line.entries.length > 0);
    const last = lines.findLast((line) => line.closes || line.entries.length > 0);
    const entries = lines.flatMap((line) => line.entries);
    if (first && last && entries.length > 0) {
      blocks.push({ span: { start: first.span.start, end: last.span.end }, entries });
    }
    lines = [];
  };
  let at = bodyStart;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = readLine(text.slice(at, end), at);
    // A blank line is part of a schedule that goes on after it.
    if (line && (line.opens || line.closes) && line.entries.length === 0) {
      if (line.opens) endBlock();
      lines.push(line);
      if (line.closes) endBlock();
    } else if (line) lines.push(line);
    else if (text.slice(at, end).trim() !== '') endBlock();
    at = end + 1;
  }
  endBlock();
  return blocks;
}

interface MapLine extends Block {
  readonly opens: boolean;
  readonly closes: boolean;
}

/** null where the line is no part of a schedule. */
function readLine(line: string, offset: number): MapLine | null {
  const trimmed = line.trim();
  if (trimmed === '') return null;
  const start = offset + line.indexOf(trimmed);
  const opening = OPENING.exec(trimmed)?.[0] ?? '';
  const rest = trimmed.slice(opening.length);
  const closing = CLOSING.exec(rest)?.[0] ?? '';
  const inside = rest.slice(0, rest.length - closing.length).trim();
  const entries = readEntries(inside);
  if (!entries || (inside === '' && opening === '' && closing === '')) return null;
  const span = { start, end: start + trimmed.length };
  return { span, entries, opens: opening !== '', closes: closing !== '' };
}

/** The entries that make up a text; null where it holds anything else. */
function readEntries(text: string): Entry[] | null {
  const entries: Entry[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < text.length) {
    const match = ENTRY.exec(text);
    if (!match) return null;
    const [, frame, double, single, smart] = match;
    entries.push({ frame: frame!, prompt: plainText(double ?? single ?? smart ?? '') });
  }
  return entries;
}

/** A string's text on one line; a backslash before a bracket is the prompt's own, and JSON writes it twice. */
function plainText(text: string): string {
  return text
    .replace(/\\(?:([nrt])|(["'\\/])|u([0-9a-f]{4}))/gi, (_, blank?: string, plain?: string, code?: string) =>
      blank ? ' ' : (plain ?? String.fromCharCode(Number.parseInt(code!, 16))),
    )
    .trim();
}
