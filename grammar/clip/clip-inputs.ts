import type { ClipInputs, InputUnit } from '../../plan/clip-inputs.ts';
import { hintSeed } from '../../plan/controlnet.ts';
import type { Problem, TextSpan } from '../problem.ts';
import type { ClipContext } from './context.ts';
import { controlTime, hintUnitOf, unitFrames } from './controls.ts';
import { planImages, startsFromImages } from './images.ts';
import { IndexedPictures } from './indexed.ts';
import { imageSize } from './models.ts';
import { subseedOf } from './sampling.ts';

/** The settings that name what frames start from. */
const START_SETTINGS = ['init_image', 'last_frame', 'video'] as const;

/**
 * What guides a clip, also if it has errors: its models need not exist.
 *
 * @param errors of the clip that are not about its models; those of its inputs are in the result
 * @returns null if the clip starts from noise and has no ControlNet units
 */
export function clipInputs(clip: ClipContext, errors: readonly Problem[]): ClipInputs | null {
  const { settings, models, frames, seed } = clip;
  const [width, height] = imageSize(settings, models.nativeSize);
  const pictures = new IndexedPictures();
  const start = startOf(clip, pictures, errors);
  const time = controlTime(settings, frames);
  const units = settings.controlnet.map((unit, i): InputUnit => {
    const { model } = unit;
    const own = clip.controls[i] ?? null;
    const span = clip.spans.get(`controlnet.${i}`)?.value ?? clip.spans.get('controlnet')?.value;
    return {
      model,
      preprocessor: unit.preprocessor,
      hint: own && hintUnitOf(unit, model, clip.networks[i] ?? []),
      frames: own ? unitFrames(unit, own, time).map((each) => each && pictures.indexOf(each.picture)) : [],
      ...(unit.empty !== 'use' && { empty: unit.empty }),
      problem: firstIn(errors, span),
    };
  });
  if (!start && units.length === 0) return null;
  const masks = [clip.images.mask, ...clip.controlMasks].flatMap((mask) => mask?.files ?? []);
  return {
    width,
    height,
    seed: hintSeed(seed, subseedOf(settings, seed)),
    pictures: pictures.values,
    start,
    ...(masks.length > 0 && { masks }),
    units,
  };
}

function startOf(clip: ClipContext, pictures: IndexedPictures, errors: readonly Problem[]): ClipInputs['start'] {
  const { settings, images, models, frames, spans } = clip;
  if (!startsFromImages(settings)) return null;
  const planned = planImages(images, settings, { frames, hasMotion: models.motionModule !== null });
  const [problem] = START_SETTINGS.flatMap((key) => firstIn(errors, spans.get(key)?.value) ?? []);
  return {
    // Of an image that fades into another one, the one that the frame has more of.
    frames: planned.starts.map((start = []) => {
      const most = start.toSorted((a, b) => b.share - a.share)[0];
      const image = most && planned.images[most.image];
      return image ? pictures.indexOf(image) : null;
    }),
    problem: problem ?? null,
  };
}

function firstIn(errors: readonly Problem[], span: TextSpan | undefined): string | null {
  return errors.find((each) => span && each.span.start >= span.start && each.span.start < span.end)?.message ?? null;
}
