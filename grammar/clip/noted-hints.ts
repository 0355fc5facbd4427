import { hintKey } from '../../plan/empty-hints.ts';
import type { ClipContext } from './context.ts';
import { controlTime, hintUnitOf, unitFrames } from './controls.ts';
import { IndexedPictures } from './indexed.ts';
import { imageSize } from './models.ts';

/**
 * The frames that a unit acts on with a hint that was noted when it was made.
 *
 * @param isNoted whether the hint of a `hintKey` was
 */
export function framesOfHints(clip: ClipContext, index: number, isNoted: (key: string) => boolean): number[] {
  const { settings, models, frames, controls, networks } = clip;
  const [unit, own] = [settings.controlnet[index]!, controls[index] ?? null];
  const hint = own && hintUnitOf(unit, unit.model, networks[index] ?? []);
  if (!hint) return [];
  const [width, height] = imageSize(settings, models.nativeSize);
  const pictures = new IndexedPictures();
  const used = unitFrames(unit, own, controlTime(settings, frames)).map(
    (each) => each && pictures.indexOf(each.picture),
  );
  const noted = pictures.values.map((picture) => isNoted(hintKey(hint, picture, { width, height })));
  return used.flatMap((picture, frame) => (picture !== null && noted[picture] ? [frame] : []));
}
