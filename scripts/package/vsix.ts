import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type Entry, open, type ZipFile } from 'yauzl';

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
  const zip = await (promisify(open) as (path: string, options: { lazyEntries: true }) => Promise<ZipFile>)(vsix, {
    lazyEntries: true,
  });
  const files: PackedFile[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', ({ fileName, uncompressedSize, crc32 }: Entry) => {
      const [, path] = /^extension\/(.*[^/])$/.exec(fileName) ?? [];
      if (path !== undefined) files.push({ path, size: uncompressedSize, crc32 });
      zip.readEntry();
    });
    zip.readEntry();
  });
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

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
