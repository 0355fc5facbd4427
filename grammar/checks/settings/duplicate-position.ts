import { placeOf, timedPositions } from '../../clip/timed-positions.ts';
import type { Problem } from '../../problem.ts';
import { positionMaps } from '../../settings/entries.ts';
import { type Check, namingFile, removedPart, replace, settingSpan } from '../check.ts';

/** Positions of settings at one frame, such as `weight: {0: 1, 0%: 0.5}`, of which one counts. */
export const duplicatePosition: Check = {
  code: 'travel/duplicate-position',
  run(clip) {
    return positionMaps(clip.settings).flatMap(({ path, values }): Problem[] => {
      const timed = timedPositions(values, clip);
      // What a range of images has after the other one is used.
      const isNumber = Object.values(values).every((value) => typeof value === 'number');
      return timed.flatMap((position, i): Problem[] => {
        const { written, frame, end } = position;
        // `setting-beyond-end` reports it.
        if (frame < 0 || (end !== null && end < frame)) return [];
        const later = timed.findLast(
          (other, at) => at > i && other.frame === frame && (isNumber || (other.end ?? frame) >= (end ?? frame)),
        );
        if (!later) return [];
        const place = placeOf(clip, path, position);
        const other = placeOf(clip, path, later);
        const removed = place ? removedPart(place, clip.document.text) : null;
        const message = `“${written}” is ignored, because “${later.written}” is at frame ${frame}, too. Remove one of them.`;
        return [
          {
            code: this.code,
            severity: 'warning',
            message: namingFile(clip, path, message),
            span: place?.key ?? settingSpan(clip, path, path.split('.')[0]!),
            related: other ? [{ span: other.key, message: 'This position is used.' }] : [],
            fixes: removed ? [replace('Remove the ignored position', removed, '')] : [],
          },
        ];
      });
    });
  },
};
