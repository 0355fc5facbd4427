import { Transform, type TransformCallback } from 'node:stream';

/** LSP has two short header fields. */
const MOST_HEADER_BYTES = 4096;

/** Longer than the longest document that an editor opens, many times over. */
const MOST_CONTENT_BYTES = 1024 * 1024 * 1024;

const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Passes on LSP messages, and fails at the first header that is not valid. Afterwards nobody knows where the next
 * message starts: the reader of `vscode-jsonrpc` would wait for one forever.
 *
 * @see https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#headerPart
 */
export class FramingCheck extends Transform {
  /** The part of a header that has arrived. */
  #header = Buffer.alloc(0);
  /** Bytes of the current message's content that are still to come. */
  #remaining = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      const taken = this.#remaining > 0 ? this.#passContent(rest) : this.#passHeader(rest);
      if (taken instanceof Error) {
        done(taken);
        return;
      }
      rest = rest.subarray(taken);
    }
    done();
  }

  /** @returns the number of bytes that were taken */
  #passContent(bytes: Buffer): number {
    const content = bytes.subarray(0, this.#remaining);
    this.#remaining -= content.length;
    this.push(content);
    return content.length;
  }

  /** Keeps what it takes until the header is complete. @returns the number of bytes that were taken */
  #passHeader(bytes: Buffer): number | Error {
    const before = this.#header.length;
    const header = Buffer.concat([this.#header, bytes.subarray(0, MOST_HEADER_BYTES)]);
    const end = header.indexOf(HEADER_END);
    if (end < 0) {
      this.#header = header;
      return header.length > MOST_HEADER_BYTES ? invalid(header) : header.length - before;
    }
    const length = contentLength(header.toString('latin1', 0, end));
    if (length === null) return invalid(header);
    const size = end + HEADER_END.length;
    this.push(header.subarray(0, size));
    this.#remaining = length;
    this.#header = Buffer.alloc(0);
    return size - before;
  }
}

/** null if the header is not valid. */
function contentLength(header: string): number | null {
  const lines = header.split('\r\n');
  if (!lines.every((line) => /^[\w-]+:/.test(line))) return null;
  const lengths = lines.flatMap((line) => /^content-length:\s*(\d+)\s*$/i.exec(line)?.[1] ?? []);
  const length = lengths.length === 1 ? Number(lengths[0]) : Infinity;
  return length <= MOST_CONTENT_BYTES ? length : null;
}

function invalid(header: Buffer): Error {
  const start = JSON.stringify(header.toString('latin1', 0, 80));
  return new Error(`the input is not LSP. A message must begin with “Content-Length: …”, not with ${start}.`);
}
