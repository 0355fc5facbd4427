import { mapOfModel } from '../../../plan/control-maps.ts';
import { hintKey } from '../../../plan/empty-hints.ts';
import { framesInWords } from '../../../plan/frames-in-words.ts';
import type { ClipContext } from '../../clip/context.ts';
import { controlTime, hintUnitOf, unitFrames } from '../../clip/controls.ts';
import { IndexedPictures } from '../../clip/indexed.ts';
import { imageSize } from '../../clip/models.ts';
import type { Fix } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { setPart } from '../set-part.ts';

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
      if (empty !== 'use' || mapOfModel(model) === 'images') return [];
      const frames = emptyFrames(clip, i, known);
      if (frames.length === 0) return [];
      const message =
        `The hint is black in ${framesInWords(frames)}. Nothing was found there, so the unit guides these frames by ` +
        'black. Hold the last hint with `empty: hold`, or use weight 0 there with `empty: off`.';
      const fixes = FIXES.flatMap(([title, value]): Fix[] => {
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

/** The frames that a unit acts on with a black hint. */
function emptyFrames(clip: ClipContext, index: number, known: ReadonlySet<string>): number[] {
  const { settings, models, frames, controls, networks } = clip;
  const [unit, own] = [settings.controlnet[index]!, controls[index] ?? null];
  const hint = own && hintUnitOf(unit, unit.model, networks[index] ?? []);
  if (!hint) return [];
  const [width, height] = imageSize(settings, models.nativeSize);
  const pictures = new IndexedPictures();
  const used = unitFrames(unit, own, controlTime(settings, frames)).map(
    (each) => each && pictures.indexOf(each.picture),
  );
  const isEmpty = pictures.values.map((picture) => known.has(hintKey(hint, picture, { width, height })));
  return used.flatMap((picture, frame) => (picture !== null && isEmpty[picture] ? [frame] : []));
}
