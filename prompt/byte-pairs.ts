/**
 * Byte-pair encoding with CLIP's numbering: the 256 bytes, printable ones first; the same 256 at the end of a word;
 * then one id for each merge, in order of rank.
 */
export class BytePairMerger {
  /** Number of ids. */
  readonly size: number;
  readonly #idOfByte = bytesByPrintability();
  /** `left · 65536 + right` → the id of the two merged; a smaller id is an earlier merge. */
  readonly #merged = new Map<number, number>();

  /** @param merges two symbols per line, separated by a space. @throws when a line is not a merge of earlier symbols */
  constructor(merges: string) {
    const ids = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const id = this.#idOfByte[byte]!;
      ids.set(symbolOfByte(byte), id);
      ids.set(`${symbolOfByte(byte)}</w>`, id + 256);
    }
    const lines = merges.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '' && index === lines.length - 1) break;
      const [left = '', right = '', ...more] = line.trimEnd().split(' ');
      const leftId = ids.get(left);
      const rightId = ids.get(right);
      if (leftId === undefined || rightId === undefined || more.length > 0) {
        throw new Error(
          `The CLIP vocabulary is damaged: line ${index + 1}, "${line.slice(0, 40)}", is not a merge of two earlier ` +
            'symbols. Reinstall the extension.',
        );
      }
      const id = 512 + index;
      if (!ids.has(left + right)) ids.set(left + right, id);
      this.#merged.set(leftId * 65536 + rightId, id);
    }
    this.size = 512 + this.#merged.size;
  }

  /**
   * The ids of a word: repeatedly merges the pair with the earliest merge, leftmost first. With a queue, this takes
   * n log n for a word of n bytes.
   */
  encode(word: Uint8Array): number[] {
    const ids = Array.from(word, (byte) => this.#idOfByte[byte]!);
    const count = ids.length;
    if (count === 0) return [];
    ids[count - 1]! += 256;
    const next = ids.map((_, i) => i + 1);
    const previous = ids.map((_, i) => i - 1);
    const queue = new SmallestFirst();
    // Ids are below 2^17 and positions below 2^32, so both fit in one exact number.
    const offer = (left: number) => {
      const right = left < 0 ? count : next[left]!;
      if (right >= count) return;
      const id = this.#merged.get(ids[left]! * 65536 + ids[right]!);
      if (id !== undefined) queue.push(id * 2 ** 32 + left);
    };
    for (let i = 0; i < count - 1; i++) offer(i);

    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
      const id = Math.floor(entry / 2 ** 32);
      const left = entry % 2 ** 32;
      const right = next[left]!;
      // Entries stay in the queue when a neighbor merges; outdated ones are dropped here. −1, the id of a symbol
      // that was merged away, has no merges.
      if (right >= count || this.#merged.get(ids[left]! * 65536 + ids[right]!) !== id) continue;
      ids[left] = id;
      ids[right] = -1;
      next[left] = next[right]!;
      if (next[left]! < count) previous[next[left]!] = left;
      offer(left);
      offer(previous[left]!);
    }
    return ids.filter((id) => id >= 0);
  }
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/** In merges, an unprintable byte is written as a character from U+0100 on. */
function symbolOfByte(byte: number): string {
  if (isPrintable(byte)) return String.fromCharCode(byte);
  let unprintableBefore = 0;
  for (let other = 0; other < byte; other++) if (!isPrintable(other)) unprintableBefore++;
  return String.fromCharCode(256 + unprintableBefore);
}

function bytesByPrintability(): number[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const order = [...bytes.filter(isPrintable), ...bytes.filter((byte) => !isPrintable(byte))];
  const idOfByte: number[] = [];
  for (const [id, byte] of order.entries()) idOfByte[byte] = id;
  return idOfByte;
}

/** A binary heap of numbers. */
class SmallestFirst {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const smallest = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return smallest;
    let at = 0;
    while (true) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return smallest;
  }
}
