import { applyEdits, type TextEdit } from '../format/format.ts';
import { newlineOf } from '../line-ends.ts';
import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';

/**
 * The lines of each keyframe, without the last newline, in the order of the text. The comments right above a keyframe
 * belong to it, and those right below it if an empty line follows them.
 */
export function keyframeBlocks({ text, frontMatter, keyframes }: TravelDocument): TextSpan[] {
  const bodyStart = frontMatter ? text.indexOf('\n', frontMatter.span.end) + 1 : text.startsWith('\uFEFF') ? 1 : 0;
  const blocks = keyframes.map(({ line, span }) => ({
    start: Math.max(line.start, bodyStart),
    end: lineEnd(text, span.end),
  }));
  let above = bodyStart;
  for (const [i, block] of blocks.entries()) {
    const lines = commentLines(text, above, block.start);
    const attached = lines.findLastIndex(({ isComment }) => !isComment) + 1;
    block.start = lines[attached]?.start ?? block.start;
    const before = blocks[i - 1];
    const trailing = lines.findIndex(({ isComment }) => !isComment);
    // Without an empty line, all of them belong to the keyframe below.
    if (before && trailing > 0) before.end = lineEnd(text, lines[trailing - 1]!.start);
    above = text.indexOf('\n', block.end) + 1;
  }
  return blocks;
}

/**
 * The edits that put a block behind another one, or before all of them (−1).
 *
 * @param edits of the text of the block
 */
export function moveBlock(
  text: string,
  blocks: readonly TextSpan[],
  from: number,
  after: number,
  edits: readonly TextEdit[],
): TextEdit[] {
  const block = blocks[from]!;
  const hasNewline = block.end < text.length;
  // The last line of the file has no newline of its own, so the one before it goes.
  const removal = hasNewline
    ? { start: block.start, end: text.indexOf('\n', block.end) + 1 }
    : { start: newlineBefore(text, block.start), end: block.end };
  return [{ span: removal, text: '' }, insertion(text, blocks, after, editedPart(text, block, edits))];
}

/** An insertion of lines behind a block, or before all of them (−1). */
export function insertion(text: string, blocks: readonly TextSpan[], after: number, content: string): TextEdit {
  const newline = newlineOf(text);
  const before = blocks[after];
  if (!before) {
    const { start } = blocks[0]!;
    return { span: { start, end: start }, text: content + newline };
  }
  return { span: { start: before.end, end: before.end }, text: newline + content };
}

/**
 * The edit that reverses the order of the blocks and of what is between them.
 *
 * @param edits of the text of each block
 */
export function reverseBlocks(
  text: string,
  blocks: readonly TextSpan[],
  edits: readonly (readonly TextEdit[])[],
): TextEdit {
  const parts = blocks.flatMap((block, i) => {
    const next = blocks[i + 1];
    const own = editedPart(text, block, edits[i]!);
    return next ? [own, text.slice(block.end, next.start)] : [own];
  });
  return { span: { start: blocks[0]!.start, end: blocks.at(-1)!.end }, text: parts.reverse().join('') };
}

function editedPart(text: string, { start, end }: TextSpan, edits: readonly TextEdit[]): string {
  const moved = edits.map(({ span, text: put }) => ({
    span: { start: span.start - start, end: span.end - start },
    text: put,
  }));
  return applyEdits(text.slice(start, end), moved);
}

/** The lines from one line's start to another's. */
function commentLines(
  text: string,
  from: number,
  to: number,
): { readonly start: number; readonly isComment: boolean }[] {
  const lines: { start: number; isComment: boolean }[] = [];
  for (let start = from; start < to; ) {
    const newline = text.indexOf('\n', start);
    lines.push({ start, isComment: text.slice(start, newline).trim().startsWith('#') });
    start = newline + 1;
  }
  return lines;
}

function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline < 0) return text.length;
  return text[newline - 1] === '\r' && newline > offset ? newline - 1 : newline;
}

function newlineBefore(text: string, lineStart: number): number {
  return text.endsWith('\r\n', lineStart) ? lineStart - 2 : Math.max(0, lineStart - 1);
}
