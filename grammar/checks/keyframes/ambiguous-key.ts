import type { Fix, Problem } from '../../problem.ts';
import type { TravelDocument } from '../../syntax/document.ts';
import { type LostKey, lostKeys } from '../../syntax/key-notation.ts';
import { type Check, replace } from '../check.ts';
import { keyText } from '../key-change.ts';

export const ambiguousKey: Check = {
  code: 'travel/ambiguous-key',
  dialect: 'travel',
  run({ document, timed }) {
    const { text } = document;
    const frames = timed.flatMap(({ keyframe: { span }, frame }) => (frame === null ? [] : [{ span, frame }]));
    return lostKeys(document)
      .filter(({ kind }) => kind === 'ambiguous')
      .map((lost): Problem => {
        const { span, key, written } = lost;
        const start = text.indexOf(written, span.start);
        const word = /^[^\s,]*/.exec(text.slice(start, start + 40))![0];
        return {
          code: this.code,
          severity: 'information',
          message: `“${word}” could be a key, but is read as text. For a keyframe, write “${key} ” with a space. For the text, write “\\${word}”.`,
          span: { start, end: start + word.length },
          fixes: [
            replace(`Keep the text: write “\\${word}”`, { start, end: start }, '\\'),
            keyframe(lost, document, frames),
          ],
        };
      });
  },
};

interface KeyframePlace {
  readonly span: { readonly start: number };
  readonly frame: number;
}

/** Where the keyframes are in order, the line moves to its place among them. */
function keyframe(lost: LostKey, { text }: TravelDocument, frames: readonly KeyframePlace[]): Fix {
  const title = `Change to a keyframe: write “${lost.key} ”`;
  const frame = Number.parseInt(lost.key ?? '', 10);
  const next = frames.find((other) => other.frame > frame);
  const own = { span: lost.span, text: keyText(lost, text) };
  const isInOrder = frames.every((other) => other.frame > frame === other.span.start > lost.span.start);
  const newline = text.indexOf('\n', lost.span.end);
  if (isInOrder || newline < 0 || !next) return { title, edits: [own], mechanical: false };
  const line = { start: lost.span.start, end: newline + 1 };
  const at = text.lastIndexOf('\n', next.span.start) + 1;
  const moved = own.text + text.slice(lost.span.end, line.end);
  return {
    title,
    edits: [
      { span: line, text: '' },
      { span: { start: at, end: at }, text: moved },
    ],
    mechanical: false,
  };
}
