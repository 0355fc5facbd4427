import { MODEL_ENDING } from '../plan/model.ts';
import { fileName } from '../plan/paths.ts';

/** A file with the ending of a model file. Its contents have not been read. */
export interface ModelFile {
  /** Its path relative to its model folder, with `/`, without ending: `people/knight`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Its path relative to each model root that contains it, with `/` and ending: `models/Lora/people/knight.pt`. */
  readonly inRoots: readonly string[];
}

/** `dreamshaper_8 [879db523c3]`, as A1111 shows checkpoints. */
const HASH_SUFFIX = /\[([0-9a-f]{6,64})\]\s*$/i;

/**
 * Model files by all names that can be written for them: the path relative to a model root, to its model folder, or to
 * any folder in between, with `/` or `\`, in any case, with or without ending and spaces at its ends.
 */
export class ModelNames {
  readonly #byName = new Map<string, ModelFile[]>();

  /** @param files in lookup order */
  constructor(files: readonly ModelFile[]) {
    for (const file of files) {
      for (const name of new Set(file.inRoots.flatMap(namesIn).map(comparable))) {
        const same = this.#byName.get(name);
        if (same) same.push(file);
        else this.#byName.set(name, [file]);
      }
    }
  }

  /**
   * The files that a name means, in groups: those that have exactly this name first, then those that have it with
   * another ending, or without A1111's hash. Files of one group have the same name. In a group, the best is first: with
   * the whole path within the model folder, then with the exact case and spaces.
   */
  find(written: string): readonly (readonly ModelFile[])[] {
    const seen = new Set<ModelFile>();
    return formsOf(written.replaceAll('\\', '/')).flatMap((form) => {
      const found = (this.#byName.get(comparable(form)) ?? []).filter((file) => !seen.has(file));
      for (const file of found) seen.add(file);
      const rank = ({ name, inRoots }: ModelFile) =>
        (comparable(name) === comparable(withoutEnding(form)) ? 0 : 2) +
        (inRoots.some((path) => path.endsWith(form) || withoutEnding(path).endsWith(form)) ? 0 : 1);
      return found.length === 0 ? [] : [found.sort((a, b) => rank(a) - rank(b))];
    });
  }

  /**
   * How to write a file's name so that it means no other file: without folders if possible.
   *
   * @param competes whether another file of the same name could be meant, such as one of the same kind
   * @param shortest the first name to try; by default the file's name without folders
   */
  unambiguous(file: ModelFile, competes: (other: ModelFile) => boolean, shortest = fileName(file.name)): string {
    const names = [...new Set([shortest, ...file.inRoots.flatMap(namesIn).sort(byLength)])];
    const isOwn = (name: string) =>
      this.find(name)[0]?.every((other) => other === file || !competes(other)) && name.length >= shortest.length;
    return names.find(isOwn) ?? file.path;
  }
}

/** File systems write `é` as one character or as two; both are the same name, in either case. */
export function comparable(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}

/** Every end of a path that begins at a folder, without and with ending. */
function namesIn(path: string): string[] {
  const ends = [path];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) ends.push(path.slice(at + 1));
  return ends.flatMap((end) => [withoutEnding(end), end]);
}

/** What a written name can mean, the most literal form first. */
function formsOf(written: string): string[] {
  const withoutHash = written.replace(HASH_SUFFIX, '');
  return [...new Set([written, withoutEnding(written), withoutHash, withoutEnding(withoutHash)])];
}

/** Digits of a SHA-256 that model sites (AutoV2) and A1111 show. */
export const AUTO_V2_DIGITS = 10;

/** The digits of the hash in a name, in lower case; null if it has none. */
export const hashIn = (written: string): string | null => HASH_SUFFIX.exec(written)?.[1]?.toLowerCase() ?? null;

export const withoutEnding = (name: string): string => name.trimEnd().replace(MODEL_ENDING, '');

/** Names without ending before those with one, then the shortest. */
function byLength(a: string, b: string): number {
  return Number(MODEL_ENDING.test(a)) - Number(MODEL_ENDING.test(b)) || a.length - b.length;
}
