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

/** Prints JSON. What JSON leaves as it is and a terminal does not is escaped. */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  process.stdout.write(`${json}\n`);
}

/** Paths in the current folder are shown relative to it. */
export function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
