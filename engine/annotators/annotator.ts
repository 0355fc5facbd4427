import type { AnnotatorName, SliderValues } from '../../plan/annotators.ts';
import type { Preprocessor } from '../../plan/network-annotators.ts';
import type { Picture } from './picture.ts';

/** What an annotator is given besides the picture. */
export type AnnotatorSettings<Name extends AnnotatorName> = SliderValues<Name> & {
  /** Length of the shorter side of what is annotated. */
  readonly resolution: number;
  /** 0 … 2³² − 1, of annotators with a random result. sd-webui-controlnet takes seed + subseed. */
  readonly seed: number;
};

/** Annotators with a random result. All others give the same for every seed. */
export const USES_SEED: ReadonlySet<Preprocessor> = new Set<Preprocessor>(['shuffle']);

/**
 * A ControlNet preprocessor without a network: a pure function.
 *
 * @param picture RGB
 * @returns RGB or gray, which stands for three equal channels
 */
export type Annotator<Name extends AnnotatorName> = (picture: Picture, settings: AnnotatorSettings<Name>) => Picture;
