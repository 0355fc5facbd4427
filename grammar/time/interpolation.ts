import { frameRate } from '../../plan/frame-rate.ts';
import { gapsOf, webuiInBetweens } from '../../plan/interpolation.ts';
import type { Settings } from '../settings/schema.ts';
import { outputOrder } from './order.ts';

/** The frame rate at which `after` frames last as long as `before` frames at `fps`, to hundredths. */
export function fpsOfSameDuration(before: number, after: number, fps: number): number {
  return Number(((fps * after) / before).toFixed(2));
}

/** What `interpolate` makes of a clip. */
export interface InterpolatedLength {
  /** Frames that are shown without it. */
  readonly before: number;
  readonly after: number;
  /** New frames in each gap, at least 1. */
  readonly count: number;
  /** Whether there is a gap from the last frame to the first. */
  readonly closed: boolean;
}

/** What decides how many frames are written. */
export type LengthSettings = Pick<
  Settings,
  'interpolate' | 'dialect' | 'frames' | 'context' | 'closed_loop' | 'reverse'
>;

/** The frames of a whole clip before and after `interpolate`; null if it adds none. */
export function interpolatedLength(settings: LengthSettings): InterpolatedLength | null {
  const { frames, context, closed_loop: closedLoop, reverse } = settings;
  const isOn = settings.interpolate !== undefined && settings.interpolate.method !== 'off';
  return isOn ? lengthOf(settings, outputOrder({ frames, context, closedLoop, reverse }).length, true) : null;
}

/** Rendered frames per second of the written clip, in which new frames are between them. */
export const renderedFps = (settings: LengthSettings & Pick<Settings, 'fps'>): number =>
  settings.fps / ((interpolatedLength(settings)?.count ?? 0) + 1);

/**
 * The same of `before` shown frames.
 *
 * @param isWhole whether they are the whole clip, whose last frame comes before its first one in a closed loop
 */
export function lengthOf(settings: LengthSettings, before: number, isWhole: boolean): InterpolatedLength | null {
  const { interpolate, dialect, frames, context, closed_loop: closedLoop } = settings;
  if (interpolate === undefined || interpolate.method === 'off' || before < 2) return null;
  const isWebui = dialect === 'webui';
  const count = isWebui ? webuiInBetweens(before, interpolate.x) : interpolate.x;
  if (count === 0) return null;
  // In one window, only `A` closes the loop: it plays back.
  const loops = closedLoop !== 'N' && (frames > context || (closedLoop === 'A' && frames > 2));
  const closed = !isWebui && isWhole && loops;
  return { before, after: before + gapsOf(before, { closed }) * count, count, closed };
}

/** Whether rendered frames follow a video, at its speed: `fps` is then that of the written frames. */
export const followsVideo = ({ video, controlnet }: Pick<Settings, 'video' | 'controlnet'>): boolean =>
  video !== undefined || controlnet.some((unit) => unit.video !== undefined);

/** What interpolation makes of a clip, as `lengthText` or, for one that follows a video, without a frame rate to set. */
export function interpolationText(
  settings: LengthSettings & Pick<Settings, 'fps' | 'video' | 'controlnet'>,
): string | null {
  const length = interpolatedLength(settings);
  if (length === null || !followsVideo(settings)) return length && lengthText(length, settings.fps);
  const { before, after } = length;
  return (
    `${before} frames of the video at ${frameRate(renderedFps(settings))} fps become ${after} at ${frameRate(settings.fps)} fps. ` +
    'The speed of the video is kept.'
  );
}

/** `16 frames at 8 fps (2 s) become 166 (20.75 s). With \`fps: 83\`, they last as long as before.` */
export function lengthText({ before, after }: InterpolatedLength, fps: number): string {
  const seconds = (frames: number) => `${Number((frames / fps).toFixed(2))} s`;
  return (
    `${before} frames at ${frameRate(fps)} fps (${seconds(before)}) become ${after} (${seconds(after)}). ` +
    `With \`fps: ${fpsOfSameDuration(before, after, fps)}\`, they last as long as before.`
  );
}
