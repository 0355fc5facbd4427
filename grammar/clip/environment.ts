import type { ModelDescription } from '../../plan/model.ts';
import type { FileRef } from '../../plan/plan.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';

/** Kinds of files that a `.travel` file names; a motion LoRA is asked for as `lora` and told apart by its content. */
export type NamedModelKind = 'checkpoint' | 'vae' | 'motion-module' | 'lora' | 'embedding';

export interface ResolvedModel {
  /** Name of the file without folder and extension. */
  readonly name: string;
  readonly file: FileRef;
  readonly description: ModelDescription;
}

/** A picture or a video, or a folder of pictures. */
export type InputKind = 'file' | 'folder';

/** Why an input cannot be used. */
export interface MissingInput {
  /** What is there instead. */
  readonly found: InputKind | 'nothing';
  /** Names in the folder where it should be. */
  readonly names: readonly string[];
}

/** What a plan needs to know of the world outside the text. Answers may not change while one plan is built. */
export interface Environment {
  /** What a name in a file means: a name from the model folders, a path, or `pocket`; null when there is none. */
  resolveModel(kind: NamedModelKind, name: string): ResolvedModel | null;
  /** Names that `resolveModel` knows, for "did you mean". */
  modelNames(kind: NamedModelKind): readonly string[];
  /** A `.travel` file that another extends; `path` as written, `from` the path of the file that names it, '' for the first. */
  readTravelFile(path: string, from: string): { readonly path: string; readonly text: string } | null;
  /**
   * What is wrong with an input; null where nothing is. Paths are as written, and start beside the document. A environment
   * without a disk does not answer: names are taken on trust.
   */
  missingInput?(path: string, kind: InputKind): MissingInput | null;
  /** Bytes of memory that this computer has; where they are not known, nothing is said of what a render needs. */
  readonly memory?: number | null | undefined;
  /** The lines of a wildcard file `__name__`; null when there is none. */
  wildcard(name: string): readonly string[] | null;
  /** Absolute path of the folder that `output` is relative to. */
  readonly outputFolder: string;
  /** Name of the source file without folder and extension: `{name}` in `output`. */
  readonly fileName: string;
  readonly now: Date;
  /** A seed for `seed: -1`, 0 … 2³² − 1. */
  randomSeed(): number;
  /** CLIP's tokenizer, where its vocabulary is at hand; without it nothing is said of the lengths of prompts. */
  readonly tokenizer?: ClipTokenizer | null | undefined;
}
