import { newlineOf } from '../../line-ends.ts';
import { memoizeByPrompt } from '../../memoize-by-prompt.ts';
import { outsideSchedules } from '../../pasted/schedules.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { maskBrackets } from '../../syntax/brackets.ts';
import {
  documentSpan,
  type Keyframe,
  type PromptText,
  type TextLine,
  type TravelDocument,
} from '../../syntax/document.ts';
import { lostKeys } from '../../syntax/key-notation.ts';
import { type Check, replace } from '../check.ts';
import { animatorRow } from './animator-row.ts';

const POSITION = String.raw`(-?\d{1,6}(?:\.\d{1,6})?(?:%|ms|s)?)`;

/** Keys of other tools, which are text here: `- 0: a`, `> 0: a`, `[0]: a`, `frame 0: a`, `0 -> a`, `0|a`. */
const OTHER_KEYS: readonly RegExp[] = [
  new RegExp(String.raw`^(?:[-*•+][ \t]+|[>+][ \t]*)${POSITION}[ \t]*:[ \t]*`),
  new RegExp(String.raw`^\[${POSITION}\][ \t]*:[ \t]*`),
  new RegExp(String.raw`^\(${POSITION}\)[ \t]*:[ \t]*`),
  new RegExp(String.raw`^<${POSITION}>[ \t]*:[ \t]*`),
  new RegExp(String.raw`^(?:key)?f(?:rame)?[ \t]*${POSITION}[ \t]*:[ \t]*`, 'i'),
  new RegExp(String.raw`^${POSITION}[ \t]*(?:[-=]>|[→⇒|])[ \t]*`),
];

