/** A position in the clip as written. Its frame depends on the clip's length and frame rate. */
export type Position =
  | { readonly kind: 'frame'; readonly frame: number }
  /** `-1` is the last frame: 1 from the end. */
  | { readonly kind: 'from-end'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'milliseconds'; readonly milliseconds: number };

/** `15`, or `0-8`: from a position through the end of its hold. */
export interface Hold {
  readonly from: Position;
  readonly through: Position | null;
}

export interface ClipTime {
  /** Frames of the clip, ≥ 1. */
  readonly frames: number;
  /** Frames per second, > 0. */
  readonly fps: number;
}

const POSITION = String.raw`-\d+|\d+(?:\.\d+)?%|\d+(?:\.\d+)?ms|\d+(?:\.\d+)?s|\d+`;
const WHOLE = new RegExp(`^(?:${POSITION})$`);
const HELD = new RegExp(`^(${POSITION})(?:-(${POSITION}))?$`);

/** Parses `15`, `-1`, `50%`, `1.5s` or `250ms`; null for any other text. */
export function parsePosition(text: string): Position | null {
  if (!WHOLE.test(text)) return null;
  const number = Number.parseFloat(text);
  if (text.endsWith('%')) return { kind: 'percent', percent: number };
  if (text.endsWith('ms')) return { kind: 'milliseconds', milliseconds: number };
  if (text.endsWith('s')) return { kind: 'seconds', seconds: number };
  // `-0` is frame 0, because counting from the end starts at -1.
  return number < 0 ? { kind: 'from-end', count: -number } : { kind: 'frame', frame: Math.abs(number) };
}

/** Parses a position with or without a hold: `0-8`, `1s-2.5s`, `-4--1`; null for any other text. */
export function parseHold(text: string): Hold | null {
  const match = HELD.exec(text);
  const from = match && parsePosition(match[1]!);
  if (!from) return null;
  return { from, through: match[2] === undefined ? null : parsePosition(match[2]) };
}

/**
 * The 0-based frame of a position; fractions are rounded half up. The result can be outside the clip, such as −1 for
 * `-9` in a clip of 8 frames.
 */
export function frameOf(position: Position, { frames, fps }: ClipTime): number {
  switch (position.kind) {
    case 'frame':
      return position.frame;
    case 'from-end':
      return frames - position.count;
    case 'percent':
      return roundHalfUp((position.percent * (frames - 1)) / 100);
    case 'seconds':
      return roundHalfUp(position.seconds * fps);
    case 'milliseconds':
      return roundHalfUp((position.milliseconds * fps) / 1000);
  }
}

/** The text of a position, in the form that `parsePosition` reads. */
export function formatPosition(position: Position): string {
  switch (position.kind) {
    case 'frame':
      return `${position.frame}`;
    case 'from-end':
      return `-${position.count}`;
    case 'percent':
      return `${position.percent}%`;
    case 'seconds':
      return `${position.seconds}s`;
    case 'milliseconds':
      return `${position.milliseconds}ms`;
  }
}

/** Rounds to nine decimals first, so that 0.7 s at 15 fps (10.499999999999998 in doubles) is exactly 10.5. */
function roundHalfUp(value: number): number {
  return Math.floor(Number(value.toFixed(9)) + 0.5);
}
