import type { TextSpan } from '../problem.ts';

/** A frame, or an expression or a range of frames. */
const FRAME = String.raw`[-+*/×÷−(). :\dmax_f]{0,30}\d[-+*/×÷−(). :\dmax_f]{0,30}|max_f[-+*/×÷−(). \dmax_f]{0,30}`;
const SPACE = String.raw`[ \t\u00a0]{0,20}`;
const OPENING = `["'“”‘’«]`;
const CLOSING = `["'“”‘’»]`;
const COLON = '(?:=>|->|[:=：;])';
/** A prompt, perhaps without its quotes: no number and no map. */
const VALUE = String.raw`(?=[^\s\d{\[,;:=-])`;

const QUOTED = `${OPENING}(?:${FRAME})${CLOSING}${SPACE}(?:${COLON}${SPACE}${VALUE}|${OPENING})`;
/** With one of its quotes only. */
const HALF = String.raw`(?:${OPENING}(?:${FRAME})|(?:-?\d{1,9})${CLOSING})${SPACE}${COLON}${SPACE}${OPENING}`;
const ASSIGNED = String.raw`[-\d.]{1,12}(?::[-\d.]{0,12})?${SPACE}=${SPACE}["“'‘]`;
/** What people and mails put before a line. */
const MARK = String.raw`(?:(?:>|[-*+•]|\d{1,3}[.)]) ?)?`;

/** A line that looks like the start of a schedule’s entry, also with a mistake: `"8": "a`, `"8" "a"`, `8": "a"`, `8 = "a"`. */
const LINE = new RegExp(
  String.raw`^[ \t\u00a0\u200b]*${MARK}[{[(\x60]?${SPACE}(?:${QUOTED}|${HALF}|${ASSIGNED})`,
  'gm',
);
/** The same anywhere: with all quotes of its key and the first one of its prompt. */
const ENTRY = String.raw`(?<!\\)(?:${OPENING}(?:${FRAME})${CLOSING}${SPACE}(?:=>|->|[:=：])${SPACE}${OPENING}|(?<![\w.:"'“”-])${ASSIGNED})`;
const ANYWHERE = new RegExp(ENTRY, 'g');
/** At the start of a text. */
const START = new RegExp(String.raw`^\s*${ENTRY}`);

/**
 * Whether a text is a schedule beyond doubt, although it may not be readable: two of its lines are entries, or it begins
 * with an entry and has another one.
 */
export function looksLikeSchedule(text: string): boolean {
  LINE.lastIndex = 0;
  if (LINE.test(text) && LINE.test(text)) return true;
  if (!START.test(text.slice(0, 500).replace(/^\s*[{[(]/, ''))) return false;
  ANYWHERE.lastIndex = 0;
  return ANYWHERE.test(text) && ANYWHERE.test(text);
}

/** Whether a text has more entries or lines than are read, so that a huge one is not searched for mistakes. */
export function hasMoreEntries(text: string, most: number): boolean {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && lines <= most; at = text.indexOf('\n', at + 1)) lines++;
  let entries = 0;
  ANYWHERE.lastIndex = 0;
  while (entries <= most && ANYWHERE.test(text)) entries++;
  return lines > most || entries > most;
}

/** The offset of the first line that looks like an entry and is in none of some places; null if there is none. @param from where to begin @param spans in order */
export function entryOutside(text: string, from: number, spans: readonly TextSpan[]): number | null {
  let next = 0;
  LINE.lastIndex = from;
  for (let match = LINE.exec(text); match; match = LINE.exec(text)) {
    const { index, 0: found } = match;
    const at = index + found.length - 1;
    while (next < spans.length && spans[next]!.end <= at) next++;
    if ((spans[next]?.start ?? text.length) > at) return index;
  }
  return null;
}

/** Strings that an operator joins. */
const JOINED = /["'”’][ \t]*\+[ \t]*["'“‘]/g;

/**
 * The offset inside an entry at which it is not certain where its prompt ends: another entry, or strings that are joined;
 * null if there is none.
 */
export function uncertainIn(entry: string): number | null {
  ANYWHERE.lastIndex = 1;
  JOINED.lastIndex = 0;
  return ANYWHERE.exec(entry)?.index ?? JOINED.exec(entry)?.index ?? null;
}
