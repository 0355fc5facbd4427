/** Lists of values one after the other. */
export function join(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** The first `size` values of each of `count` rows, and the rest of them. @param rows flat */
export function splitRows(rows: Float32Array, count: number, size: number): [Float32Array, Float32Array] {
  const length = rows.length / count;
  const [first, rest] = [new Float32Array(count * size), new Float32Array(count * (length - size))];
  for (let row = 0; row < count; row++) {
    first.set(rows.subarray(row * length, row * length + size), row * size);
    rest.set(rows.subarray(row * length + size, (row + 1) * length), row * (length - size));
  }
  return [first, rest];
}
