import type { FileHandle } from 'node:fs/promises';

/** Bytes of a file at any place. */
export interface FileBytes {
  readonly size: number;
  /** Fewer than `length` if the file ends before. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Small pieces that follow one another are read together. */
const PAGE_BYTES = 4096;

/** The bytes of a file that is open. @param size as the file has it */
export function bytesOfFile(file: FileHandle, size: number): FileBytes {
  let page: { readonly offset: number; readonly bytes: Buffer } = { offset: 0, bytes: Buffer.alloc(0) };
  const direct = async (offset: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  };
  return {
    size,
    async read(offset, length) {
      if (length > PAGE_BYTES) return direct(offset, length);
      const isInPage = offset >= page.offset && offset + length <= page.offset + page.bytes.length;
      if (!isInPage) page = { offset, bytes: await direct(offset, PAGE_BYTES) };
      return page.bytes.subarray(offset - page.offset, offset - page.offset + length);
    },
  };
}
