import { closeSync, openSync, readSync } from 'node:fs';
import { BadModelError, type TensorEntry, TRUNCATED } from '../../weights/tensor.ts';

/** The location of an initializer's bytes: in a file below a root folder, or in the graph itself. */
export type Placement = { readonly location: string; readonly offset: number; readonly length: number } | Uint8Array;

/**
 * Locates tensors for ONNX Runtime. It supports locations below only one root folder: here the root of the first
 * tensor's drive. Tensors on another drive (Windows) are copied into the graph.
 */
export class ExternalData {
  #root: string | undefined;

  /** The folder that locations are relative to. */
  get root(): string {
    return this.#root ?? '/';
  }

  place(entry: TensorEntry): Placement {
    if (entry.gathered) return entry.gathered;
    const { file, offset, length } = entry;
    const root = rootOf(file);
    this.#root ??= root;
    if (root.toLowerCase() !== this.#root.toLowerCase()) return readTensor(entry);
    return { location: file.slice(root.length), offset, length };
  }
}

/** `/`, `C:\` or `\\server\share\`. */
function rootOf(file: string): string {
  const root = /^(?:[A-Za-z]:[\\/]|\\\\[^\\/]+\\[^\\/]+\\|\/)/.exec(file)?.[0];
  if (root === undefined) throw new Error(`The path of a model file is not absolute: ${file}`);
  return root;
}

function readTensor({ file, offset, length }: TensorEntry): Uint8Array {
  const bytes = new Uint8Array(length);
  const descriptor = openSync(file, 'r');
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(descriptor, bytes, done, Math.min(length - done, 1 << 30), offset + done);
      if (count === 0) throw new BadModelError(`${file} ends before byte ${offset + length}. ${TRUNCATED}`);
      done += count;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
