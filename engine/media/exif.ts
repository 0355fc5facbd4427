/** A text of a TIFF directory. */
export interface ExifText {
  readonly tag: number;
  readonly text: string;
}

export const EXIF_MAKE = 0x010f;
export const EXIF_MODEL = 0x0110;
export const EXIF_DESCRIPTION = 0x010e;
export const EXIF_USER_COMMENT = 0x9286;
const EXIF_DIRECTORY = 0x8769;
const ASCII = 2;
const UNDEFINED = 7;

/** Entries of a directory that are read. */
const MOST_ENTRIES = 1000;

/**
 * The texts in an EXIF block, with or without the mark before its TIFF header. Damaged entries are left out.
 *
 * Source: TIFF 6.0 §2, Exif 2.3 §4.6.5 (UserComment).
 */
export function exifTexts(block: Buffer): ExifText[] {
  const tiff = block.toString('latin1', 0, 6) === 'Exif\0\0' ? block.subarray(6) : block;
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'MM' && order !== 'II')) return [];
  const isBig = order === 'MM';
  const u16 = (at: number) => (isBig ? tiff.readUInt16BE(at) : tiff.readUInt16LE(at));
  const u32 = (at: number) => (isBig ? tiff.readUInt32BE(at) : tiff.readUInt32LE(at));
  const texts: ExifText[] = [];
  const directories = [u32(4)];
  for (const [i, directory] of directories.entries()) {
    // The first directory and the one that it points to.
    if (i > 1 || directory + 2 > tiff.length) break;
    const count = Math.min(u16(directory), MOST_ENTRIES);
    for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) {
      if (entry + 12 > tiff.length) break;
      const [tag, type, length, value] = [u16(entry), u16(entry + 2), u32(entry + 4), u32(entry + 8)];
      if (tag === EXIF_DIRECTORY) directories.push(value);
      if (type !== ASCII && type !== UNDEFINED) continue;
      const start = length <= 4 ? entry + 8 : value;
      if (start + length > tiff.length) continue;
      const bytes = tiff.subarray(start, start + length);
      texts.push({
        tag,
        text: tag === EXIF_USER_COMMENT ? userComment(bytes) : bytes.toString('utf8').replace(/\0+$/, ''),
      });
    }
  }
  return texts;
}

/** Its first 8 bytes name the character set. A1111 writes UTF-16 big-endian whatever the order of the TIFF is. */
function userComment(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 8);
  const content = bytes.subarray(8);
  if (!mark.startsWith('UNICODE'))
    return (/^(?:ASCII|JIS|\0{8})/.test(mark) ? content : bytes).toString('utf8').replace(/\0+$/, '');
  const whole = content.subarray(0, content.length & ~1);
  // Letters of prompts have a zero byte: the first one in big-endian order.
  const zeros = [0, 0];
  for (let at = 0; at < whole.length; at++) if (whole[at] === 0) zeros[at & 1]!++;
  const isLittle = zeros[1]! > zeros[0]!;
  return (isLittle ? whole : Buffer.from(whole).swap16()).toString('utf16le').replace(/\0+$/, '');
}
