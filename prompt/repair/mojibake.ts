import { SPACE } from '../characters.ts';
import {
  BAD,
  BOX,
  C1,
  CLOSING,
  COMMON,
  CONTINUATION,
  CURRENCY,
  FIRST_OF_2,
  FIRST_OF_3,
  FIRST_OF_4,
  KAOMOJI,
  LAW,
  LOWER_ACCENTED,
  LOWER_COMMON,
  NUMERIC,
  OPENING,
  STRICT_CONTINUATION,
  UPPER_ACCENTED,
  UPPER_COMMON,
} from './characters.ts';
import { ENCODINGS, type SingleByteEncoding } from './encodings.ts';

/** Text that went through more wrong encodings is not repaired further; every one doubles its length. */
const MOST_STEPS = 16;

/** Signs next to each other that hardly anybody writes on purpose, such as a lowercase letter before a capital Ã. */
const PAIRS =
  `[${C1}]` +
  `|[${BAD}${LOWER_ACCENTED}${UPPER_ACCENTED}${BOX}${OPENING}${CLOSING}${CURRENCY}${NUMERIC}${LAW}][${BAD}]` +
  `|[a-zA-Z][${LOWER_COMMON}${UPPER_COMMON}][${BAD}]` +
  `|[${BAD}][${LOWER_ACCENTED}${UPPER_ACCENTED}${BOX}${OPENING}${CLOSING}${CURRENCY}${NUMERIC}${LAW}]` +
  `|[${LOWER_ACCENTED}${LOWER_COMMON}${BOX}${CLOSING}${CURRENCY}${NUMERIC}][${UPPER_ACCENTED}]` +
  `|[${BOX}${CLOSING}${CURRENCY}${NUMERIC}][${LOWER_ACCENTED}]` +
  `|[${LOWER_ACCENTED}${BOX}${CLOSING}][${CURRENCY}]` +
  `|[${SPACE}][${UPPER_ACCENTED}][${CURRENCY}]` +
  `|[${UPPER_ACCENTED}${BOX}][${NUMERIC}${LAW}]` +
  `|[${LOWER_ACCENTED}${UPPER_ACCENTED}${BOX}${CURRENCY}${CLOSING}][${OPENING}][${NUMERIC}]` +
  `|[${LOWER_ACCENTED}${UPPER_ACCENTED}${CURRENCY}${NUMERIC}${BOX}${LAW}][${CLOSING}][${OPENING}]` +
  `|[${CURRENCY}${NUMERIC}${BOX}][${OPENING}]` +
  `|[a-z][${UPPER_ACCENTED}][${OPENING}${CURRENCY}]` +
  `|[${BOX}][${KAOMOJI}]` +
  `|[${LOWER_ACCENTED}${UPPER_ACCENTED}${CURRENCY}${NUMERIC}${OPENING}${CLOSING}${LAW}][${BOX}]` +
  `|[${BOX}][${CLOSING}]` +
  `|[${LOWER_ACCENTED}${UPPER_ACCENTED}][${OPENING}${CLOSING}][\\p{L}\\p{N}_]` +
  `|[Œœ][^A-Za-z]|[${UPPER_ACCENTED}]°`;

/** What single encodings make of frequent letters and signs. */
const SEQUENCES =
  // Windows-1252.
  `[ÂÃÎÐ][€œŠš¢£Ÿž\\u00a0\\u00ad®©°·»${OPENING}${CLOSING}–—´]|×[²³]` +
  `|[ØÙ][${COMMON}${CURRENCY}${BAD}${NUMERIC}${OPENING}ŸŠ®°µ»][ØÙ][${COMMON}${CURRENCY}${BAD}${NUMERIC}${OPENING}ŸŠ®°µ»]` +
  '|à[²µ¹¼½¾]' +
  // MacRoman.
  '|√[±∂†≠®™´≤≥¥µø]|≈[°¢]|‚Ä[ìîïòôúùû†°¢π]|‚[âó][àä°ê]' +
  // Windows-1251.
  `|вЂ|[ВГРС][${C1}${BAD}${OPENING}${CLOSING}${CURRENCY}°µ][ВГРС]|ГўВЂВ.[A-Za-z ]` +
  // A no-break space, as Latin-1 and with its second byte replaced by a space.
  `|Ã[\\u00a0¡]|[a-z][${SPACE}]?[ÃÂ] |^[ÃÂ] |[a-z.,?!${CLOSING}]Â[ ${OPENING}${CLOSING}]` +
  // Windows-1253 and Windows-1257.
  `|β€[™\\u00a0Ά\\u00ad®°]|[ΒΓΞΟ][${C1}${BAD}${OPENING}${CLOSING}${CURRENCY}°][ΒΓΞΟ]|ā€`;

const MOJIBAKE = new RegExp(`${PAIRS}|${SEQUENCES}`, 'u');

