/** 1-based line and column; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds lines and columns in a text. Lines end with LF, CRLF or CR. */
export class Positions {
  readonly #length: number;
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    this.#length = text.length;
    this.#lineStarts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  }

  /** @param offset UTF-16 units from the start; clamped to the text */
  at(offset: number): Position {
    const inside = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#lineStarts[middle]! <= inside) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: inside - this.#lineStarts[low]! + 1 };
  }
}
