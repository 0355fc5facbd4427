import { isAbsolute, resolve } from 'node:path';
import type { NamedModelKind, ResolvedModel, WrongHash } from '../grammar/clip/environment.ts';
import { MODEL_ENDING, type ModelKind } from '../plan/model.ts';
import { modelFileName } from '../plan/paths.ts';
import type { DescribedModel } from './header-cache.ts';
import { expandHome } from './home.ts';
import type { ModelLibrary } from './model-library.ts';
import { AUTO_V2_DIGITS, comparable, hashIn, type ModelFile, withoutEnding } from './model-names.ts';
import { oneByOne, Wanted } from './wanted.ts';

type FoundHash = NonNullable<Awaited<ReturnType<ModelLibrary['hasHash']>>>;

/** The kinds of files that are accepted for a kind of name; prompts write motion LoRAs as LoRAs. */
const FITS: Readonly<Record<NamedModelKind, readonly ModelKind[]>> = {
  checkpoint: ['checkpoint'],
  'text-encoder': ['text-encoder'],
  vae: ['vae'],
  'motion-module': ['motion-module'],
  lora: ['lora', 'motion-lora'],
  embedding: ['embedding'],
  controlnet: ['controlnet'],
  film: ['film'],
};

/** Names that A1111 does not accept as the name that a LoRA was trained under. */
const NO_ALIAS = new Set(['none', 'addams']);

/** A tag ends at `>`, its items at `:`, an item with `=` is not a name, and braces are choices. */
export const canBeInTag = (name: string): boolean => !/[:=>{}]/.test(name);

/** Which model files a document's names mean. What is not read yet is answered as missing, and wanted. */
export class NamedModels {
  readonly #library: ModelLibrary;
  /** Of the document. */
  readonly #folder: string;
  /** By absolute path. */
  readonly #models: Wanted<DescribedModel>;
  /** By digits, a space and a path. Null: the file cannot be read. */
  readonly #hashes: Wanted<FoundHash | null>;

