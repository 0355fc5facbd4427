import { memoryNeeded } from '../../../plan/memory.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import type { SettingSpan } from '../../settings/read.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Environment } from '../../clip/environment.ts';
import { type ClipModels, pictureSize } from '../../clip/models.ts';

/** A render that needs more memory than this computer has. Nothing is said of the memory of a GPU, which is not known. */
export function memoryProblems(
  settings: Settings,
  spans: ReadonlyMap<string, SettingSpan>,
  { nativeSize, channels, vaeChannels, checkpoint, vae, motionModule }: ClipModels,
  frames: number,
  { memory }: Environment,
): Problem[] {
  if (!memory || channels.length === 0 || (settings.device !== 'auto' && settings.device !== 'cpu')) return [];
  const [width, height] = pictureSize(settings, nativeSize);
  const window = Math.min(settings.context, frames);
  const models = [checkpoint, vae, motionModule].reduce((sum, file) => sum + (file?.size ?? 0), 0);
  const needed = (w: number, h: number) =>
    memoryNeeded({ window, frames, width: w, height: h, channels, vaeChannels, models });
  if (needed(width, height) <= memory) return [];
  const spanOf = (key: string) => spans.get(key)?.value;
  const fitting = largestFitting(width, height, (w, h) => needed(w, h) <= memory);
  const advice = fitting
    ? `At ${fitting[0]}×${fitting[1]} it fits.`
    : 'Make `context` smaller, or render fewer frames.';
  return [
    {
      code: 'travel/memory',
      severity: 'warning',
      message:
        `${window} frames of ${width}×${height} at once, ${frames} in all, need about ${gigabytes(needed(width, height))}, ` +
        `and this computer has ${gigabytes(memory)}: the render would be very slow, or be ended. ${advice}`,
      span: spanOf('width') ?? spanOf('height') ?? spanOf('context') ?? spanOf('frames') ?? { start: 0, end: 0 },
      fixes: fitting ? sizeFix(fitting, spanOf('width'), spanOf('height')) : [],
    },
  ];
}

/** The largest size of about the same shape that fits, in steps of 64 of the shorter side; null where none does. */
function largestFitting(
  width: number,
  height: number,
  fits: (width: number, height: number) => boolean,
): readonly [number, number] | null {
  const shorter = Math.min(width, height);
  for (let side = Math.floor((shorter - 1) / 64) * 64; side > 0; side -= 64) {
    const scaled = [width, height].map((length) => Math.round(((length / shorter) * side) / 8) * 8) as [number, number];
    if (fits(...scaled)) return scaled;
  }
  return null;
}

function sizeFix([width, height]: readonly [number, number], widthSpan?: TextSpan, heightSpan?: TextSpan): Fix[] {
  if (!widthSpan || !heightSpan) return [];
  const edits = [
    { span: widthSpan, text: `${width}` },
    { span: heightSpan, text: `${height}` },
  ];
  return [{ title: `Change the size to ${width}×${height}`, edits, mechanical: false }];
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`;
