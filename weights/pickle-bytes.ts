import { BadModelError, DAMAGED } from './tensor.ts';

/** Longer than any number in a model's pickle. */
const MAX_INTEGER_BYTES = 256;

/** Reads the arguments of pickle's opcodes one after another. */
export class PickleBytes {
  readonly path: string;
  readonly #bytes: Buffer;
  position: number;

  constructor(path: string, bytes: Buffer, start: number) {
    this.path = path;
    this.#bytes = bytes;
    this.position = start;
  }

  fail(what: string): never {
    throw new BadModelError(`${this.path} cannot be read: its pickle ${what} (byte ${this.position}). ${DAMAGED}`);
  }

  take(length: number): Buffer {
    const end = this.position + length;
    if (end > this.#bytes.length) this.fail('ends too early');
    const taken = this.#bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    return this.take(2).readUInt16LE();
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  i32(): number {
    return this.take(4).readInt32LE();
  }

  u64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  double(): number {
    return this.take(8).readDoubleBE();
  }

  text(length: number): string {
    return this.take(length).toString('utf8');
  }

  /** A line of the text protocol, without its end. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) this.fail('ends too early');
    const line = this.text(end - this.position);
    this.position++;
    return line;
  }

  /** A little-endian integer in two's complement; a bigint only if a number would be inexact. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) this.fail(`has a number of ${length} bytes`);
    const bytes = this.take(length);
    if (length === 0) return 0;
    const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
    const value = BigInt.asIntN(8 * length, unsigned);
    return BigInt.asIntN(53, value) === value ? Number(value) : value;
  }

  /** A number written as text. */
  decimal(): number {
    const text = this.line();
    const value = Number(text.replace(/L$/, ''));
    if (text === '' || Number.isNaN(value)) this.fail(`has "${text.slice(0, 40)}" instead of a number`);
    return value;
  }
}
