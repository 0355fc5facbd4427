/** A frame of an animation as its file has it: a part of the canvas, and what happens before the next one. */
export interface AnimationFrame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** As the file has it. */
  readonly milliseconds: number;
  /** After it was shown: it stays, its part becomes transparent, or its part becomes what it was before. */
  readonly disposal: 'keep' | 'clear' | 'previous';
  /** It is laid over the canvas, or replaces its part. */
  readonly blend: 'over' | 'replace';
}

/** The frames of a GIF, animated WebP or APNG. Nothing is decoded. */
export interface AnimationFrames<Frame extends AnimationFrame = AnimationFrame> {
  /** Pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Whole ones. */
  readonly frames: readonly Frame[];
  /** Whether the file ends in the middle. */
  readonly isCutOff: boolean;
}

/** Browsers show frames of up to 10 ms for 100 ms, in all three formats. */
const SHORTEST_MS = 10;
const DEFAULT_MS = 100;

/** Seconds that a frame is shown, in browsers. */
export const shownSeconds = ({ milliseconds }: Pick<AnimationFrame, 'milliseconds'>): number =>
  (milliseconds <= SHORTEST_MS ? DEFAULT_MS : milliseconds) / 1000;
