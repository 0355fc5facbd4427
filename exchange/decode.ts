import { ImportError, type Note, note } from './notes.ts';

/** A text file's content, and whether it was in UTF-8. */
export interface DecodedText {
  /** Without a byte order mark. */
  readonly text: string;
  readonly notes: readonly Note[];
}

/**
 * The text of a file in UTF-8 or UTF-16, with or without a byte order mark.
 *
 * @throws ImportError if the bytes are not text
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const encoding = utf16Of(bytes);
  if (encoding !== null) {
    const text = new TextDecoder(encoding).decode(bytes);
    return {
      text,
      notes: [
        note(
          'encoding',
          `The file is in ${encoding.toUpperCase()}, which most tools do not read. The result is in UTF-8.`,
        ),
      ],
    };
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw new ImportError(
      'unknown-format',
      `This is neither text nor an image or video of a known kind: byte ${zero} is 0.`,
    );
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes: [] };
  } catch {
    // What is not UTF-8 was written by older Windows programs.
    const text = new TextDecoder('windows-1252').decode(bytes);
    return {
      text,
      notes: [note('encoding', 'The file is not in UTF-8. It was read as Windows-1252; check letters with accents.')],
    };
  }
}

/** Whether bytes, or the first ones of a file, can be text. */
export const isText = (bytes: Uint8Array): boolean => utf16Of(bytes) !== null || !bytes.includes(0);

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: the letters that such a file begins with have a zero byte.
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'utf-16be';
  return null;
}
