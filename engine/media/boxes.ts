import { NoRecordError } from './metadata.ts';

/** A box of an MP4 (ISO/IEC 14496-12 §4.2): `start` is where its content begins. */
export interface Box {
  readonly kind: string;
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The boxes between two offsets.
 *
 * @throws NoRecordError when one reaches over the end
 */
export function* boxesIn(bytes: Buffer, from: number, to: number): Generator<Box> {
  let offset = from;
  while (offset < to) {
    const { size, header } = sizeAt(bytes, offset, to);
    if (size < header || offset + size > to) {
      throw new NoRecordError('was cut off or damaged: it ends in the middle of a video. Copy or download it again.');
    }
    yield {
      kind: bytes.toString('latin1', offset + 4, offset + 8),
      offset,
      start: offset + header,
      end: offset + size,
    };
    offset += size;
  }
}

function sizeAt(bytes: Buffer, offset: number, to: number): { size: number; header: number } {
  if (offset + 8 > to) return { size: 0, header: 8 };
  const size = bytes.readUInt32BE(offset);
  if (size === 0) return { size: to - offset, header: 8 };
  if (size !== 1) return { size, header: 8 };
  return offset + 16 > to ? { size: 0, header: 16 } : { size: Number(bytes.readBigUInt64BE(offset + 8)), header: 16 };
}

/** The first box at a path such as `moov/trak/mdia`, if there is one. */
export function findBox(bytes: Buffer, path: string): Box | undefined {
  let found: Box | undefined;
  for (const kind of path.split('/')) {
    const inside = boxesIn(bytes, found?.start ?? 0, found?.end ?? bytes.length);
    found = [...inside].find((box) => box.kind === kind);
    if (!found) return undefined;
  }
  return found;
}

export function box(kind: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, body]);
}
