import type { Fix, Problem, TextSpan } from '../../problem.ts';
import type { Keyframe, TravelDocument } from '../../syntax/document.ts';
import { type LostKey, lostKeys } from '../../syntax/key-notation.ts';
import { type Check, replace } from '../check.ts';
import { keyText } from '../key-change.ts';

export const ambiguousKey: Check = {
  code: 'travel/ambiguous-key',
  dialect: 'travel',
  run({ document, timed, settings }) {
    const { text, keyframes } = document;
    const ambiguous = lostKeys(document).filter(({ kind }) => kind === 'ambiguous');
    if (ambiguous.length === 0) return [];
    const last = keyframes.at(-1);
    const taken = new Set(timed.map(({ frame }) => frame));
    const frames = timed.flatMap(({ keyframe: { span }, frame }) => (frame === null ? [] : [{ span, frame }]));
    return ambiguous.map((lost): Problem => {
      const { span, key, written } = lost;
      const start = text.indexOf(written, span.start);
      const word = /^[^\s,]*/.exec(text.slice(start, start + 40))![0];
      const frame = Number.parseInt(key ?? '', 10);
      const isBetween = keyframes.length > 0 && keyframes[0]!.span.start < start && start < last!.span.start;
      const isFree = frame < settings.frames && !taken.has(frame);
      return {
        code: this.code,
        severity: 'information',
        message: [
          `“${word}” could be a key, but is read as text.`,
          ...(isBetween ? ['It is between keyframes, so it is part of every frame.'] : []),
          ...(isFree ? [`For a keyframe, write “${key} ” with a space.`] : []),
          isBetween ? `For the text, write “\\${word}” below the last keyframe.` : `For the text, write “\\${word}”.`,
        ].join(' '),
        span: { start, end: start + word.length },
        fixes: [
          isBetween && last
            ? moveToTail({ start, word, after: lost.span }, last, text)
            : replace(`Keep the text: write “\\${word}”`, { start, end: start }, '\\'),
          ...(isFree ? [keyframe(lost, document, frames)] : []),
        ],
      };
    });
  },
};

interface RatioPlace {
  readonly start: number;
  readonly word: string;
  /** As `LostKey.span`. */
  readonly after: TextSpan;
}

/** Marked as text, it would still be between keyframes. */
function moveToTail({ start, word, after: span }: RatioPlace, last: Keyframe, text: string): Fix {
  const newline = text.indexOf('\n', span.end);
  const end = text.indexOf('\n', last.span.end) + 1 || text.length;
  const line = text.slice(start, newline);
  return {
    title: `Keep the text: move “\\${word}” below the last keyframe`,
    edits: [
      { span: { start: span.start, end: newline + 1 }, text: '' },
      { span: { start: end, end }, text: `${text[end - 1] === '\n' ? '' : '\n'}\\${line.trimEnd()}\n` },
    ],
    mechanical: false,
  };
}

interface KeyframePlace {
  readonly span: { readonly start: number };
  readonly frame: number;
}

/** Where the keyframes are in order, the line moves to its place among them. */
function keyframe(lost: LostKey, { text, keyframes }: TravelDocument, frames: readonly KeyframePlace[]): Fix {
  const title = `Change to a keyframe: write “${lost.key} ”`;
  const frame = Number.parseInt(lost.key ?? '', 10);
  const next = frames.find((other) => other.frame > frame);
  const own = { span: lost.span, text: keyText(lost, text) };
  const isInOrder = frames.every((other) => other.frame > frame === other.span.start > lost.span.start);
  const newline = text.indexOf('\n', lost.span.end);
  if (isInOrder || newline < 0) return { title, edits: [own], mechanical: false };
  const line = { start: lost.span.start, end: newline + 1 };
  const end = text.indexOf('\n', keyframes.at(-1)?.span.end) + 1 || text.length;
  const at = next ? text.lastIndexOf('\n', next.span.start) + 1 : end;
  const separator = at > 0 && text[at - 1] !== '\n' ? '\n' : '';
  const moved = separator + own.text + text.slice(lost.span.end, line.end);
  return {
    title,
    edits: [
      { span: line, text: '' },
      { span: { start: at, end: at }, text: moved },
    ],
    mechanical: false,
  };
}
