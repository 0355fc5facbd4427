import type { NamedBytes } from './atomic.ts';
import type { Clip } from './frames.ts';

/** Texts that every rendered file contains. */
export interface Metadata {
  /** The published plan with its source (`encodeRecord`): printable ASCII without `<`, `>` and `&`. */
  readonly record: string;
  /** A1111's parameters, for other tools. */
  readonly infotext: string;
}

/** How clips are written in one file format, and how `travel extract` reads them. */
export interface MediaFormat {
  /** With its dot. */
  readonly extension: string;
  /**
   * The whole file.
   *
   * @throws CannotWriteError when the encoder fails for a reason that the user can act on; the signal's reason
   */
  readonly encode: (clip: Clip, metadata: Metadata, signal?: AbortSignal) => Promise<Uint8Array>;
  /** Writes a clip of several frames as a folder of files. Without it, a clip is always one file. */
  readonly encodeFolder?: (clip: Clip, metadata: Metadata, signal?: AbortSignal) => AsyncIterable<NamedBytes>;
  /**
   * The record inside a file, or undefined if it has none.
   *
   * @throws NoRecordError when the file is truncated or damaged
   */
  readonly read: (bytes: Buffer) => string | undefined;
  /** Matches the first bytes of every file, as Latin-1. null: plain text, read if no other format matches. */
  readonly magic: RegExp | null;
  /**
   * Verifies before a render that the format can be written on this computer.
   *
   * @throws CannotWriteError that says what to install
   */
  readonly check?: () => Promise<void>;
  /** The same for a clip with sound, of a format that has sound. */
  readonly checkSound?: () => Promise<void>;
}
