/** The marks of Markdown for code, alone on a line, with a language after the first one. */
const OPENING = /^\s*(?:`{3,}|~{3,})[ \t]*[\w+-]{0,20}[ \t]*\r?\n/;
const CLOSING = /\r?\n[ \t]*(?:`{3,}|~{3,})\s*$/;
/** A text in one pair of backticks. */
const INLINE = /^\s*`([^`]+)`\s*$/;

/** Text that was copied from Markdown, without the marks of code around it; the same text if it has none. */
export function withoutFence(text: string): string {
  const inner = text.trimEnd();
  const end = /[`~]$/.test(inner) ? (CLOSING.exec(inner.slice(lastLine(inner)))?.[0].length ?? 0) : 0;
  const rest = end > 0 ? inner.slice(0, inner.length - end) : text;
  const whole = rest.replace(OPENING, '');
  return whole === text ? (INLINE.exec(text)?.[1] ?? text) : whole;
}

/** Where the last line starts, with the line break before it. */
function lastLine(text: string): number {
  const newline = text.lastIndexOf('\n');
  return newline > 0 && text[newline - 1] === '\r' ? newline - 1 : Math.max(newline, 0);
}

/** The texts between such marks in a text that has more than them. */
export function fencedBlocks(text: string): string[] {
  const blocks: string[] = [];
  let block: string[] | null = null;
  for (const line of text.split('\n')) {
    if (!isFence(line)) block?.push(line);
    else if (block === null) block = [];
    else {
      blocks.push(block.join('\n'));
      block = null;
    }
  }
  return blocks;
}

/** A line that is only such a mark. */
export const isFence = (line: string): boolean => /^[ \t]*(?:`{3,}|~{3,})[ \t]*[\w+-]{0,20}[ \t\r]*$/.test(line);
