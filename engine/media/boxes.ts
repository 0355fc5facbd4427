import { GET_AGAIN } from '../../plan/get-again.ts';
import { type Box, wholeBoxes } from '../../videos/boxes.ts';
import { NoRecordError } from './record.ts';

/**
 * The boxes between two offsets.
 *
 * @throws NoRecordError when a box extends past the end
 */
export function* boxesIn(bytes: Buffer, from: number, to: number): Generator<Box> {
  if (yield* wholeBoxes(bytes, from, to)) return;
  throw new NoRecordError(`is truncated or damaged: it ends in the middle of a video. ${GET_AGAIN}`);
}

/** The first box of each kind on a path such as `moov/trak/mdia`, outermost first; undefined if one is missing. */
export function findBoxes(bytes: Buffer, path: string): Box[] | undefined {
  const found: Box[] = [];
  for (const kind of path.split('/')) {
    const parent = found.at(-1);
    // A sample description counts its entries before it lists them.
    const start = (parent?.start ?? 0) + (parent?.kind === 'stsd' ? 8 : 0);
    const next = [...boxesIn(bytes, start, parent?.end ?? bytes.length)].find((box) => box.kind === kind);
    if (!next) return undefined;
    found.push(next);
  }
  return found;
}

/**
 * Appends a box to the innermost of `path` (see `findBoxes`) and enlarges all of them. Data offsets are not changed.
 */
export function appendBox(bytes: Buffer, path: readonly Box[], addition: Buffer): Buffer {
  const at = path.at(-1)?.end ?? bytes.length;
  const result = Buffer.concat([bytes.subarray(0, at), addition, bytes.subarray(at)]);
  for (const { offset, end } of path) result.writeUInt32BE(end - offset + addition.length, offset);
  return result;
}

/** A new box around its content. */
export function box(kind: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, body]);
}
