import type { TextSpan } from '../problem.ts';

const KEY = String.raw`["'“]?(-?\d{1,9})["'”]?`;
const VALUE = String.raw`(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|“([^“”]*)”)`;

/** `"0": "a",` of JSON and FizzNodes, `0 = "a",` and `0:'a'` of Python schedules. */
const ENTRY = new RegExp(String.raw`(?<![ \t])[ \t]*${KEY}[ \t]*[:=][ \t]*${VALUE}[ \t]*(?:,|$)`, 'y');

/** The brackets around the entries: `{`, `},`, `"prompt_map": {`, `prompts = {`. */
const OPENING = /^[ \t]*(?:["']?[a-z_]\w*["']?[ \t]*[:=][ \t]*)?[{([]/i;
const CLOSING = /[})\]][,;]?$/;

/**
 * Converts the JSON and Python schedules of a text to keyframes, and leaves the rest unchanged; null if it has none.
 *
 * @param bodyStart offset of the end of the front matter
 */
export function convertSchedules(text: string, bodyStart: number): string | null {
  const schedules = findSchedules(text, bodyStart);
  if (schedules.length === 0) return null;
  let converted = '';
  let end = 0;
  for (const { span, entries } of schedules) {
    converted += text.slice(end, span.start) + keyframesOf(entries, text);
    end = span.end;
  }
  return converted + text.slice(end);
}

/** The entries as keyframes, with the line endings of `text`. */
export function keyframesOf(entries: readonly ScheduleEntry[], text: string): string {
  return entries.map(({ frame, prompt }) => `${frame}: ${prompt}`).join(text.includes('\r\n') ? '\r\n' : '\n');
}

interface ScheduleEntry {
  readonly frame: string;
  readonly prompt: string;
}

interface Schedule {
  /** Whole lines, without the whitespace around them. */
  readonly span: TextSpan;
  readonly entries: readonly ScheduleEntry[];
}

/**
 * The JSON and Python schedules of a text: consecutive lines with their brackets.
 *
 * @param bodyStart offset of the end of the front matter
 */
export function findSchedules(text: string, bodyStart: number): Schedule[] {
  const schedules: Schedule[] = [];
  let lines: ScheduleLine[] = [];
  const endSchedule = () => {
    const first = lines.find((line) => line.opens || line.entries.length > 0);
    const last = lines.findLast((line) => line.closes || line.entries.length > 0);
    const entries = lines.flatMap((line) => line.entries);
    if (first && last && entries.length > 0) {
      schedules.push({ span: { start: first.span.start, end: last.span.end }, entries });
    }
    lines = [];
  };
  let at = bodyStart;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = readLine(text.slice(at, end), at);
    // An empty line is part of a schedule that continues after it.
    if (line && (line.opens || line.closes) && line.entries.length === 0) {
      if (line.opens) endSchedule();
      lines.push(line);
      if (line.closes) endSchedule();
    } else if (line) lines.push(line);
    else if (text.slice(at, end).trim() !== '') endSchedule();
    at = end + 1;
  }
  endSchedule();
  return schedules;
}

interface ScheduleLine extends Schedule {
  readonly opens: boolean;
  readonly closes: boolean;
}

/** null if the line is not part of a schedule. */
function readLine(line: string, offset: number): ScheduleLine | null {
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

/** The entries of a text; null if it contains anything else. */
function readEntries(text: string): ScheduleEntry[] | null {
  const entries: ScheduleEntry[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < text.length) {
    const match = ENTRY.exec(text);
    if (!match) return null;
    const [, frame, double, single, smart] = match;
    entries.push({ frame: frame!, prompt: plainText(double ?? single ?? smart ?? '') });
  }
  return entries;
}

/** The text of a string literal, on one line. A backslash before a bracket belongs to the prompt; JSON doubles it. */
function plainText(text: string): string {
  return text
    .replace(/\\(?:([nrt])|(["'\\/])|u([0-9a-f]{4}))/gi, (_, whitespace?: string, plain?: string, code?: string) =>
      whitespace ? ' ' : (plain ?? String.fromCharCode(Number.parseInt(code!, 16))),
    )
    .trim();
}
