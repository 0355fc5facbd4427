import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasTexts, textsIn } from '../../../engine/media/texts.ts';

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG file with a compressed text, and without pixels. */
const pngWith = (field: string, compressed: Buffer) =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('zTXt', Buffer.concat([Buffer.from(`${field}\0\0`), compressed])),
    chunk('IEND', Buffer.alloc(0)),
  ]);

describe('compressed texts', () => {
  it('are read', () => {
    expect(textsIn(pngWith('workflow', deflateSync('{}')))).toEqual([{ field: 'workflow', text: '{}' }]);
  });

  it('are named if they are damaged', () => {
    expect(() => textsIn(pngWith('workflow', Buffer.from('damaged')))).toThrow('has a damaged text, “workflow”.');
  });
});

describe('a file that holds only the start of', () => {
  it.each([
    ['a PNG', '\x89PNG\r\n\x1a\n'],
    ['a GIF', 'GIF89a'],
    ['a JPEG', '\xff\xd8\xff'],
    ['a JPEG with a segment', '\xff\xd8\xff\xe0\0\x10JFIF\0'],
    ['a JPEG between segments', '\xff\xd8\xff\xe0\0\x04ab'],
    ['a WebP', 'RIFF\x10\0\0\0WEBP'],
    ['an MP4', '\0\0\0\x18ftypmp42'],
  ])('%s is truncated', (_, latin1) => {
    const bytes = Buffer.from(latin1, 'latin1');
    expect(hasTexts(bytes)).toBe(true);
    expect(() => textsIn(bytes)).toThrow(/^is truncated/);
  });
});
