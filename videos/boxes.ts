/** A box of an MP4 (ISO/IEC 14496-12 §4.2): `start` is where its content begins. */
export interface Box {
  readonly kind: string;
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/** Of a box: its size, its kind, and its size again if that needs 64 bits. */
export const BOX_HEAD = 16;

/** The whole boxes between two offsets. @returns whether there is nothing else */
export function* wholeBoxes(bytes: Buffer, from: number, to: number): Generator<Box, boolean> {
  let offset = from;
  while (offset < to) {
    const box = boxOf(bytes.subarray(offset, Math.min(offset + BOX_HEAD, to)), offset, to);
    if (!box || box.end > to) return false;
    yield box;
    offset = box.end;
  }
  return true;
}

/**
 * @param head the first `BOX_HEAD` bytes of the box, or what there is
 * @param offset of the box @param to the end of what contains it
 * @returns null if it is shorter than its head
 */
export function boxOf(head: Buffer, offset: number, to: number): Box | null {
  if (head.length < 8) return null;
  const short = head.readUInt32BE(0);
  if (short === 1 && head.length < BOX_HEAD) return null;
  const size = short === 0 ? to - offset : short === 1 ? Number(head.readBigUInt64BE(8)) : short;
  const header = short === 1 ? BOX_HEAD : 8;
  if (size < header) return null;
  return { kind: head.toString('latin1', 4, 8), offset, start: offset + header, end: offset + size };
}

/** All boxes of a kind in another one. */
export const boxesOf = (bytes: Buffer, { start, end }: Pick<Box, 'start' | 'end'>, kind: string): Box[] =>
  [...wholeBoxes(bytes, start, end)].filter((box) => box.kind === kind);

/** The first box on a path such as `mdia/minf/stbl` in another one; null: there is none. */
export function boxAt(bytes: Buffer, within: Pick<Box, 'start' | 'end'>, path: string): Box | null {
  let found: Box | null = null;
  for (const kind of path.split('/')) {
    found = boxesOf(bytes, found ?? within, kind)[0] ?? null;
    if (!found) return null;
  }
  return found;
}
