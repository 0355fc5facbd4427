import { framesFor } from '../clip/clip-length.ts';
import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { isConfigKey } from './config.ts';
import { uncertainIn } from './entries.ts';
import { isFence } from './fences.ts';
import { KEY_PATTERN, type Literal, type LiteralComment, LiteralReader, PLAIN_KEY, type Read } from './literals.ts';
import { type Content, contentOf } from './schedule-content.ts';
import { type PastedTable, tableAt } from './tables.ts';

/** A schedule of another tool in the body of a file. */
export type PastedSchedule =
  | {
      readonly ok: true;
      readonly format: ScheduleFormat;
      /** Without the white space around it. */
      readonly span: TextSpan;
      /** In the order of the text. */
      readonly frames: readonly number[];
      readonly written: WrittenSchedule;
    }
  /** It is certainly a schedule, but a part of it cannot be read. */
  | { readonly ok: false; readonly format: ScheduleFormat; readonly span: TextSpan; readonly unreadable: TextSpan };

/** What a schedule has: lines of this language, with the names of what has no equivalent, or values. */
export type WrittenSchedule =
  | { readonly kind: 'lines'; readonly text: string; readonly left: readonly string[] }
  | {
      readonly kind: 'values';
      /** The text of its first line before it. */
      readonly before: string | null;
      readonly content: Content;
      readonly comments: readonly LiteralComment[];
      /** Text follows on its last line. */
      readonly hasTextAfter: boolean;
    };

/** `literal`: JSON, Python or JavaScript. */
export type ScheduleFormat = 'literal' | 'table';

