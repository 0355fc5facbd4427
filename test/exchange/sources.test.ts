import { describe, expect, it } from 'vitest';
import { ImportError } from '../../exchange/notes.ts';
import { type ImportFile, MOST_TEXT_BYTES, sourcesOf } from '../../exchange/sources.ts';

/** A text file that is read in no more than its first bytes, unless it is asked for as a whole. */
function fileOf(size: number): ImportFile & { readonly read: string[] } {
  const read: string[] = [];
  const bytes = new TextEncoder().encode('a fox');
  return {
    read,
    size,
    head: async () => bytes,
    whole: async () => {
      read.push('whole');
      return bytes;
    },
    texts: async () => {
      read.push('texts');
      return { ok: false, message: 'no texts' };
    },
  };
}

describe('a text file', () => {
  it.each([200 * 2 ** 20, 2 ** 40, MOST_TEXT_BYTES + 1])('of %d bytes is refused unread', async (size) => {
    const file = fileOf(size);
    const reason = await sourcesOf(file).catch((error: unknown) => error);
    expect(reason).toBeInstanceOf(ImportError);
    expect(reason).toMatchObject({
      kind: 'too-large',
      message: 'It is larger than 64 MB, so it is not a text of a known tool.',
    });
    expect(file.read).toEqual([]);
  });

  it('of the largest size is read', async () => {
    const file = fileOf(MOST_TEXT_BYTES);
    expect(await sourcesOf(file)).toEqual({ sources: [{ text: 'a fox' }], notes: [] });
    expect(file.read).toEqual(['whole']);
  });
});
