import { type ClipTime, formatPosition, frameOf, type Position, parsePosition } from '../time/position.ts';

/** Decimals that people write. */
const DECIMALS = { percent: 2, seconds: 3, milliseconds: 0 } as const;

/**
 * A position at another frame: as written if it is there already, in the same notation if that expresses the frame
 * exactly, else as a frame number.
 */
export function positionAt(written: string, frame: number, time: ClipTime): string {
  const position = parsePosition(written);
  if (!position) throw new RangeError(`“${written}” is not a valid position.`);
  if (frameOf(position, time) === frame) return written;
  const moved = inNotationOf(position, frame, time);
  return formatPosition(moved && frameOf(moved, time) === frame ? moved : { kind: 'frame', frame });
}

/**
 * A position as far from the start as this one is from the end. A frame counted from the end is then counted from the
 * start.
 */
export function mirroredPosition(written: string, frame: number, time: ClipTime): string {
  return written.startsWith('-') ? `${frame}` : positionAt(written, frame, time);
}

/** null if the notation expresses the frame only after rounding. */
function inNotationOf({ kind }: Position, frame: number, { frames, fps }: ClipTime): Position | null {
  switch (kind) {
    case 'frame':
      return { kind, frame };
    case 'from-end':
      // `-0` is the first frame.
      return frame < frames ? { kind, count: frames - frame } : null;
    case 'percent': {
      const percent = frames > 1 ? rounded((frame * 100) / (frames - 1), DECIMALS.percent) : null;
      return percent === null ? null : { kind, percent };
    }
    case 'seconds': {
      const seconds = rounded(frame / fps, DECIMALS.seconds);
      return seconds === null ? null : { kind, seconds };
    }
    case 'milliseconds': {
      const milliseconds = rounded((frame * 1000) / fps, DECIMALS.milliseconds);
      return milliseconds === null ? null : { kind, milliseconds };
    }
  }
}

/** The number without the noise of its last digits; null if it needs more decimals. */
function rounded(value: number, decimals: number): number | null {
  const short = Number(value.toFixed(decimals));
  return Math.abs(short - value) < 1e-9 ? short : null;
}