/** A bracket, perhaps named (`prompts = {`), the key of a string, or the key of a configuration. */
const START = new RegExp(
  String.raw`(?:(?:const|let|var)[ \t]+)?["']?[A-Za-z_]\w{0,80}["']?[ \t]*[:=][ \t]*[{[(]|[{[(]|${KEY_PATTERN}[ \t]*(?:["'“‘«「]|[^\s"'“‘«「{[(])`,
  'y',
);
const NAMED =
  /(?:(["'])([A-Za-z_]\w{0,80})\1[ \t]*:|(?:(?:const|let|var)[ \t]+)?([A-Za-z_]\w{0,80})[ \t]*[:=])[ \t]*(?=[{[(])/y;
/** The key in quotes of a string, after other text. */
const INLINE = /["'“][-+*/×÷−(). \dmax_f]{1,60}["'”][ \t]*[:：][ \t]*["'“]/g;
/** `0: "a"` is a keyframe, too: without quotes around the key, only the string may be on its line. */
const PLAIN_ENTRY = new RegExp(
  String.raw`${PLAIN_KEY}[ \t]*[:=：][ \t]*(?:"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.|(?<=\w)'(?=\w))*'|“[^“”\r\n]*”)[ \t]*(?:[,;，][ \t]*)?(?:$|[\r\n]|//|#|\\{1,2}n|${KEY_PATTERN})`,
  'y',
);
/** `0 = "a"`: the string may have several lines. */
const ASSIGNMENT = new RegExp(String.raw`${PLAIN_KEY}[ \t]*=[ \t]*"[^"]{0,2000}"[ \t]*(?:[,;，]|$|[\r\n])`, 'y');
/** Keyframes on one line, with `\n` as two characters between them. */
const ESCAPED_KEY = /\\{1,2}[nr][ \t]*-?\d+[ \t]*:/g;
/** A bracket with a string in it. */
const QUOTED = /^(?:[{[(]\s*){0,2}["'“‘«]/;

/**
 * The schedules of a text: JSON, Python and JavaScript maps and lists of frames and prompts, and configurations of
 * animatediff-cli. Linear in the length of the text.
 *
 * @param bodyStart offset of the end of the front matter
 * @param frames length of the clip, for `max_f`
 */
export function findSchedules(text: string, bodyStart: number, frames: number): PastedSchedule[] {
  const schedules: PastedSchedule[] = [];
  const reader = new LiteralReader(text);
  let at = bodyStart;
  let mark = -1;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 ? text.length : newline;
    if (mark < at) mark = nextMark(text, at);
    // The first line may begin anywhere in a line.
    const canStart = mark < lineEnd || at === bodyStart || opensAt(text, at);
    const found = canStart ? scheduleAt(text, at, lineEnd, reader, frames) : null;
    const schedule = found && { ...found, span: withFences(text, bodyStart, found.span) };
    if (schedule) schedules.push(schedule);
    at = schedule && schedule.span.end > at ? nextLine(text, schedule.span.end) : lineEnd + 1;
  }
  return schedules;
}

/** The span of a schedule with the marks of Markdown above and below it. */
function withFences(text: string, bodyStart: number, { start, end }: TextSpan): TextSpan {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const above = Math.max(bodyStart, text.lastIndexOf('\n', lineStart - 2) + 1);
  const below = nextLine(text, end);
  const belowEnd = nextLine(text, below);
  const lineBelow = text.slice(below, belowEnd);
  return {
    start: above < lineStart && isFence(text.slice(above, lineStart - 1)) ? above : start,
    end: isFence(lineBelow.trimEnd()) ? below + lineBelow.trimEnd().length : end,
  };
}

/** A line that a schedule starts on has one of these, or starts with a bracket, perhaps named. */
const MARK = /[|\\"'“‘«「]/g;
const OPENING = /(?:(?:(?:const|let|var)[ \t]+)?[A-Za-z_]\w{0,80}[ \t]*[:=][ \t]*)?[{[(]/y;

/** The first mark from an offset on; the length of the text if there is none. */
function nextMark(text: string, from: number): number {
  MARK.lastIndex = from;
  return MARK.exec(text)?.index ?? text.length;
}

function opensAt(text: string, lineStart: number): boolean {
  let start = lineStart;
  while (start < text.length && text[start] !== '\n' && text[start]!.trim() === '') start++;
  OPENING.lastIndex = start;
  return OPENING.test(text);
}

/** The schedules of a text, and a length of the clip that has room for them: the present one, if it has. */
export function schedulesWithRoom(
  text: string,
  bodyStart: number,
  frames: number,
): { readonly schedules: PastedSchedule[]; readonly frames: number } {
  const schedules = findSchedules(text, bodyStart, frames);
  const last = schedules.reduce(
    (latest, schedule) => (schedule.ok ? schedule.frames.reduce((a, b) => Math.max(a, b), latest) : latest),
    0,
  );
  if (last < frames) return { schedules, frames };
  const longer = framesFor(last);
  return { schedules: findSchedules(text, bodyStart, longer), frames: longer };
}

/**
 * Those of some places in a document that are in no schedule, nor in the rest of its last line: a schedule is converted
 * as a whole.
 *
 * @param items in ascending order
 * @param frames length of the clip
 */
export function outsideSchedules<T>(
  items: readonly T[],
  startOf: (item: T) => number,
  { text, frontMatter }: Pick<TravelDocument, 'text' | 'frontMatter'>,
  frames: number,
): readonly T[] {
  if (items.length === 0) return items;
  const schedules = findSchedules(text, frontMatter?.span.end ?? 0, frames);
  let next = 0;
  return items.filter((item) => {
    const start = startOf(item);
    while (next < schedules.length && nextLine(text, schedules[next]!.span.end) <= start) next++;
    return (schedules[next]?.span.start ?? text.length) > start;
  });
}

function tableSchedule({ span, rows, left, unreadable }: PastedTable): PastedSchedule {
  if (unreadable) return { ok: false, format: 'table', span, unreadable };
  const text = rows.map((row) => row.text).join('\n');
  const frames = rows.flatMap(({ frame }) => frame ?? []);
  return { ok: true, format: 'table', span, frames, written: { kind: 'lines', text, left } };
}

function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

function scheduleAt(
  text: string,
  lineStart: number,
  lineEnd: number,
  reader: LiteralReader,
  frames: number,
): PastedSchedule | null {
  const line = text.slice(lineStart, lineEnd);
  const start = lineStart + line.length - line.trimStart().length;
  if (start >= lineEnd || text[start] === '#') return null;
  const table = line.includes('|') ? tableAt(text, lineStart, frames) : null;
  if (table) return tableSchedule(table);
  START.lastIndex = start;
  const starts = START.test(text);
  const read = starts ? readAt(text, start, reader, frames) : null;
  if (read) return read;
  const trimmed = line.trim();
  const escaped = Array.from(trimmed.matchAll(ESCAPED_KEY)).at(-1)?.index ?? 0;
  // In JSON, the line is a text among others.
  const isAlone = !/^["{[]/.test(trimmed);
  if (escaped > 0 && isAlone && /\d[ \t]*:/.test(trimmed.slice(0, escaped))) return escapedLines(trimmed, start);
  INLINE.lastIndex = 0;
  const inline = line.search(INLINE);
  const comment = line.search(/(?<!\S)#/);
  if (inline <= 0 || (comment >= 0 && comment < inline)) return null;
  const before = line
    .slice(0, inline)
    .trim()
    .replace(/(?<![ \t])[ \t]*[,;|]$/, '');
  const rest = readAt(text, lineStart + inline, reader, frames);
  if (!rest || before === '') return rest;
  // Brackets that other tools add.
  if (/^[{[(]+$/.test(before)) return { ...rest, span: { start, end: rest.span.end } };
  const span = { start, end: rest.span.end };
  if (!rest.ok) return { ...rest, span };
  return rest.written.kind === 'values' ? { ...rest, span, written: { ...rest.written, before } } : rest;
}

function startsAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** The schedule that starts at an offset; null if there is none. */
function readAt(text: string, start: number, reader: LiteralReader, frames: number): PastedSchedule | null {
  reader.at = start;
  reader.comments.length = 0;
  NAMED.lastIndex = start;
  const named = NAMED.exec(text);
  // In JSON, other maps are named, too: regions, images, LoRAs.
  if (named?.[2] !== undefined && !/prompt/i.test(named[2])) return null;
  // The key of a configuration without its braces.
  const isConfig = named?.[2] !== undefined && isConfigKey(named[2]);
  if (named && !isConfig) reader.at = NAMED.lastIndex;
  const inBrackets = (named && !isConfig) || '{[('.includes(text[start]!);
  if (!inBrackets && !/["'“‘«]/.test(text[start]!)) {
    if (![PLAIN_ENTRY, ASSIGNMENT].some((pattern) => startsAt(pattern, text, start))) return null;
  }
  const read: Read<Literal> = inBrackets ? reader.value() : reader.map(start, null);
  const isCertain = named !== null || QUOTED.test(text.slice(start, start + 100));
  if (!read.ok) {
    return isCertain && read.entries > 0
      ? { ok: false, format: 'literal', span: { start, end: brokenEnd(text, read.at.end) }, unreadable: read.at }
      : null;
  }
  const isClosed = !inBrackets || '}])'.includes(text[read.value.span.end - 1]!);
  const found = isClosed || isCertain ? contentOf(read.value, frames) : null;
  if (!found) return null;
  // The comma, semicolon or bracket after it, and comments on its last line.
  let end = afterBrackets(text, reader.at);
  reader.at = end;
  if (/^(?:\/\/|#)/.test(text.slice(end, end + 2))) {
    const lineEnd = text.indexOf('\n', end);
    const stop = lineEnd < 0 ? text.length : lineEnd;
    reader.comments.push({
      text: text
        .slice(end, stop)
        .replace(/^(?:\/\/|#)/, '')
        .trim(),
      span: { start: end, end: stop },
    });
    end = stop;
  }
  while (/\s/.test(text[end - 1] ?? '')) end--;
  if (!inBrackets && isQuotedKeyframe(text.slice(start, end), found)) return null;
  const uncertain = 'keyframes' in found ? uncertainEntry(text, found) : null;
  if (uncertain) return { ok: false, format: 'literal', span: { start, end }, unreadable: uncertain };
  if ('span' in found) return { ok: false, format: 'literal', span: { start, end }, unreadable: found.span };
  const hasTextAfter = text.slice(end, nextLine(text, end)).trim() !== '';
  // An indented line would continue the last keyframe.
  while (hasTextAfter && /[ \t]/.test(text[end]!)) end++;
  return {
    ok: true,
    span: { start, end },
    format: 'literal',
    frames: found.keyframes.map(({ frame }) => frame),
    written: { kind: 'values', before: null, content: found, comments: [...reader.comments], hasTextAfter },
  };
}

/** The first keyframe of which it is not certain where its prompt ends. */
function uncertainEntry(text: string, { keyframes }: Content): TextSpan | null {
  for (const { span } of keyframes) {
    const at = uncertainIn(text.slice(span.start, span.end));
    if (at !== null) return { start: span.start + at, end: span.end };
  }
  return null;
}

/** A closing bracket on a line of its own, after a few empty lines. */
const CLOSING_LINE = /(?:[ \t\r]{0,40}\n){1,10}[ \t]{0,40}[}\])][ \t,;}\])]*(?=\s*$|[\r\n])/y;

/** After the separators and brackets that follow a schedule. */
function afterBrackets(text: string, from: number): number {
  let end = from;
  while (end < text.length && /[ \t,;，}\])]/.test(text[end]!)) end++;
  CLOSING_LINE.lastIndex = end;
  return CLOSING_LINE.test(text) ? CLOSING_LINE.lastIndex : end;
}

/** `16: "hello"`, alone: a keyframe with a quoted prompt. */
function isQuotedKeyframe(written: string, found: Content | { readonly span: TextSpan }): boolean {
  return (
    'keyframes' in found &&
    found.keyframes.length === 1 &&
    /^-?[\d.]+[ \t]*:(?![-\d.]*[ \t]*=)/.test(written) &&
    !/[,;，]$/.test(written)
  );
}

/** The end of a schedule that cannot be read: its closing bracket at the start of a line, or the next empty line. */
function brokenEnd(text: string, from: number): number {
  const rest = /\n[ \t]*(?:[}\])]|\r?\n)/g;
  rest.lastIndex = from;
  const match = rest.exec(text);
  return match ? match.index + match[0].trimEnd().length : text.trimEnd().length;
}

function escapedLines(line: string, start: number): PastedSchedule {
  const lines = line.split(/(?<![ \t])[ \t]*(?:\\{1,2}[nr])+[ \t]*/).filter(Boolean);
  const keys = lines.flatMap((part) => /^(-?\d+)[ \t]*:/.exec(part)?.[1] ?? []).map(Number);
  return {
    ok: true,
    span: { start, end: start + line.length },
    format: 'literal',
    frames: keys,
    written: { kind: 'lines', text: lines.join('\n'), left: [] },
  };
}
