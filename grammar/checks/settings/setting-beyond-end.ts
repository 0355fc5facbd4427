import type { ClipContext } from '../../clip/context.ts';
import { placeOf, type TimedPosition, timedPositions } from '../../clip/timed-positions.ts';
import type { Fix, Problem } from '../../problem.ts';
import { positionMaps } from '../../settings/entries.ts';
import type { SettingSpan } from '../../settings/read.ts';
import { setFrames } from '../../settings/set-frames.ts';
import { type Check, namingFile, removedPart, replace, settingSpan } from '../check.ts';
import { frameName } from '../frame-name.ts';

/** Positions of settings that change over time, such as `weight: {0: 1, 40: 0}`, outside the clip. */
export const settingBeyondEnd: Check = {
  code: 'travel/setting-beyond-end',
  run(clip) {
    return positionMaps(clip.settings).flatMap(({ path, values }): Problem[] => {
      const timed = timedPositions(values, clip);
      const isNumber = Object.values(values).every((value) => typeof value === 'number');
      return timed.flatMap((position): Problem[] => {
        const found = problemOf(position, clip.frames, isNumber);
        if (!found) return [];
        const place = placeOf(clip, path, position);
        return [
          {
            code: this.code,
            severity: 'warning',
            message: namingFile(clip, path, found.message),
            span: place?.key ?? settingSpan(clip, path, path.split('.')[0]!),
            fixes: place ? fixesOf(clip, position, found.instead, place, timed) : [],
          },
        ];
      });
    });
  },
};

/** @returns `instead`: the position that is meant, as it is written; null: none is likely */
function problemOf({ written, frame, end }: TimedPosition, frames: number, isNumber: boolean) {
  const last = frames - 1;
  const outside = (at: number, effect: string) =>
    `${frameName(written, at)} is outside the clip. Its ${frames} frames are numbered 0 to ${last}, so ${effect}. Move the position${at < 0 ? '' : ', or increase `frames`'}.`;
  if (frame >= frames) {
    const effect = isNumber ? 'this value is never reached' : 'this image is not used';
    return { message: outside(frame, effect), instead: { title: `Move to the last frame, ${last}`, text: `${last}` } };
  }
  if (end !== null && end < frame) {
    const effect = isNumber ? `only frame ${frame} has the value` : 'this image is not used';
    const message = `“${written}” ends before it starts. It starts at frame ${frame} and ends at frame ${end}, so ${effect}. Write a later end.`;
    return { message, instead: null };
  }
  if (frame < 0) {
    if (end !== null && end >= 0) {
      const message = `“${written}” starts before the clip. It starts at frame ${frame}, and the first frame is 0. Start at frame 0.`;
      return { message, instead: { title: 'Start at the first frame', text: `0-${Math.min(end, last)}` } };
    }
    const effect = isNumber ? 'this value counts as that of frame 0' : 'this image is not used';
    return { message: outside(frame, effect), instead: { title: 'Move to the first frame', text: '0' } };
  }
  if (end !== null && end >= frames) {
    const message = `“${written}” ends after the last frame. It extends to frame ${end}, but the clip ends at frame ${last}. End it at frame ${last}.`;
    return { message, instead: { title: `End at the last frame, ${last}`, text: `${frame}-${last}` } };
  }
  return null;
}

function fixesOf(
  clip: ClipContext,
  { written, frame, end }: TimedPosition,
  instead: { readonly title: string; readonly text: string } | null,
  place: SettingSpan,
  all: readonly TimedPosition[],
): Fix[] {
  const { text } = clip.document;
  const isOutside = frame < 0 || frame >= clip.frames;
  const target = instead && Number.parseInt(instead.text, 10);
  const isFree = !isOutside || !all.some((other) => other.frame === target);
  const [quote] = /^["']?/.exec(text.slice(place.key.start, place.key.end))!;
  const moved = instead && isFree ? [replace(instead.title, place.key, quote + instead.text + quote)] : [];
  const most = Math.max(frame, end ?? frame);
  // A percentage stays outside a longer clip.
  const hasRoom = most >= clip.frames && (end ?? frame) >= frame && !written.includes('%');
  const longer = hasRoom ? setFrames(clip, most + 1) : null;
  const removed = isOutside && all.length > 1 ? removedPart(place, text) : null;
  return [
    ...moved,
    ...(longer ? [{ title: `Set \`frames\` to ${most + 1}`, edits: [longer], mechanical: false }] : []),
    ...(removed ? [replace('Remove the position', removed, '')] : []),
  ];
}
