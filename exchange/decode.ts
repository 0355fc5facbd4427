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
  if (hasSignature(bytes)) {
    throw new ImportError(
      'unknown-format',
      'This is neither text nor an image or video of a known kind, or only the start of one.',
    );
  }
  const encoding = utf16Of(bytes);
  if (encoding !== null) {
    const text = new TextDecoder(encoding).decode(bytes);
    const at = text.search(CONTROL);
    if (at >= 0) throw notText(`the code of character ${at} is ${text.charCodeAt(at)}`);
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
  const at = bytes.findIndex(isControl);
  if (at >= 0) throw notText(`byte ${at} is ${bytes[at]}`);
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
export function isText(bytes: Uint8Array): boolean {
  if (hasSignature(bytes)) return false;
  const encoding = utf16Of(bytes);
  return encoding === null ? !bytes.some(isControl) : !CONTROL.test(new TextDecoder(encoding).decode(bytes));
}

const notText = (reason: string): ImportError =>
  new ImportError('unknown-format', `This is neither text nor an image or video of a known kind: ${reason}.`);

/** Control characters that no text has: all but bell, backspace, white space and escape, as the tool `file` has it. */
const CONTROL = /[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]/;

const isControl = (byte: number): boolean => byte < 7 || (byte > 13 && byte < 0x20 && byte !== 0x1b) || byte === 0x7f;

/** What images begin with whose first bytes could be letters: PNG, JPEG, GIF and WebP. */
const SIGNATURES = /^(?:\x89PNG|\xff\xd8|GIF8[79]a|RIFF[\s\S]{4}WEBP)/;
const LONGEST_SIGNATURE = 12;

const hasSignature = (bytes: Uint8Array): boolean =>
  SIGNATURES.test(String.fromCharCode(...bytes.subarray(0, LONGEST_SIGNATURE)));

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: the letters that such a file begins with have a zero byte.
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'utf-16be';
  return null;
}