  /** @param folder absolute path of the document's folder */
  constructor(library: ModelLibrary, folder: string) {
    this.#library = library;
    this.#folder = folder;
    this.#models = new Wanted((paths) => library.describeAll(paths));
    this.#hashes = new Wanted(
      oneByOne((key) => {
        const space = key.indexOf(' ');
        return library.hasHash(key.slice(space + 1), key.slice(0, space));
      }),
    );
  }

  get wanted() {
    return [this.#hashes, this.#models] as const;
  }

  /** Reads files before anything asks for them. */
  async read(paths: readonly string[]): Promise<void> {
    await this.#models.read(paths);
  }

  /** The file that a document means by a name: see `Environment`. */
  resolve(kind: NamedModelKind, name: string): ResolvedModel | null {
    const groups = this.#candidates(name);
    const found = groups.flat().flatMap((path) => {
      const model = this.#models.get(path);
      return model?.ok ? [{ path, ...model }] : [];
    });
    const named = found.filter(({ description }) => FITS[kind].includes(description.kind));
    const hash = kind === 'checkpoint' ? hashIn(name) : null;
    const fitting = hash === null ? named : this.#byHash(named, hash);
    // A word in a prompt that is also the name of a LoRA is not an embedding. A checkpoint under `vae:` is returned, so
    // that the checks can report its kind.
    const other = found.find(({ description }) => description.kind === 'unsupported') ?? found[0];
    // Aliases are in the headers of all LoRAs, which are read only if no file has the name.
    const isRead = groups.flat().every((path) => this.#models.get(path) !== undefined);
    const alias = kind === 'lora' && fitting.length === 0 && isRead ? this.#byAlias(name) : null;
    const answer = fitting[0] ?? alias ?? (kind === 'embedding' ? null : other);
    if (!answer) return null;
    const { path, file, description } = answer;
    const group = groups.find((paths) => paths.includes(path)) ?? [];
    const same = fitting
      .filter((model) => group.includes(model.path))
      .map(({ path: own }) => {
        const listed = this.#library.files.find((candidate) => candidate.path === own);
        return listed ? this.#nameOf(listed, (other) => this.#isOf(kind, other)) : own;
      });
    return {
      name: withoutEnding(modelFileName(path)),
      file,
      description,
      ...(hash !== null && this.#wrongHash(path, hash)),
      // A hash decides between files of one name.
      ...(hash === null && same.length > 1 && { sameName: { used: same[0]!, others: same.slice(1) } }),
    };
  }

  /** Those with the hash first, and all in their order until it is read. */
  #byHash<T extends { readonly path: string }>(files: readonly T[], hash: string): readonly T[] {
    const has = new Set(files.filter(({ path }) => this.#hash(path, hash)?.has));
    return [...has, ...files.filter((file) => !has.has(file))];
  }

  #wrongHash(path: string, written: string): { wrongHash?: WrongHash } {
    const hash = this.#hash(path, written);
    if (!hash || hash.has) return {};
    return { wrongHash: { written, actual: hash.sha256.slice(0, Math.max(written.length, AUTO_V2_DIGITS)) } };
  }

  #hash(path: string, digits: string): FoundHash | null {
    return this.#hashes.get(`${digits} ${path}`) ?? null;
  }

  /** Why the file of a name cannot be read; null: it can be, or there is none. */
  unreadable(kind: NamedModelKind, name: string): string | null {
    if (this.resolve(kind, name)) return null;
    const models = this.#candidates(name).flatMap((paths) => paths.map((path) => this.#models.get(path)));
    const damaged = models.find((model) => model?.ok === false && !model.missing);
    return damaged?.ok === false ? damaged.reason : null;
  }

  /** Names for suggestions. Each means one file of the kind. All files are read. */
  names(kind: NamedModelKind): readonly string[] {
    const names = this.#namesOf((path) => this.#isOf(kind, path));
    return names.filter((name) => kind !== 'lora' || canBeInTag(name));
  }

  /**
   * Names of the files that are embeddings or not read yet. Embeddings are looked up for every prompt, so their files are
   * read only if a prompt contains the name.
   */
  possibleEmbeddings(): readonly string[] {
    return this.#namesOf((path) => {
      const model = this.#models.peek(path);
      return model === undefined || (model.ok && FITS.embedding.includes(model.description.kind));
    });
  }

  /** Files that the name means, in groups of equal names, then, if it is a path, the file relative to the document. */
  #candidates(name: string): readonly (readonly string[])[] {
    const listed = this.#library.names.find(name).map((files) => files.map(({ path }) => path));
    const isPath = isAbsolute(name) || /[\\/]/.test(name) || MODEL_ENDING.test(name);
    const beside = resolve(this.#folder, expandHome(name));
    return isPath && !name.includes('\0') && !listed.flat().includes(beside) ? [...listed, [beside]] : listed;
  }

  /**
   * The LoRA that was trained under a name, as in A1111: names of files come first, and a name that several LoRAs share
   * means none of them (`extensions-builtin/Lora/networks.py`, `forbidden_network_aliases`).
   */
  #byAlias(name: string) {
    if (NO_ALIAS.has(comparable(name))) return null;
    const named = this.#library.files.flatMap(({ path }) => {
      const model = this.#models.get(path);
      if (!model?.ok || model.description.kind !== 'lora') return [];
      const { alias } = model.description;
      return alias !== undefined && comparable(alias) === comparable(name) ? [{ path, ...model }] : [];
    });
    return named.length === 1 ? named[0]! : null;
  }

  /** Whether a file is of a kind; false until it is read. */
  #isOf(kind: NamedModelKind, path: string): boolean {
    const model = this.#models.get(path);
    return model?.ok === true && FITS[kind].includes(model.description.kind);
  }

  #namesOf(isMeant: (path: string) => boolean): readonly string[] {
    const files = this.#library.files.filter(({ path }) => isMeant(path));
    return [...new Set(files.map((file) => this.#nameOf(file, isMeant)))];
  }

  /** How to write the name of a file so that it means no other file that could be meant. */
  #nameOf(file: ModelFile, isMeant: (path: string) => boolean): string {
    return this.#library.names.unambiguous(file, (other) => isMeant(other.path));
  }
}
