import type { RefusedVideo } from '../plan/video-header.ts';
import { EMPTY, NOT_A_VIDEO, ONE_IMAGE, OTHER_IMAGE, refused } from './refusals.ts';

/** What a file that should be a video is, by its first bytes. */
export type SourceKind =
  | { readonly kind: 'gif' | 'webp' | 'png' | 'mp4' | 'matroska' | 'avi' | 'other' }
  | RefusedVideo;

/** Bytes of the start of a file that decide it. */
export const HEAD_BYTES = 4096;

/** Containers that are given to ffmpeg, by what is at their start, as Latin-1. */
const CONTAINERS: readonly (readonly [RegExp, 'mp4' | 'matroska' | 'avi' | 'other'])[] = [
  // MP4, QuickTime and their relatives: a box of one of these kinds.
  [/^.{4}(?:ftyp|moov|mdat|wide|free|skip|pnot|styp|moof|sidx)/s, 'mp4'],
  // Matroska, WebM.
  [/^\x1aE\xdf\xa3/, 'matroska'],
  [/^RIFF.{4}AVI /s, 'avi'],
  // MPEG-TS, with 188 or 192 bytes a packet.
  [/^G.{187}G/s, 'other'],
  [/^.{4}G.{191}G/s, 'other'],
  // MPEG program and elementary streams, H.264 and H.265.
  [/^\x00\x00\x01[\xba\xb3]/, 'other'],
  [/^\x00{2,3}\x01[\x09\x27\x40\x46\x67]/, 'other'],
  [/^FLV\x01/, 'other'],
  [/^OggS/, 'other'],
  // Windows Media.
  [/^\x30\x26\xb2\x75\x8e\x66\xcf\x11/, 'other'],
  // MXF.
  [/^\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02/, 'other'],
  [/^\.RMF/, 'other'],
  [/^DKIF/, 'other'],
  [/^YUV4MPEG2 /, 'other'],
  [/^nut\/multimedia container/, 'other'],
];

const PLAYLIST = refused('is a playlist, which names other files. Use the video itself.');

/** Texts and drawings that people take for videos. */
const REFUSED: readonly (readonly [RegExp, RefusedVideo])[] = [
  [
    /^\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b/is,
    refused('is a web page (HTML), not a video. Download the video itself.', 'web-page'),
  ],
  [/^\s*#EXTM3U/, PLAYLIST],
  [/^\s*ffconcat version/, PLAYLIST],
  [/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<MPD\b/s, PLAYLIST],
  [/^\[playlist\]/i, PLAYLIST],
  [/^v=0\r?\n/, refused('is a session description, not a video. Use the video itself.')],
  [/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg\b/is, ONE_IMAGE],
];

/** Images, of which some are in a container of videos. Animations of these kinds are `gif`, `webp` and `png`. */
const IMAGES: readonly (readonly [RegExp, RefusedVideo])[] = [
  [/^\xff\xd8\xff/, ONE_IMAGE],
  // TIFF, also with offsets of 64 bits.
  [/^(?:II[*+]\0|MM\0[*+])/, ONE_IMAGE],
  [/^RIFF.{4}WEBPVP8[L ]/s, ONE_IMAGE],
  // AVIF, by its brand or one of those that it is compatible with.
  [/^.{4}ftyp(?:avif|mif1.{4}(?:.{4}){0,8}?avif)/s, ONE_IMAGE],
  // HEIC.
  [/^.{4}ftyp(?:hei[cxms]|mif1)/s, OTHER_IMAGE],
  [/^BM.{12}/s, OTHER_IMAGE],
  // JPEG XL and JPEG 2000.
  [/^(?:\xff\x0a|\0\0\0\x0cJXL |\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, OTHER_IMAGE],
  // Photoshop, OpenEXR, icons.
  [/^(?:8BPS\0|\x76\x2f\x31\x01|\0\0\x01\0[^\0]\0)/, OTHER_IMAGE],
];

/**
 * Detects what a file is from its contents, whatever its name. Only known containers go to ffmpeg: it would also open
 * what texts point to, such as playlists, and render texts as videos.
 *
 * @param head the first `HEAD_BYTES` bytes, or the whole file
 */
export function sourceKind(head: Buffer): SourceKind {
  if (head.length === 0) return EMPTY;
  const text = head.toString('latin1');
  if (/^GIF8[79]a/.test(text)) return { kind: 'gif' };
  if (/^\x89PNG\r\n\x1a\n/.test(text)) return { kind: 'png' };
  const [, image] = IMAGES.find(([start]) => start.test(text)) ?? [];
  if (image) return image;
  if (/^RIFF.{4}WEBP/s.test(text)) return { kind: 'webp' };
  const [, container] = CONTAINERS.find(([start]) => start.test(text)) ?? [];
  if (container) return { kind: container };
  const [, refusal] = REFUSED.find(([start]) => start.test(text)) ?? [];
  return refusal ?? NOT_A_VIDEO;
}
