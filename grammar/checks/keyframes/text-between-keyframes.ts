import { newlineOf } from '../../line-ends.ts';
import type { Fix } from '../../problem.ts';
import type { Keyframe, TextLine, TravelDocument } from '../../syntax/document.ts';
import { lostKeys } from '../../syntax/key-notation.ts';
import { type Check, canJoinSchedule } from '../check.ts';
import { isComment } from '../prompts/foreign-comment.ts';
import { isMarkdown } from '../prompts/markdown.ts';

/** Other lines between keyframes that a problem refers to. */
const MOST_RELATED = 5;

export const textBetweenKeyframes: Check = {
  code: 'travel/text-between-keyframes',
  dialect: 'travel',
  run({ document }) {
    const last = document.keyframes.at(-1);
    if (!last) return [];
    // What is meant as a key, or is the syntax of another tool, is reported as such.
    const lost = new Set(lostKeys(document).map(({ span }) => span.start));
    const isReported = ({ line, prompt }: TextLine) =>
      lost.has(line.start) || isComment(prompt.text) || isMarkdown(prompt.text);
    const between = document.tail.filter((text) => text.line.start < last.span.start && !isReported(text));
    if (between.length === 0) return [];
    const move = moveToTail(between, last, document);
    const above = keyframesAbove(between, document.keyframes);
    return between.map((textLine) => {
      const { line, prompt } = textLine;
      const keyframe = above.get(textLine);
      const others = between.filter((other) => other !== textLine).slice(0, MOST_RELATED);
      return {
        code: this.code,
        severity: 'error',
        message:
          'This text is between keyframes. It is treated as tail, so it is part of every frame. Move it below the last keyframe, or indent it to continue the keyframe above.',
        span: prompt.span,
        related: [
          ...(keyframe ? [{ span: keyframe.position.span, message: 'The keyframe above is here.' }] : []),
          ...others.map((other) => ({ span: other.prompt.span, message: 'This text is between keyframes, too.' })),
        ],
        fixes: [
          ...move,
          ...(keyframe
            ? [
                {
                  title: 'Continue the keyframe above',
                  edits: [{ span: { start: line.start, end: line.start }, text: '  ' }],
                  mechanical: false,
                },
              ]
            : []),
        ],
      };
    });
  },
};

/**
 * Moves all lines together, because the order of the tail is that of the file, and because an indented line below one
 * that is moved would continue a keyframe.
 */
function moveToTail(between: readonly TextLine[], last: Keyframe, { text }: TravelDocument): Fix[] {
  // A lone carriage return can put a key in the middle of a line.
  if (between.some(({ line }) => /\r(?!\n)/.test(text.slice(line.start, line.end)))) return [];
  const newline = newlineOf(text);
  const endOfLine = (from: number) => {
    const at = text.indexOf('\n', from);
    return at < 0 ? text.length : at + 1;
  };
  const end = endOfLine(last.span.end);
  const lines = between.map(({ line }) => text.slice(line.start, line.end).replace(/^[ \t]+/, '') + newline).join('');
  return [
    {
      title: between.length === 1 ? 'Move to the tail' : `Move these ${between.length} lines to the tail`,
      edits: [
        ...between.map(({ line }) => ({ span: { start: line.start, end: endOfLine(line.end) }, text: '' })),
        { span: { start: end, end }, text: (text[end - 1] === '\n' ? '' : newline) + lines },
      ],
      mechanical: !canJoinSchedule(lines),
    },
  ];
}

/** The keyframe directly above a line, if no other text is between them. */
function keyframesAbove(between: readonly TextLine[], keyframes: readonly Keyframe[]): Map<TextLine, Keyframe> {
  const above = new Map<TextLine, Keyframe>();
  let next = 0;
  let before: TextLine | null = null;
  for (const textLine of between) {
    while (next < keyframes.length && keyframes[next]!.span.start < textLine.line.start) next++;
    const keyframe = keyframes[next - 1];
    if (keyframe && (!before || before.line.start < keyframe.span.start)) above.set(textLine, keyframe);
    before = textLine;
  }
  return above;
}
