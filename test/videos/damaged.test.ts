import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerOf } from '../../videos/read-header.ts';

const folders = [join(import.meta.dirname, 'files'), join(import.meta.dirname, '../engine/inputs/files')];
const files = folders.flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name))));

/** A file that counts what is read of it. */
function counted(bytes: Buffer) {
  const reads = { bytes: 0 };
  const file = {
    size: bytes.length,
    read: async (offset: number, length: number) => {
      const read = bytes.subarray(offset, offset + length);
      reads.bytes += read.length;
      return read;
    },
  };
  return { file, reads };
}

describe('headers of damaged videos', () => {
  it('never throw, and are read in little more than the file', async () => {
    const changes = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), value: fc.nat(255) }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        changes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (bytes, changed, kept) => {
          const copy = Buffer.from(bytes.subarray(0, Math.ceil(bytes.length * kept)));
          // Headers are at the start or at the end.
          for (const { at, value } of changed) copy[Math.floor(copy.length * at ** 3)] = value;
          const { file, reads } = counted(copy);
          expect(['video', 'refused']).toContain((await headerOf(file)).kind);
          expect(reads.bytes).toBeLessThan(8 * copy.length + 200_000);
        },
      ),
      { numRuns: 500 },
    );
  });
});
