import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';

/** A file in a package. */
export interface PackedFile {
  /** In the extension's folder. */
  readonly path: string;
  /** Bytes, unpacked. */
  readonly size: number;
  readonly crc32: number;
}

/** The files of the extension in a `.vsix` archive. */
export async function packedFiles(vsix: string): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  const zip = await openPromise(vsix, { lazyEntries: true });
  for await (const { fileName, uncompressedSize, crc32 } of zip.eachEntry()) {
    const path = pathOf(fileName);
    if (path !== null) files.push({ path, size: uncompressedSize, crc32 });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The contents of the extension's files in a `.vsix` archive, by their paths. */
export async function unpack(vsix: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const zip = await openPromise(vsix, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    const path = pathOf(entry.fileName);
    if (path !== null) files.set(path, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}

/** A path in the extension's folder; null for a folder, and for what describes the package. */
const pathOf = (name: string) => /^extension\/(.*[^/])$/.exec(name)?.[1] ?? null;

const NATIVE = /\.(node|dll|dylib|wasm|so[.\d]*)$/;

/** Native code, which must be as its maker signed it. */
export const isNative = ({ path }: PackedFile): boolean => NATIVE.test(path);

/**
 * Native files in a package that are not, byte for byte, those of the npm packages.
 *
 * @param folder that has the npm packages in its `node_modules`
 */
export async function changedNativeFiles(files: readonly PackedFile[], folder: string): Promise<string[]> {
  const changed = [];
  for (const file of files.filter(isNative)) {
    if (crc32(await readFile(join(folder, file.path))) !== file.crc32) changed.push(file.path);
  }
  return changed;
}

/** Files that no user needs: source maps, sources, declarations and tests. */
export const isForDevelopment = ({ path }: PackedFile): boolean =>
  /\.(map|[cm]?tsx?|mdx?\.map|gyp|cc|h)$|(^|\/)(tests?|src|bench)\//.test(path);
