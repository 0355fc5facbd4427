import type { OutputFormat } from '../../plan/plan.ts';
import { apng } from './apng.ts';
import { ffv1 } from './ffv1.ts';
import type { MediaFormat } from './format.ts';
import { gif } from './gif.ts';
import { mp4 } from './mp4.ts';
import { png } from './png.ts';
import { prores } from './prores.ts';
import { txt } from './txt.ts';
import { webm } from './webm.ts';
import { webp } from './webp.ts';

/** The file formats that a render can write and `travel extract` can read. */
export const FORMATS: Readonly<Record<OutputFormat, MediaFormat>> = {
  gif,
  mp4,
  webp,
  webm,
  png,
  apng,
  prores,
  ffv1,
  txt,
};

/** Longest match of any format's magic. */
const HEAD_BYTES = 12;

/** The format of a file, detected from its contents. */
export function formatOf(bytes: Buffer): MediaFormat {
  const head = bytes.toString('latin1', 0, HEAD_BYTES);
  return Object.values(FORMATS).find(({ magic }) => magic?.test(head)) ?? txt;
}
