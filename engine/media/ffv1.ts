import { endingOf } from '../../plan/format-limits.ts';
import { encodeByFfmpeg, needEncoder, needSoundEncoder } from './encoders.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { recordInTags, webm, withTexts } from './webm.ts';

const ENCODER = 'ffv1';
const ENCODING = { title: 'FFV1', format: 'ffv1', encoder: ENCODER, container: 'matroska' } as const;

/** Version 3, whose slices have checksums, of RGB: nothing is converted. */
const LOSSLESS = ['-c:v', ENCODER, '-level', '3', '-g', '1', '-slicecrc', '1', '-pix_fmt', 'bgr0'];
const SRGB = ['-color_primaries', 'bt709', '-color_trc', 'iec61966-2-1', '-colorspace', 'rgb'];

/** FFV1 in a Matroska file, without loss, encoded by the user's ffmpeg, with the texts of a WebM. It has no loop count. */
export const ffv1: MediaFormat = {
  extension: `.${endingOf('ffv1')}`,
  encode,
  read: recordInTags,
  magic: webm.magic,
  check: () => needEncoder(ENCODING, ENCODER),
  checkSound: () => needSoundEncoder(ENCODING),
};

async function encode(clip: Clip, metadata: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  return withTexts(await encodeByFfmpeg(clip, { ...ENCODING, options: [...LOSSLESS, ...SRGB] }, signal), metadata);
}
