import type { Environment } from '../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../plan/model.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import type { Configuration } from '../configuration.ts';

/** A file of choices for `__name__`. */
export interface WildcardFile {
  readonly name: string;
  readonly uri: string;
}

/** What the server needs of the machine it runs on: a computer with a disk, or a browser without one. */
export interface ServerHost {
  /** Address of the folder with a page for each code of a problem, ending in `/`; null where only the client knows it. */
  readonly pages: string | null;
  /** From now on no file is read but the program's own: what a document names is taken on trust. */
  closeDisk(): void;
  /** Takes over the user's folders. What is wrong with one is a sentence for the log, and the others still count. */
  configure(configuration: Configuration): Promise<readonly string[]>;
  /** Lists model folders again; the way to notice files that came or went. */
  rescan(): Promise<readonly string[]>;
  /**
   * Runs `work` on the files that a document may name, again and again until it has asked nothing new.
   * @param work pure; its last run gives the result
   */
  settle<T>(uri: string, work: (host: Environment) => T): Promise<T>;
  wildcards(uri: string): Promise<readonly WildcardFile[]>;
  /** CLIP's tokenizer; null where its vocabulary cannot be had. */
  tokenizer(): Promise<ClipTokenizer | null>;
  /** One line on what a model file is. */
  describe(description: ModelDescription): string;
  fileUri(path: string): string;
  /** Globs of the files that answers depend on, and absolute folders to look in besides the workspace's. */
  watched(): readonly { readonly folder: string | null; readonly glob: string }[];
}
