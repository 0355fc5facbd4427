import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { isRecord } from './record.ts';

/** No frames: the infotext as A1111 writes it, then the record on its own line. */
export const txt: MediaFormat = { extension: '.txt', encode, read, magic: null };

async function encode(_: Clip, { record, infotext }: Metadata): Promise<Uint8Array> {
  return Buffer.from(`${infotext}\n\n${record}\n`, 'utf8');
}

/** The last line that is a record, because a prompt can contain anything. */
function read(bytes: Buffer): string | undefined {
  return bytes
    .toString('utf8')
    .split(/\r?\n/)
    .findLast((line) => isRecord(line));
}
