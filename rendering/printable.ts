/**
 * Text that cannot control a terminal: control characters are replaced. Line ends stay; a carriage return, which would
 * overwrite the line, does not.
 */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** The same as one line: a file's name or a message must not look like several. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s*[\r\n]+\s*/g, ' '));
}
