import { isAbsolute, relative } from 'node:path';
import { printable } from '../rendering/printable.ts';

/**
 * Prints to standard output, without control characters, which could control the terminal. @param text one line or more
 */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** The same to standard error: problems, progress and notes. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Prints data, such as the source inside a file, exactly as it is. */
export function printVerbatim(text: string): void {
  process.stdout.write(text);
}

/** Prints JSON over several lines. */
export function printJson(value: unknown): void {
  printVerbatim(`${jsonText(value, 2)}\n`);
}

/** Prints JSON as one line. */
export function printJsonLine(value: unknown): void {
  printVerbatim(`${jsonText(value, 0)}\n`);
}

/** What JSON leaves as it is and a terminal does not is escaped. */
function jsonText(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Paths in the current folder are shown relative to it. */
export function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
