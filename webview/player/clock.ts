/** The player's clock: which frame is shown when. Pure; all positions are in frames of the clip. */

export type LoopMode = 'once' | 'loop' | 'ping-pong';

export interface FrameRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

export interface Clock {
  readonly playing: boolean;
  /** The shown frame is the whole part; the rest is how long it has been shown. */
  readonly position: number;
  readonly direction: 1 | -1;
  /** 1: the speed of the clip. */
  readonly speed: number;
  readonly loop: LoopMode;
  /** What is played; null: the whole clip. */
  readonly range: FrameRange | null;
}

export interface ClipLength {
  /** At least 1. */
  readonly frames: number;
  /** Above 0. */
  readonly fps: number;
}

/** The speeds of the keys 1 to 9; 5 is the speed of the clip. */
export const SPEEDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8] as const;

export const STOPPED: Clock = { playing: false, position: 0, direction: 1, speed: 1, loop: 'loop', range: null };

/** The shown frame, inside the clip also if the clip has become shorter. */
export function shownFrame(clock: Clock, frames: number): number {
  return Math.min(Math.max(0, Math.floor(clock.position)), Math.max(0, frames - 1));
}

/** The played range, cut off at the end of the clip; the whole clip if nothing of it is left. */
export function playedRange(range: FrameRange | null, frames: number): FrameRange {
  const end = Math.max(0, frames - 1);
  if (range === null || range.first > end) return { first: 0, last: end };
  return { first: range.first, last: Math.min(range.last, end) };
}

/** The clock after some time. @param seconds not negative */
export function advance(clock: Clock, seconds: number, length: ClipLength): Clock {
  if (!clock.playing) return clock;
  const { first, last } = playedRange(clock.range, length.frames);
  const frames = last - first + 1;
  const start = Math.floor(clock.position) >= first && clock.position < last + 1 ? clock.position - first : 0;
  const distance = seconds * clock.speed * length.fps;
  switch (clock.loop) {
    case 'once': {
      const end = start + distance;
      if (end >= frames) return { ...clock, direction: 1, playing: false, position: last };
      return { ...clock, direction: 1, position: first + end };
    }
    case 'loop':
      return { ...clock, direction: 1, position: first + ((start + distance) % frames) };
    case 'ping-pong': {
      const { offset, direction } = bounce(start, clock.direction, distance, frames);
      return { ...clock, direction, position: first + offset };
    }
  }
}

/** Both ends are shown once in each period: 0 1 2 3 2 1 0 1 … */
function bounce(
  start: number,
  startDirection: 1 | -1,
  distance: number,
  frames: number,
): { offset: number; direction: 1 | -1 } {
  if (frames === 1) return { offset: 0, direction: 1 };
  let offset = start;
  let direction = startDirection;
  let rest = distance % (2 * frames - 2);
  while (rest > 0) {
    const toEnd = direction === 1 ? frames - offset : offset;
    if (rest < toEnd) return { offset: offset + direction * rest, direction };
    rest -= toEnd;
    offset = direction === 1 ? frames - 1 : 1;
    direction = direction === 1 ? -1 : 1;
  }
  return { offset, direction };
}

/** Moves the playhead; what is played goes on from there. */
export function seek(clock: Clock, frame: number, frames: number): Clock {
  return { ...clock, position: Math.min(Math.max(0, Math.round(frame)), Math.max(0, frames - 1)) };
}

/** Starts or stops. At the end of a clip that plays once, it starts again. */
export function togglePlaying(clock: Clock, frames: number): Clock {
  if (clock.playing) return { ...clock, playing: false };
  const { first, last } = playedRange(clock.range, frames);
  const atEnd = clock.loop === 'once' && shownFrame(clock, frames) >= last;
  return { ...clock, playing: true, position: atEnd ? first : clock.position };
}

/** Sets an end of the loop range to the shown frame; a second time at the same frame, it is the clip's end again. */
export function setRangeEnd(clock: Clock, end: 'first' | 'last', frames: number): Clock {
  const frame = shownFrame(clock, frames);
  const current = playedRange(clock.range, frames);
  const whole = playedRange(null, frames);
  const wanted = clock.range !== null && current[end] === frame ? whole[end] : frame;
  const moved = { ...current, [end]: wanted };
  // An end that passes the other one pushes it away, so that the range is never empty.
  if (moved.first > moved.last) moved[end === 'first' ? 'last' : 'first'] = whole[end === 'first' ? 'last' : 'first'];
  const isWhole = moved.first === whole.first && moved.last === whole.last;
  return { ...clock, range: isWhole ? null : moved };
}

/** The frames that are shown next, in order, without repetition; the shown one is the first. */
export function upcomingFrames(clock: Clock, frames: number, count: number): readonly number[] {
  const { first, last } = playedRange(clock.range, frames);
  const wanted = new Set([shownFrame(clock, frames)]);
  const size = last - first + 1;
  let frame = shownFrame(clock, frames);
  let direction = clock.loop === 'ping-pong' ? clock.direction : 1;
  // A period of ping-pong shows most frames twice.
  for (let i = 0; i < 2 * size && wanted.size < Math.min(count, size + 1); i++) {
    frame += direction;
    if (frame > last || frame < first) {
      if (clock.loop === 'once') break;
      if (clock.loop === 'loop') frame = first;
      else {
        direction = direction === 1 ? -1 : 1;
        frame = Math.min(Math.max(frame + 2 * direction, first), last);
      }
    }
    wanted.add(frame);
  }
  return [...wanted].slice(0, count);
}