/** `0 = a`, `0 - a`, `0. a`, `0) a`: also a list or a title, unless other lines are keys, too. */
const POSSIBLE_KEY =
  /^(\d{1,6})(?:[ \t]*=(?![ \t]*["'“])|[ \t]+[-–—](?=[ \t])|[.)](?=[ \t])(?![ \t]{1,20}(?:\*\*|`)))[ \t]*/;

/**
 * A second key on a keyframe's line, as in `0: a | 32: b`, `0: a; 32 :b` and `0: a, 30: b`. `16:9` is a ratio, and `:o`
 * a face.
 */
const SECOND_KEY = /[|;,][ \t]*(\d{1,6}(?:%|ms|s)?)(?:[ \t]+:(?![dop3DOPx<>](?!\w))|:)(?![\d:])[ \t]*/g;

/** The same after a space, as in `0: a 24: b`: a key only if it is a later frame of the clip. */
const SPACED_KEY = /(?<=[^\s|;,][ \t]{1,9})(\d{1,6}):[ \t]+/g;

export const foreignKeySyntax: Check = {
  code: 'travel/foreign-key-syntax',
  run({ document, timed, settings: { dialect, frames } }) {
    const { keyframes, text } = document;
    const warning = (
      message: string,
      span: TextSpan,
      fixes: readonly Fix[],
      related: Problem['related'] = [],
    ): Problem => ({
      code: this.code,
      severity: 'warning',
      message,
      span,
      related,
      fixes,
    });
    const lines = outsideSchedules(otherKeys(document), startOf, document, frames);
    const others = withFixForAll(lines, (count) => `Change all ${count} lines to keyframes`).map(
      ({ key, place, related, fixes, row }) =>
        warning(
          row === null
            ? `This is the keyframe syntax of another tool. It is treated as text here. Write \`${key}: …\`.`
            : `This is a “${row}” row of the Animator extension. It is treated as text here. Remove it.`,
          place,
          fixes,
          related,
        ),
    );
    // Once: a long text has thousands of keyframes.
    const newline = newlineOf(text);
    const inLines = timed
      .filter(({ keyframe }) => mayHaveSecondKey(keyframe))
      .map(({ keyframe, frame }) => secondKeys(keyframe, { text, newline, from: frame ?? frames, frames }));
    const isOutside = new Set(outsideSchedules(inLines.flat(), startOf, document, frames));
    const second = inLines.flatMap((found) => {
      const keys = found.filter((key) => isOutside.has(key));
      return withFixForAll(keys, (count) => `Move all ${count} to their own lines`).map(
        ({ key, place, related, fixes }) =>
          warning(
            `This line seems to contain a second keyframe, ${key}. It is part of the first keyframe's prompt. Write it on its own line.`,
            place,
            fixes,
            related,
          ),
      );
    });
    const spaced = keyframes.flatMap(({ position, hold, transition, colon }) => {
      const before = transition ?? hold ?? position;
      if (colon.start <= before.span.end) return [];
      const span = { start: before.span.end, end: colon.start };
      const message =
        'Unexpected space before the colon of a key. AUTOMATIC1111 would treat the line as text. Remove the space.';
      return [warning(message, span, [replace('Remove the space', span, '', dialect === 'travel')])];
    });
    const rows = tableRows(document).map(({ prompt }) =>
      warning(
        'This keyframe has the columns of a table. Its bars are part of the prompt, and so is every column. Write only the prompt, and a negative prompt after `--neg`.',
        prompt.span,
        [],
      ),
    );
    return [...others, ...second, ...spaced, ...rows];
  },
};

/**
 * Keyframes with as many columns as another one, at least three: `0: a | b | c`. Fewer bars are text for A1111, too.
 */
function tableRows({ keyframes }: TravelDocument): Keyframe[] {
  const byColumns = new Map<number, Keyframe[]>();
  for (const keyframe of keyframes) {
    if (!keyframe.prompt.text.includes(' | ')) continue;
    const bars = Array.from(maskBrackets(keyframe.prompt.text).matchAll(/(?<=\s)\|(?=\s)/g)).length;
    const rows = byColumns.get(bars);
    if (rows) rows.push(keyframe);
    else byColumns.set(bars, [keyframe]);
  }
  return [...byColumns].flatMap(([bars, rows]) => (bars >= 2 && rows.length >= 2 ? rows : []));
}

/** A key in another form. */
interface ForeignKey {
  readonly key: string;
  readonly place: TextSpan;
  /** null if there is no such keyframe here. */
  readonly fix: Fix | null;
  /** The kind of a row that is no keyframe. */
  readonly row: string | null;
}

const startOf = ({ place }: ForeignKey) => place.start;

/** The fix for all keys first, because one keyframe among lines of text would make them text between keyframes. */
function withFixForAll(keys: readonly ForeignKey[], title: (count: number) => string) {
  const clear = keys.filter(({ fix }) => fix !== null);
  const edits = clear.flatMap(({ fix }) => fix?.edits ?? []);
  const isShared = clear.length > 1 && clear.length <= MOST_TOGETHER;
  const all: Fix[] = isShared ? [{ title: title(clear.length), edits, mechanical: false }] : [];
  const related = isShared ? clear.map((key) => ({ span: key.place, message: 'This is another one.' })) : [];
  return keys.map(({ key, place, fix, row }) =>
    fix ? { key, place, row, related, fixes: [...all, fix] } : { key, place, row, related: [], fixes: [] },
  );
}

/** Keys that are changed at once. */
const MOST_TOGETHER = 100;

function otherKeys(document: TravelDocument): ForeignKey[] {
  const { head, keyframes, tail, text } = document;
  // Reported as such, with the key that is meant.
  const lost = new Set(lostKeys(document).map(({ span }) => span.start));
  const certain: ForeignKey[] = [];
  const possible: ForeignKey[] = [];
  for (const line of [...head, ...tail]) {
    if (lost.has(line.line.start)) continue;
    const animator = animatorRow(line);
    if (animator) {
      const { key, fix, kind } = animator;
      certain.push({ key, place: line.prompt.span, fix, row: fix ? null : kind });
      continue;
    }
    const match = OTHER_KEYS.map((pattern) => pattern.exec(line.prompt.text)).find((found) => found !== null);
    if (match) certain.push(otherKey(line, match, text));
    else {
      const unsure = POSSIBLE_KEY.exec(line.prompt.text);
      if (unsure) possible.push(otherKey(line, unsure, text));
    }
  }
  const isLikely = certain.length > 0 || keyframes.length > 0 || possible.length > 1;
  return [...certain, ...(isLikely ? possible : [])].sort((a, b) => a.place.start - b.place.start);
}

function otherKey({ prompt, line }: TextLine, match: RegExpExecArray, text: string): ForeignKey {
  const key = match[1]!;
  const { end } = documentSpan(prompt, 0, match[0].length);
  const fix = replace(`Change to “${key}:”`, { start: line.start, end }, keyText(key, text[end]));
  return { key, place: prompt.span, fix, row: null };
}

/** A `#` that follows the key's space would start a comment. */
const keyText = (key: string, next: string | undefined) => `${key}: ${next === '#' ? '\\' : ''}`;

interface SecondKeyPlace {
  readonly text: string;
  /** The line ends of the text. */
  readonly newline: string;
  /** The frame of the line's own key. */
  readonly from: number;
  /** Length of the clip. */
  readonly frames: number;
}

const possibleSecondKeys = memoizeByPrompt(({ text }) => {
  if (!/[|;, \t]\d/.test(text)) return { certain: [], spaced: [] };
  const masked = maskBrackets(text);
  return { certain: [...masked.matchAll(SECOND_KEY)], spaced: [...masked.matchAll(SPACED_KEY)] };
});

function mayHoldKey(prompt: PromptText): boolean {
  const { certain, spaced } = possibleSecondKeys(prompt);
  return certain.length + spaced.length > 0;
}

const mayHaveSecondKey = ({ prompt, negative }: Keyframe) =>
  mayHoldKey(prompt) || (negative !== null && mayHoldKey(negative.prompt));

function secondKeys(
  { prompt, negative }: Keyframe,
  { text, newline, from: own, frames }: SecondKeyPlace,
): ForeignKey[] {
  let last = own;
  const isLater = (key: string) => {
    const frame = Number(key);
    const later = frame > last && frame < frames;
    if (later) last = frame;
    return later;
  };
  return [prompt, ...(negative ? [negative.prompt] : [])].flatMap((part: PromptText) => {
    const { certain, spaced } = possibleSecondKeys(part);
    const matches = [...certain, ...spaced.filter(([, key = '']) => isLater(key))];
    return matches
      .sort((a, b) => a.index - b.index)
      .map((match): ForeignKey => {
        const [written, key = ''] = match;
        const { start, end } = documentSpan(part, match.index, match.index + written.length);
        let from = start;
        while (/[ \t]/.test(text[from - 1] ?? '')) from--;
        const fix = replace('Move to its own line', { start: from, end }, newline + keyText(key, text[end]));
        return { key, place: { start, end: start + written.trimEnd().length }, fix, row: null };
      });
  });
}
