import { join } from 'node:path';
import { z } from 'zod';
import { annotate } from '../../engine/annotators/annotate.ts';
import { resizeHint, resizeInpaintHint } from '../../engine/annotators/hints/resize-hint.ts';
import type { ResizeMode } from '../../engine/annotators/hints/resize-mode.ts';
import type { Picture } from '../../engine/annotators/picture.ts';
import { pixelPerfectResolution } from '../../engine/annotators/pixel-perfect.ts';
import { toRgb } from '../../engine/annotators/to-rgb.ts';
import { loadSharp } from '../../engine/media/load-sharp.ts';
import { ANNOTATORS, type AnnotatorName, RESOLUTION, sliderValue, sliderValues } from '../../plan/annotators.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';

const MODES: Readonly<Record<string, ResizeMode>> = {
  'Just Resize': 'stretch',
  'Crop and Resize': 'crop',
  'Resize and Fill': 'fill',
};
const Mode = z.enum(Object.keys(MODES)).transform((mode) => MODES[mode]!);
const Annotator = z.enum(Object.keys(ANNOTATORS) as AnnotatorName[]);
const Frame = z.looseObject({ mode: Mode, width: z.int(), height: z.int() });
/** Sliders have their own names; `res` is the resolution. */
const Sliders = z.looseObject({ res: z.number().optional() }).transform(({ res, ...others }) => ({
  res,
  sliders: Object.fromEntries(
    Object.entries(others).flatMap(([key, value]) => (typeof value === 'number' ? [[key, value]] : [])),
  ),
}));

/** How far a picture may be from the reference, by the differences of its 8-bit values. */
const Tolerance = z.looseObject({
  max: z.number(),
  fraction_over_1: z.number(),
  fraction_over_0: z.number().default(1),
});

const ResolutionCase = z.object({
  module: z.literal('pixel_perfect_resolution'),
  name: z.string(),
  params: z.object({
    raw_width: z.int(),
    raw_height: z.int(),
    target_width: z.int(),
    target_height: z.int(),
    mode: Mode,
  }),
  expected: z.int(),
});
const PictureCase = z.object({
  module: z.enum(['resize', 'chain', ...Annotator.options]),
  name: z.string(),
  params: z.looseObject({}),
  input: z.string(),
  output: z.string(),
  tolerance: Tolerance,
});
const Case = z.discriminatedUnion('module', [ResolutionCase, PictureCase]);
type ResolutionCase = z.output<typeof ResolutionCase>;
type PictureCase = z.output<typeof PictureCase>;

/** All cases of `annotators/index.json`: annotators, the resize of hints, and pixel-perfect resolutions. */
async function annotators(golden: GoldenCase): Promise<Outcome> {
  const cases = z.array(Case).min(1).parse(golden.manifest.cases);
  const passed = new Map<string, number>();
  const failures: string[] = [];
  for (const one of cases) {
    const failure =
      one.module === 'pixel_perfect_resolution' ? resolutionFailure(one) : await pictureFailure(golden, one);
    if (failure === null) passed.set(one.module, (passed.get(one.module) ?? 0) + 1);
    else failures.push(`${one.name}: ${failure}`);
  }
  const counts = [...passed].map(([module, count]) => `${module} ${count}`).join(', ');
  if (failures.length === 0) return { status: 'passed', detail: `${cases.length} cases: ${counts}` };
  return { status: 'failed', detail: `${failures.length} of ${cases.length} cases: ${failures.join('; ')}` };
}

function resolutionFailure({ params, expected }: ResolutionCase): string | null {
  const picture = { width: params.raw_width, height: params.raw_height };
  const frame = { width: params.target_width, height: params.target_height };
  const actual = pixelPerfectResolution(picture, frame, params.mode);
  return actual === expected ? null : `${actual}, expected ${expected}`;
}

async function pictureFailure(golden: GoldenCase, { module, params, input, output, tolerance }: PictureCase) {
  const folder = join(golden.folder, golden.id, '..');
  const picture = await readPicture(join(folder, input));
  const actual = hintOf(module, picture, params);
  return difference(toRgbOrRgba(actual), toRgbOrRgba(await readPicture(join(folder, output))), tolerance);
}

function hintOf(module: PictureCase['module'], picture: Picture, params: PictureCase['params']): Picture {
  switch (module) {
    case 'resize': {
      const { mode, width, height, for_module } = Frame.extend({ for_module: z.string().default('none') }).parse(
        params,
      );
      if (!for_module.includes('inpaint')) return resizeHint(toRgb(picture), width, height, mode);
      const resized = resizeInpaintHint(picture, width, height, mode);
      return { ...resized, data: Uint8Array.from(resized.data, (value) => Math.min(Math.max(value, 0), 255)) };
    }
    case 'chain': {
      const { mode, ...asked } = Frame.parse(params);
      // A1111's sizes are multiples of 8 before a hint is made.
      const [width, height] = [asked.width & ~7, asked.height & ~7];
      const chain = z.looseObject({ annotator: Annotator, pixel_perfect: z.boolean().default(false) }).parse(params);
      const resolution = chain.pixel_perfect ? pixelPerfectResolution(picture, { width, height }, mode) : undefined;
      return resizeHint(annotated(chain.annotator, picture, params, resolution), width, height, mode);
    }
    default:
      return annotated(module, picture, params);
  }
}

function annotated(
  name: AnnotatorName,
  picture: Picture,
  params: PictureCase['params'],
  pixelPerfect?: number,
): Picture {
  const { res, sliders } = Sliders.parse(params);
  const resolution = pixelPerfect ?? sliderValue(RESOLUTION, res);
  return annotate(name, picture, { ...sliderValues(name, sliders), resolution, seed: 0 });
}

async function readPicture(path: string): Promise<Picture> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: Uint8Array.from(data) };
}

/** Gray stands for three equal channels. */
const toRgbOrRgba = (picture: Picture) => (picture.channels === 4 ? picture : toRgb(picture));

function difference(actual: Picture, expected: Picture, tolerance: z.output<typeof Tolerance>): string | null {
  const size = ({ width, height, channels }: Picture) => `${width}×${height}×${channels}`;
  if (size(actual) !== size(expected)) return `${size(actual)}, expected ${size(expected)}`;
  let [max, overOne, overZero] = [0, 0, 0];
  for (const [i, value] of actual.data.entries()) {
    const distance = Math.abs(value - expected.data[i]!);
    max = Math.max(max, distance);
    if (distance > 1) overOne++;
    if (distance > 0) overZero++;
  }
  const values = actual.data.length;
  if (
    max <= tolerance.max &&
    overOne / values <= tolerance.fraction_over_1 &&
    overZero / values <= tolerance.fraction_over_0
  ) {
    return null;
  }
  return `at most ${max} off, ${overZero} of ${values} values off, ${overOne} more than 1`;
}

export const checkers: Readonly<Record<string, Checker>> = { 'annotators/index': annotators };
