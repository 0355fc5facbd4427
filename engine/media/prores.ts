import { endingOf } from '../../plan/format-limits.ts';
import { encodeByFfmpeg, needEncoder, needSoundEncoder } from './encoders.ts';
import { TO_BT709 } from './ffmpeg.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { recordIn, withMetadata } from './mp4.ts';

const ENCODER = 'prores_ks';
const ENCODING = { title: 'ProRes', format: 'prores', encoder: ENCODER, container: 'mov' } as const;

/** The encoder writes into each frame what the frames declare, not what the command line does. */
const COLORS = [
  '-vf',
  `${TO_BT709},setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv`,
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
];

/** ProRes 422 HQ as Apple's encoder marks it: 10 bits, for editing. */
const QUALITY = ['-c:v', ENCODER, '-profile:v', 'hq', '-vendor', 'apl0', '-pix_fmt', 'yuv422p10le'];

/** ProRes in a QuickTime file, encoded by the user's ffmpeg, with the texts of an MP4. It has no loop count. */
export const prores: MediaFormat = {
  extension: `.${endingOf('prores')}`,
  encode,
  read: recordIn,
  magic: /^.{4}ftypqt {2}/s,
  check: () => needEncoder(ENCODING, ENCODER),
  checkSound: () => needSoundEncoder(ENCODING),
};

async function encode(clip: Clip, metadata: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  return withMetadata(await encodeByFfmpeg(clip, { ...ENCODING, options: [...COLORS, ...QUALITY] }, signal), metadata);
}
