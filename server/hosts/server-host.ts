import type { Environment } from '../../grammar/clip/environment.ts';
import type { ModelDescription } from '../../plan/model.ts';
import type { RenderTime } from '../../plan/render-cost.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import type { Configuration } from '../configuration.ts';

/** A file with the choices for `__name__`. */
export interface WildcardFile {
  readonly name: string;
  readonly uri: string;
}

/** A file or a folder in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The wildcard folders of a document: in a workspace with several folders, each can have its own. */
export type WildcardFolders = (uri: string) => Promise<readonly string[]>;

/** The `.travel` files around a document, for names that several files share. */
export interface TravelFiles {
  /**
   * The files in the workspace folder with the document; beside it if it is in none. At most 2,000 files among 50,000
   * entries are listed, without hidden folders and `node_modules`.
   */
  list(uri: string): Promise<{ readonly uris: readonly string[]; readonly isComplete: boolean }>;
  /** null if it cannot be read. */
  read(uri: string): Promise<string | null>;
  /** The URI of the file that one names with `extends`; null if there is none. */
  resolve(uri: string, path: string): string | null;
  isEditable(uri: string): Promise<boolean>;
}

/** What the server needs of the machine it runs on: a computer with a disk, or a browser. */
export interface ServerHost {
  /** URI of the folder with a page for each diagnostic code, ending in `/`; null if only the client knows it. */
  readonly pages: string | null;
  /** From now on only the program's own files are read: the files that a document names are assumed to exist. */
  closeDisk(): void;
  /** The workspace folders, as URIs. A relative output path cannot leave the one that contains its document. */
  openFolders(uris: readonly string[]): void;
  /**
   * Uses these folders from now on. Returns one sentence for the log per folder that cannot be used.
   * @param wildcardFolders of each document; by default those of the configuration
   */
  configure(configuration: Configuration, wildcardFolders?: WildcardFolders): Promise<readonly string[]>;
  /** Lists the model folders again, to find files that were added or removed. Returns sentences as `configure` does. */
  rescan(): Promise<readonly string[]>;
  /** The folders that are searched for models, as the user wrote them, whether they can be read or not. */
  readonly modelFolders: readonly string[];
  /** Whether the files that a document names are read, and it is in a folder that its renders can be written to. */
  hasFiles(uri: string): boolean;
  /**
   * Runs `work` on the files that a document may name, again and again until it asks for nothing new.
   * @param work pure; the last run gives the result
   */
  settle<T>(uri: string, work: (environment: Environment) => T): Promise<T>;
  wildcards(uri: string): Promise<readonly WildcardFile[]>;
  /**
   * What is in a folder that a document may name, in any order and without hidden files; nothing if it cannot be read,
   * or if files are not read.
   * @param path as written in the document, or '' for its own folder
   */
  entries(uri: string, path: string): Promise<readonly FolderEntry[]>;
  /** CLIP's tokenizer; null if its vocabulary cannot be read. */
  tokenizer(): Promise<ClipTokenizer | null>;
  /** The type of a model file, in one line. */
  describe(description: ModelDescription): string;
  /** @param path as an `Environment` of this host gives it */
  fileUri(path: string): string;
  /** Absent if it cannot list files: names are then those of a single document. */
  readonly travelFiles?: TravelFiles;
  /** How long the last renders on this computer took, oldest first. Absent if it does not render. */
  renderTimes?(): Promise<readonly RenderTime[]>;
  /** Globs of the files that answers depend on, in the workspace or (`folder`, a URI) in another folder. */
  watched(): readonly { readonly folder: string | null; readonly glob: string }[];
}
