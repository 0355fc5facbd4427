/** What a file that should be a video is, by its first bytes. */
export type SourceKind =
  | { readonly kind: 'gif' | 'webp' | 'png' | 'video' }
  /** It cannot be used. `is` completes "The file …": what is wrong, and what to do. */
  | { readonly kind: 'refused'; readonly is: string };

/** Bytes of the start of a file that decide it. */
export const HEAD_BYTES = 4096;

/** Containers that are given to ffmpeg, by what is at their start, as Latin-1. */
const CONTAINERS: readonly RegExp[] = [
  // MP4, QuickTime and their relatives: a box of one of these kinds.
  /^.{4}(?:ftyp|moov|mdat|wide|free|skip|pnot|styp|moof|sidx)/s,
  // Matroska, WebM.
  /^\x1aE\xdf\xa3/,
  /^RIFF.{4}AVI /s,
  // MPEG-TS, with 188 or 192 bytes a packet.
  /^G.{187}G/s,
  /^.{4}G.{191}G/s,
  // MPEG program and elementary streams, H.264 and H.265.
  /^\x00\x00\x01[\xba\xb3]/,
  /^\x00{2,3}\x01[\x09\x27\x40\x46\x67]/,
  /^FLV\x01/,
  /^OggS/,
  // Windows Media.
  /^\x30\x26\xb2\x75\x8e\x66\xcf\x11/,
  // MXF.
  /^\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02/,
  /^\.RMF/,
  /^DKIF/,
  /^YUV4MPEG2 /,
  /^nut\/multimedia container/,
];

const PLAYLIST = 'is a playlist: a text that names other files. Use the video itself.';
const ONE_IMAGE = 'is one image. Use a video or a folder of images, or set `init_image` to it.';

/** Texts and images that people take for videos. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [
    /^\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b/is,
    'is a web page (HTML), not a video. Download the video itself.',
  ],
  [/^\s*#EXTM3U/, PLAYLIST],
  [/^\s*ffconcat version/, PLAYLIST],
  [/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<MPD\b/s, PLAYLIST],
  [/^\[playlist\]/i, PLAYLIST],
  [/^v=0\r?\n/, 'is a session description, not a video. Use the video itself.'],
  [/^\xff\xd8\xff/, ONE_IMAGE],
  [/^BM.{12}/s, ONE_IMAGE],
  [/^(?:II\*\0|MM\0\*)/, ONE_IMAGE],
];

const NOT_A_VIDEO = 'is damaged or not a video. Use another copy, or another file.';

/**
 * Detects what a file is from its contents, whatever its name. Only known containers go to ffmpeg: it would also open
 * what texts point to, such as playlists, and render texts as videos.
 *
 * @param head the first `HEAD_BYTES` bytes, or the whole file
 */
export function sourceKind(head: Buffer): SourceKind {
  if (head.length === 0) return { kind: 'refused', is: 'is empty (0 bytes). Use another copy.' };
  const text = head.toString('latin1');
  if (/^GIF8[79]a/.test(text)) return { kind: 'gif' };
  if (/^RIFF.{4}WEBP/s.test(text)) return { kind: 'webp' };
  if (/^\x89PNG\r\n\x1a\n/.test(text)) return { kind: 'png' };
  if (CONTAINERS.some((start) => start.test(text))) return { kind: 'video' };
  const [, is] = REFUSED.find(([start]) => start.test(text)) ?? [];
  return { kind: 'refused', is: is ?? NOT_A_VIDEO };
}

export { NOT_A_VIDEO, ONE_IMAGE };
