import { recordIn, withRecord } from '../../plan/infotext.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { isRecord } from './record.ts';

/** No frames: the infotext as A1111 writes it, with the record as a parameter more. */
export const txt: MediaFormat = { extension: '.txt', encode, read, magic: null };

async function encode(_: Clip, { record, infotext }: Metadata): Promise<Uint8Array> {
  return Buffer.from(`${withRecord(infotext, record)}\n`, 'utf8');
}

function read(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  const record = recordIn(text);
  // Version 0.1 wrote it on a line of its own: the last line that is a record, because a prompt can contain anything.
  return record !== undefined && isRecord(record) ? record : text.split(/\r?\n/).findLast((line) => isRecord(line));
}
