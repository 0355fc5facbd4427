import { closeSync, openSync, readSync } from 'node:fs';
import { BadModelError, type TensorEntry } from '../../weights/tensor.ts';

/** Where an initializer's bytes are: in a file below a root folder, or in the graph itself. */
export type Placement = { readonly location: string; readonly offset: number; readonly length: number } | Uint8Array;

/**
 * Says where ONNX Runtime finds tensors. It takes locations below one root folder only, so the root of the drive that the
 * first tensor lies on is that folder; tensors of another drive (Windows) go into the graph.
 */
export class ExternalData {
  #root: string | undefined;

  /** The folder that locations start from. */
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
      if (count === 0) throw new BadModelError(`${file} ends before byte ${offset + length}: download it again.`);
      done += count;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
