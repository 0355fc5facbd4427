import type { Machine } from '../../plan/machine.ts';
import type { ModelDescription } from '../../plan/model.ts';
import type { FileRef } from '../../plan/plan.ts';
import type { RefusedVideo, VideoHeader } from '../../plan/video-header.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import type { ForeignReader } from '../pasted/foreign-reader.ts';
import type { NamedModelKind } from './model-kinds.ts';

export type { NamedModelKind };

/** How to write each of several files of one name so that only that file is meant. */
export interface SameName {
  readonly used: string;
  /** At least one. */
  readonly others: readonly string[];
}

/** A name with a hash in brackets, as A1111 writes checkpoints, of which no file has that hash. */
export interface WrongHash {
  /** Digits of the hash in the name. */
  readonly written: string;
  /** As many digits of the SHA-256 of the file that is used, at least ten. */
  readonly actual: string;
}

export interface ResolvedModel {
  /** Name of the file without folder and extension. */
  readonly name: string;
  readonly file: FileRef;
  readonly description: ModelDescription;
  /** Set if several files of the kind have the written name. */
  readonly sameName?: SameName;
  /** Set if the written name has the hash of another file. */
  readonly wrongHash?: WrongHash;
}

/** An image or a video, or a folder of images. */
export type InputKind = 'file' | 'folder';

/** Why an input cannot be used. */
export interface MissingInput {
  /** What exists at the path; `other`: a pipe, a socket or a device; `unreadable`: what `is` says. */
  readonly found: InputKind | 'nothing' | 'other' | 'unreadable';
  /** Completes “The file …”, if it is there but cannot be read: why, and what to do. */
  readonly is?: string;
  /** Names in the folder that should contain it. */
  readonly names: readonly string[];
}

/** An image or a video, or the images of a folder in the order of their names. */
export interface InputImages {
  readonly kind: InputKind;
  readonly files: readonly FileRef[];
  /** What else is in the folder, but for the files that systems leave there; absent: a file, or nothing. */
  readonly others?: OtherFiles;
}

/** An image in a folder that is there but cannot be opened. */
export interface UnreadableImage {
  readonly name: string;
  /** Completes “The file …”: why, and what to do. */
  readonly is: string;
}

/** Names of what is in a folder besides images that can be read. */
export interface OtherFiles {
  /** Images that cannot be opened; absent: none. */
  readonly unopened?: readonly UnreadableImage[];
  /** Images of kinds that cannot be read. */
  readonly unreadable: readonly string[];
  readonly videos: readonly string[];
  readonly folders: readonly string[];
  readonly ignored: readonly string[];
}

/** Everything outside the text that a plan depends on. Answers must not change while a plan is built. */
export interface Environment {
  /** Finds a model by its name in the model folders, by its path, or `pocket`; null if not found. */
  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null;
  /**
   * Why the file of a model that is not found cannot be read; null if there is no such file. An environment that reads
   * no files has no such function.
   */
  unreadableModel?(kind: NamedModelKind, name: string): string | null;
  /** Names that `resolveModel` finds, for suggestions: each means one file, which is of this kind. */
  modelNames(kind: NamedModelKind): readonly string[];
  /**
   * Names of embeddings, and of files that are not read yet and may be embeddings: every prompt is searched for them, so
   * their files are read only if a prompt contains the name. An environment that reads no files has no such function.
   */
  possibleEmbeddings?(): readonly string[];
  /**
   * A file that another one extends. `path` is as written, `from` is the path of the file that contains it, '' for the
   * document.
   */
  readTravelFile(path: string, from: string): { readonly path: string; readonly text: string } | null;
  /**
   * Why an input cannot be used; null if it can. The path is as written, `from` is the path of the file that contains it,
   * '' for the document. An environment without a file system has no such function, and paths are not checked.
   */
  missingInput?(path: string, kind: InputKind, from?: string): MissingInput | null;
  /**
   * The image at a path, or those of a folder; null if there is neither. `from` is the path of the file that contains
   * the path, '' for the document. An environment without a file system has no such function.
   */
  inputImages?(path: string, from: string): InputImages | null;
  /**
   * The network of a ControlNet preprocessor in the model folders, by what its path may end with, the best first; null if
   * none is found. An environment that reads no files has no such function.
   */
  networkFile?(names: readonly string[]): FileRef | null;
  /**
   * What the header of a file says that should be a video; null if it is not found or cannot be read. `from` as of
   * `inputImages`. An environment without a file system has no such function.
   */
  inputVideo?(path: string, from: string): VideoHeader | null;
  /**
   * Why an image of a folder cannot be used, by its header; null if it can, or if it is not known. An environment without
   * a file system has no such function.
   */
  imageDefect?(file: FileRef): RefusedVideo | null;
  /**
   * Hints of ControlNet units that were found to be black when they were made, by `hintKey`, or to have a fault, by
   * `faultKey`; if unknown, none is reported.
   */
  readonly emptyHints?: ReadonlySet<string> | null | undefined;
  /** Whether there is an ffmpeg, which reads most videos and writes some; if unknown, it is not checked. */
  readonly hasFfmpeg?: boolean | null | undefined;
  /** Memory of this computer in bytes; if unknown, the need of a render is not checked. */
  readonly memory?: number | null | undefined;
  /** Threads of a render on the CPU of this computer; if unknown, as if there was one. */
  readonly threads?: number | null | undefined;
  /** The lines of the file of the wildcard `__name__`, with empty ones and comments; null if it is not found. */
  wildcard(name: string): readonly string[] | null;
  /** Names of all wildcards, for `__*__` and names in another case; none if they cannot be listed. */
  wildcardNames(): readonly string[];
  /** Absolute path of the folder that `output` is relative to. */
  readonly outputFolder: string;
  /** Absolute path of the user's home folder, for `~`; absent if there is no file system. */
  readonly homeFolder?: string | null | undefined;
  /** Absolute path of the folder that a relative output path may not leave; if unknown, it is not checked. */
  readonly outputRoot?: string | null | undefined;
  /** What is set on this computer; absent: nothing. */
  readonly machine?: (Pick<Machine, 'device' | 'checkpoint'> & Partial<Pick<Machine, 'ffmpeg'>>) | undefined;
  /** Name of the source file without folder and extension: `{name}` in `output`. */
  readonly fileName: string;
  readonly now: Date;
  /** A seed for `seed: -1`, 0 … 2³² − 1. */
  randomSeed(): number;
  /** CLIP's tokenizer, if its vocabulary is available; without it, lengths of prompts are not checked. */
  readonly tokenizer?: ClipTokenizer | null | undefined;
  /** Converts text of other tools; absent: it is reported, without a fix. */
  readonly foreign?: ForeignReader | undefined;
}
