import { mapOfModel } from '../../../plan/control-maps.ts';
import { framesInWords } from '../../../plan/frames-in-words.ts';
import { framesOfHints } from '../../clip/noted-hints.ts';
import type { Fix } from '../../problem.ts';
import { setPart } from '../../settings/set-part.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

const FIXES = [
  ['Hold the last hint', 'hold'],
  ['Weight 0', 'off'],
] as const;

/** Frames whose hint was found to be black when it was made: by a render, for the preview, or by `travel annotate`. */
export const emptyHints: Check = {
  code: 'travel/empty-hints',
  run(clip) {
    const known = clip.settings.controlnet.length > 0 ? clip.environment.emptyHints : null;
    if (!known || known.size === 0) return [];
    return clip.settings.controlnet.flatMap(({ model, empty }, i) => {
      // For models of images, black is an image.
      if (mapOfModel(model) === 'images') return [];
      const frames = framesOfHints(clip, i, (key) => known.has(key));
      const isEvery = frames.length === framesOfHints(clip, i, () => true).length;
      if (frames.length === 0 || (empty !== 'use' && !isEvery)) return [];
      const message = isEvery
        ? `Every hint is black, so the unit ${empty === 'use' ? 'guides all of its frames by black' : 'never acts'}. Nothing was found in its input. Use another input or preprocessor, or remove the unit.`
        : `The hint is black in ${framesInWords(frames)}. Nothing was found there, so the unit guides these frames by ` +
          'black. Hold the last hint with `empty: hold`, or use weight 0 there with `empty: off`.';
      // Of a unit without any other hint, none is held.
      const fixes = (isEvery ? [] : FIXES).flatMap(([title, value]): Fix[] => {
        const edit = setPart(clip, `controlnet.${i}`, ['empty', value], 'model');
        return edit ? [{ title, edits: [edit], mechanical: false }] : [];
      });
      return [
        {
          code: this.code,
          severity: 'warning' as const,
          message: namingFile(clip, 'controlnet', message),
          span: settingSpan(clip, `controlnet.${i}.preprocessor`, `controlnet.${i}.model`, 'controlnet'),
          fixes,
        },
      ];
    });
  },
};
