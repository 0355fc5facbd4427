import { decodeText, isText } from './decode.ts';
import type { Source } from './format.ts';
import { ImportError, type Note } from './notes.ts';

/** Larger texts are not written by any of these tools. */
export const MOST_TEXT_BYTES = 64 * 1024 * 1024;

/** A file to import, which is read as little as possible. */
export interface ImportFile {
  /** Bytes. */
  readonly size: number;
  /** Its first bytes, enough to tell text from images: 4096, or all. */
  readonly head: () => Promise<Uint8Array>;
  readonly whole: () => Promise<Uint8Array>;
  /** The texts in its metadata, if it is an image or a video; or why there are none. */
  readonly texts: () => Promise<MediaTexts>;
}

export type MediaTexts =
  | { readonly ok: true; readonly texts: readonly Source[] }
  | { readonly ok: false; readonly message: string };

export interface FileSources {
  readonly sources: readonly Source[];
  readonly notes: readonly Note[];
}

/**
 * What `importTravel` reads of a file.
 *
 * @throws ImportError if it is too large, or an image or a video without texts
 */
export async function sourcesOf({ size, head, whole, texts }: ImportFile): Promise<FileSources> {
  if (!isText(await head())) {
    const media = await texts();
    if (!media.ok) throw new ImportError('no-metadata', media.message);
    return { sources: media.texts, notes: [] };
  }
  if (size > MOST_TEXT_BYTES) throw tooLarge();
  return textSources(await whole());
}

export const tooLarge = (): ImportError =>
  new ImportError(
    'too-large',
    `It is larger than ${MOST_TEXT_BYTES / 2 ** 20} MB, so it is not a text of a known tool.`,
  );

/** The same of a text file's bytes. */
export function textSources(bytes: Uint8Array): FileSources {
  const { text, notes } = decodeText(bytes);
  return { sources: [{ text }], notes };
}
