import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FramingCheck } from '../../server/framing-check.ts';

const message = (content: string, header = `Content-Length: ${Buffer.byteLength(content)}\r\n\r\n`) =>
  Buffer.concat([Buffer.from(header), Buffer.from(content)]);

const passed = (chunks: readonly Buffer[]) => buffer(Readable.from(chunks).pipe(new FramingCheck()));

/** The error with which a stream of these bytes fails. */
const failure = (text: string) =>
  new Promise<Error>((resolve, reject) => {
    const check = new FramingCheck();
    check.on('error', resolve).on('end', () => reject(new Error('The input was accepted.')));
    check.resume().end(text);
  });

describe('the framing check', () => {
  it('passes valid messages on unchanged, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 40 }),
        async (texts, size) => {
          const bytes = Buffer.concat(texts.map((text) => message(text)));
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          expect(await passed(chunks)).toEqual(bytes);
        },
      ),
    );
  });

  it('accepts other header fields and any case', async () => {
    const bytes = message('{}', 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:2\r\n\r\n');
    expect(await passed([bytes])).toEqual(bytes);
  });

  it.each([
    'hello\r\n\r\n{}',
    'Content-Length: two\r\n\r\n{}',
    'Content-Length: -1\r\n\r\n{}',
    'Content-Length: \r\n\r\n{}',
    'Content-Length: 2.5\r\n\r\n{}',
    'Content-Length: 99999999999999\r\n\r\n{}',
    'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    'Content-Type: x\r\n\r\n{}',
    '\r\n\r\n{}',
    `{"jsonrpc":"2.0"}${'\n'.repeat(5000)}`,
    'Content-Length: 2\r\n\r\n{}garbage: after a message\r\n\r\n',
  ])('fails at %j', async (text) => {
    expect((await failure(text)).message).toContain('A message must begin with “Content-Length: …”');
  });
});
