/** Containers of videos whose headers are read; `other`: those that only ffmpeg reads. */
export type VideoContainer = 'mp4' | 'mov' | 'webm' | 'mkv' | 'avi' | 'gif' | 'webp' | 'apng' | 'other';

/** Names of containers for people. */
export const CONTAINER_NAMES: Readonly<Record<Exclude<VideoContainer, 'other'>, string>> = {
  mp4: 'MP4',
  mov: 'QuickTime',
  webm: 'WebM',
  mkv: 'Matroska',
  avi: 'AVI',
  gif: 'GIF',
  webp: 'WebP',
  apng: 'APNG',
};

/** What the header of a video says about it. Nothing is decoded; null is not known. */
export interface ReadableVideo {
  readonly kind: 'video';
  readonly container: VideoContainer;
  /** Pixels as players show it, after `rotation` and with square pixels. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Degrees by which players turn the stored frames clockwise. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Its name for people. */
  readonly codec: string | null;
  /** Of the frames that are shown, on average. */
  readonly fps: number | null;
  /** Whether frames last differently long. */
  readonly isVariable: boolean;
  /** Frames that are shown. */
  readonly frames: number | null;
  /** From the start of the first frame to the end of the last one. */
  readonly seconds: number | null;
  /** If the file ends before it should: the seconds that it promises, Infinity if it does not say. Else null. */
  readonly cutOffFrom: number | null;
  readonly isHdr: boolean;
  readonly hasAudio: boolean | null;
}

/** A file that is not a video that can be used. */
export interface RefusedVideo {
  readonly kind: 'refused';
  /**
   * `image`: one image that can be read, `other-image`: one of a kind that cannot; `broken`: what is wrong is wrong with an
   * image, too.
   */
  readonly reason: 'image' | 'other-image' | 'broken' | 'web-page' | 'other';
  /** Completes "The file …": what is wrong, and what to do. */
  readonly is: string;
}

export type VideoHeader = ReadableVideo | RefusedVideo;

/** Browsers and this program read these; all others need ffmpeg. */
const READ_DIRECTLY: ReadonlySet<VideoContainer> = new Set(['gif', 'webp', 'apng']);

export const needsFfmpeg = ({ container }: Pick<ReadableVideo, 'container'>): boolean => !READ_DIRECTLY.has(container);