/** A run that may be UTF-8, read as any of the encodings. */
const RUN = new RegExp(
  `(?<![${STRICT_CONTINUATION}])(?:[${FIRST_OF_2}][${CONTINUATION}]|[${FIRST_OF_3}][${CONTINUATION}]{2}` +
    `|[${FIRST_OF_4}][${CONTINUATION}]{3})+`,
  'gu',
);

/** Whether a text has a sequence of characters that only text in a wrong encoding has. */
export function isMojibake(text: string): boolean {
  return MOJIBAKE.test(text);
}

/**
 * Repairs UTF-8 that was read as another encoding: `cafÃ©` → `café`. Correct text stays as it is.
 *
 * Source: ftfy 6.3.1, `fix_encoding`, with its default configuration.
 */
export function repairEncoding(text: string): string {
  let repaired = text;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = repairOnce(repaired);
    if (next === repaired) break;
    repaired = next;
  }
  return repaired;
}

function repairOnce(text: string): string {
  if (!isMojibake(text)) return text;
  const possible: string[] = [];
  for (const encoding of ENCODINGS) {
    const bytes = encode(text, encoding);
    if (bytes === null) continue;
    possible.push(encoding.name);
    const decoded = decodeUtf8(withLostBytes(bytes, encoding));
    if (decoded !== null) return decoded;
  }
  const inParts = text.replace(RUN, (run) => (run !== text && isMojibake(run) ? repairEncoding(run) : run));
  if (inParts !== text) return inParts;
  // Characters of both are probably meant.
  if (possible.includes('latin-1') && possible.includes('windows-1252')) return text;
  return repairControls(text);
}

/** The control characters U+0080 to U+009F are Windows-1252's signs, read as Latin-1. */
export function repairControls(text: string): string {
  const { upperHalf } = ENCODINGS.find(({ name }) => name === 'windows-1252')!;
  return text.replace(/[\u0080-\u009f]/g, (control) => upperHalf[control.charCodeAt(0) - 0x80]!);
}

/** By character, the byte in an encoding, as a character of that number. */
const tables = new Map<SingleByteEncoding, ReadonlyMap<string, string>>();

function tableOf(encoding: SingleByteEncoding): ReadonlyMap<string, string> {
  const known = tables.get(encoding);
  if (known) return known;
  const table = new Map(Array.from(encoding.upperHalf, (char, i) => [char, String.fromCharCode(0x80 + i)]));
  if (encoding.sloppy) table.set('\ufffd', '\x1a');
  tables.set(encoding, table);
  return table;
}

/** The bytes, each as the character of its number; null if a character has none. */
function encode(text: string, encoding: SingleByteEncoding): string | null {
  const table = tableOf(encoding);
  const bytes: string[] = [];
  for (const char of text) {
    const isAscii = char <= '\x7f' && !(encoding.sloppy && char === '\x1a');
    const byte = isAscii ? char : table.get(char);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return bytes.join('');
}

/** UTF-8 in which a space took the place of the byte 0xa0, in sequences that make likely characters. */
const SPACE_FOR_A0 =
  /[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf][\x80-\xbf]|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf][\x80-\xbf] /g;

/** “à” as a word of its own lost the space after it, too; but not in Portuguese “às”, “àquele”. */
const A_GRAVE_AND_SPACE = /\xc3 (?! |quele|quela|quilo|s )/g;

/** Sequences with bytes that became a replacement character, here 0x1a, or a question mark. */
const LOST =
  /[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]|\x1a/g;

function withLostBytes(bytes: string, { name, sloppy }: SingleByteEncoding): string {
  // In MacRoman, this would match a dash and the space after it.
  const restore = name !== 'macroman' && bytes.search(SPACE_FOR_A0) >= 0;
  const spaced = restore
    ? bytes
        .replace(A_GRAVE_AND_SPACE, '\xc3\xa0 ')
        .replace(SPACE_FOR_A0, (sequence) => sequence.replaceAll(' ', '\xa0'))
    : bytes;
  return sloppy ? spaced.replace(LOST, '\xef\xbf\xbd') : spaced;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Two surrogates, encoded each, as CESU-8 does, and Java's zero. */
const VARIANTS = /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])|\xc0\x80/g;

/** The text of UTF-8 or one of its variants; null if the bytes are neither. */
function decodeUtf8(bytes: string): string | null {
  const strict = bytes.replace(VARIANTS, (...parts: readonly (string | undefined)[]) => {
    const [a, b, c, d] = parts.slice(1, 5).map((byte) => byte?.charCodeAt(0));
    if (a === undefined || b === undefined || c === undefined || d === undefined) return '\0';
    const point = 0x10000 + ((a & 0x0f) << 16) + ((b & 0x3f) << 10) + ((c & 0x0f) << 6) + (d & 0x3f);
    return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)]
      .map((byte) => String.fromCharCode(byte))
      .join('');
  });
  try {
    return utf8.decode(Uint8Array.from(strict, (byte) => byte.charCodeAt(0)));
  } catch {
    // Not UTF-8: the text was read as another encoding, or has other text in it.
    return null;
  }
}
