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
}

/** A `.travel` file, which stays as it is. */
export interface ReadOwn {
  readonly travel: string;
  readonly notes: readonly Note[];
}

/** A format of another tool. Formats are detected from contents, never from names. */
export interface ExchangeFormat {
  readonly name: FormatName;
  /** Whether a text has this format. Formats are asked in the order of `FORMATS`. */
  readonly detect: (source: Source) => boolean;
  /** @throws ImportError */
  readonly read: (source: Source) => ReadClip | ReadOwn;
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
