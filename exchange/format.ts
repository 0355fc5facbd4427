import type { Clip } from './clip.ts';
import type { Note } from './notes.ts';

/** A text to import, and what is known about where it was. */
export interface Source {
  /** Without a byte order mark. */
  readonly text: string;
  /** The metadata of an image or video that holds it, such as `parameters` or `workflow`. */
  readonly field?: string | undefined;
}

export interface ReadClip {
  readonly clip: Clip;
  readonly notes: readonly Note[];
  /** All clips of a source that makes several. */
  readonly clips?: readonly ClipOption[];
}

/** One of several clips of a source, such as those of a workflow’s independent samplers. */
export interface ClipOption {
  /** Unique in the source. */
  readonly id: string;
  /** As a person named what makes it, or its kind. */
  readonly title: string;
  readonly frames: number;
  /** Pixels; null if the source does not have them. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** How its prompt begins. */
  readonly prompt: string;
}

/** A `.travel` file, which stays as it is. */
export interface ReadOwn {
  readonly travel: string;
  readonly notes: readonly Note[];
}

/** Images in a folder whose names are numbers, such as `0016.png`, with `/` in their paths; null if there is no such folder. */
export type NumberedImages = (folder: string) => ReadonlyMap<number, string> | null;

/** What a reader may look up beside a file. */
export interface Surroundings {
  readonly images?: NumberedImages | undefined;
}

export interface ReadOptions extends Surroundings {
  /** The clip to read of a source that has several, by its ID; undefined: the first one. */
  readonly clip?: string | undefined;
}

/** A format of another tool. Formats are detected from contents, never from names. */
export interface ExchangeFormat {
  readonly name: FormatName;
  /** Whether a text has this format. Formats are asked in the order of `FORMATS`. */
  readonly detect: (source: Source) => boolean;
  /** @throws ImportError */
  readonly read: (source: Source, options: ReadOptions) => ReadClip | ReadOwn;
}

export const FORMAT_NAMES = [
  'travel',
  'infotext',
  'webui-api',
  'cli',
  'comfy',
  'deforum',
  'fizz',
  'ade',
  'a1111-prompt',
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];
