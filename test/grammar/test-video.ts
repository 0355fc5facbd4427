import type { ReadableVideo } from '../../plan/video-header.ts';

/** The header of a video of 2 seconds without sound. */
export const testVideo = (changes: Partial<ReadableVideo>): ReadableVideo => ({
  kind: 'video',
  container: 'mp4',
  size: { width: 640, height: 360 },
  rotation: 0,
  codec: 'H.264',
  fps: 24,
  isVariable: false,
  frames: 48,
  seconds: 2,
  cutOffFrom: null,
  isHdr: false,
  hasAudio: false,
  ...changes,
});
