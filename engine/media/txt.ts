import { isSealed } from './metadata.ts';

/** The infotext as A1111 writes it, then the sealed plan on a line of its own. */
export function encodeTxt(sealed: string, infotext: string): Uint8Array {
  return Buffer.from(`${infotext}\n\n${sealed}\n`, 'utf8');
}

/** The sealed plan inside a text: its last line that is one, since a prompt may hold anything. */
export function readTxt(bytes: Buffer): string | undefined {
  return bytes
    .toString('utf8')
    .split(/\r?\n/)
    .findLast((line) => isSealed(line));
}
