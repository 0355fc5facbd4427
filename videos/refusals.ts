import type { RefusedVideo } from '../plan/video-header.ts';

/** The most pixels of an image or a frame: more than any camera has, and less than what a hostile header may claim. */
export const MOST_PIXELS = 2 ** 27;

/** A file that cannot be used. @param is completes "The file …": what is wrong, and what to do */
export const refused = (is: string, reason: RefusedVideo['reason'] = 'other'): RefusedVideo => ({
  kind: 'refused',
  reason,
  is,
});

export const EMPTY = refused('is empty (0 bytes). Use another copy.', 'broken');
export const NOT_A_VIDEO = refused('is damaged or not a video. Use another copy, or another file.');
export const ONE_IMAGE = refused('is one image, not a video. Use a video.', 'image');
export const OTHER_IMAGE = refused(
  'is one image, of a kind that cannot be read. Use a video, or convert it to PNG.',
  'other-image',
);
export const NO_INDEX = refused(
  'is cut off: its index is missing, so nothing can be read. Record or download it again.',
);
export const NO_WHOLE_FRAME = refused('is cut off: it has no whole frame. Use another copy.', 'broken');
export const ENCRYPTED = refused('is encrypted (DRM). Use a copy without protection.');
export const NO_FRAMES = refused('has no frames. Use another copy.');
export const NO_VIDEO_OF_ITS_OWN = refused('has no video of its own: it may name other files. Use the video itself.');

export const onlyAudio = (hasCover: boolean): RefusedVideo =>
  refused(`has no video, only audio${hasCover ? ' and a cover image' : ''}. Use another file.`);

/** Whether a size is not read, and why. */
export function refusedSize(width: number, height: number): RefusedVideo | null {
  if (width * height <= MOST_PIXELS) return null;
  return refused(
    `claims ${width}×${height}, which is larger than the ${MOST_PIXELS / 2 ** 20} megapixels that are read. Scale it down, or use another copy.`,
    'broken',
  );
}
