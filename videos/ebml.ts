/** An element of Matroska (EBML, RFC 8794). */
export interface Element {
  /** With its marker bit. */
  readonly id: number;
  /** Where its content begins and ends; `end` is Infinity if its size is unknown. */
  readonly start: number;
  readonly end: number;
}

/** Of an element: an id of up to 4 bytes and a size of up to 8. */
export const ELEMENT_HEAD = 12;

/**
 * @param head the first `ELEMENT_HEAD` bytes of the element, or what there is
 * @param offset of the element
 * @returns null if the head is not whole, or is none
 */
export function elementOf(head: Buffer, offset: number): Element | null {
  const idLength = lengthAt(head, 0);
  if (idLength === null || idLength > 4) return null;
  const sizeLength = lengthAt(head, idLength);
  if (sizeLength === null) return null;
  const start = offset + idLength + sizeLength;
  // Without its marker bit, because a double cannot hold both that and the last digits of an 8-byte size.
  const size = unsignedAt(head, idLength, sizeLength, 0xff >> sizeLength);
  const isUnknown = size >= 2 ** (7 * sizeLength) - 1;
  return { id: unsignedAt(head, 0, idLength), start, end: isUnknown ? Number.POSITIVE_INFINITY : start + size };
}

export interface WholeElement extends Element {
  readonly content: Buffer;
}

/** The whole elements of some bytes; one of unknown size goes to the end. @returns whether there is nothing else */
export function* wholeElements(bytes: Buffer): Generator<WholeElement, boolean> {
  let offset = 0;
  while (offset < bytes.length) {
    const element = elementOf(bytes.subarray(offset, offset + ELEMENT_HEAD), offset);
    if (!element) return false;
    const end = element.end === Number.POSITIVE_INFINITY ? bytes.length : element.end;
    if (end > bytes.length) return false;
    yield { ...element, end, content: bytes.subarray(element.start, end) };
    offset = end;
  }
  return true;
}

/** Bytes of the variable-length integer at an offset: the leading zeros of its first byte, and one; null: not whole. */
export function lengthAt(bytes: Buffer, offset: number): number | null {
  const length = Math.clz32(bytes[offset] ?? 0) - 23;
  return length > 8 || offset + length > bytes.length ? null : length;
}

/** @param mask of the first byte */
export function unsignedAt(bytes: Buffer, offset: number, length: number, mask = 0xff): number {
  let value = length > 0 ? bytes[offset]! & mask : 0;
  for (let i = 1; i < length; i++) value = value * 256 + bytes[offset + i]!;
  return value;
}
