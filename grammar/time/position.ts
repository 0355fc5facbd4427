/** A place in the clip, as written. What frame it is depends on the clip's length and speed. */
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
  /** Frames a second, > 0. */
  readonly fps: number;
}

const POSITION = String.raw`-\d+|\d+(?:\.\d+)?%|\d+(?:\.\d+)?ms|\d+(?:\.\d+)?s|\d+`;
const WHOLE = new RegExp(`^(?:${POSITION})$`);
const HELD = new RegExp(`^(${POSITION})(?:-(${POSITION}))?$`);

/** Reads `15`, `-1`, `50%`, `1.5s` or `250ms`; null where the text is none of them. */
export function parsePosition(text: string): Position | null {
  if (!WHOLE.test(text)) return null;
  const number = Number.parseFloat(text);
  if (text.endsWith('%')) return { kind: 'percent', percent: number };
  if (text.endsWith('ms')) return { kind: 'milliseconds', milliseconds: number };
  if (text.endsWith('s')) return { kind: 'seconds', seconds: number };
  // `-0` is nobody's last frame; it is frame 0.
  return number < 0 ? { kind: 'from-end', count: -number } : { kind: 'frame', frame: Math.abs(number) };
}

/** Reads a position with or without a hold: `0-8`, `1s-2.5s`, `-4--1`; null where the text is neither. */
export function parseHold(text: string): Hold | null {
  const match = HELD.exec(text);
  const from = match && parsePosition(match[1]!);
  if (!from) return null;
  return { from, through: match[2] === undefined ? null : parsePosition(match[2]) };
}

/**
 * The frame that a position means, 0-based; fractions are rounded half up. The result may lie outside the clip (a frame
 * at or beyond its end, or before its start for `-9` of 8 frames): what to do then is the caller's to say.
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

/** The text of a position, as `parsePosition` reads it. */
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

/** Decimals are cut to nine places first, so that 0.7 s at 15 fps (10.499999999999998 in doubles) is the half it means. */
function roundHalfUp(value: number): number {
  return Math.floor(Number(value.toFixed(9)) + 0.5);
}
