/** The line end of a text, CRLF if it has any. Looks through all of it. */
export const newlineOf = (text: string) => (text.includes('\r\n') ? '\r\n' : '\n');

/** The text with the line ends of `source`: CRLF if it has any, else LF. Unchanged if `source` is a single line. */
export function withLineEndsOf(source: string, text: string): string {
  if (!source.includes('\n')) return text;
  return text.replace(/\r?\n/g, newlineOf(source));
}
