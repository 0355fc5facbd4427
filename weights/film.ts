import type { TensorDefect } from '../plan/model.ts';
import { ExpectedTensors } from './expected-tensors.ts';
import type { TensorEntry } from './tensor.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

/** Levels of the pyramids, from the finest, 0, on. */
export const FILM_LEVELS = 7;
/** The finest levels, which are fused. */
export const FUSED_LEVELS = 5;
/** Sizes of features that each level of the image pyramid gives: its own, and the next coarser ones. */
export const SUB_LEVELS = 4;
/** The finest levels have a flow predictor each; the others share one. */
export const OWN_PREDICTORS = 3;

/** A network of FILM (Reda et al., arXiv 2202.04901), with weights by the names of `Layers`. */
export interface FilmWeights {
  /** `fuse.convs.0.0.weight` and so on, whatever the version of the file. */
  readonly tensors: Tensors;
  /** The program that this file is from uses the time of a new frame; older files always gave the middle. */
  readonly timed: boolean;
}

/**
 * Convolutions: with their activation in PyTorch's `Sequential`, they are `.0`, in ComfyUI `.conv`. In v1.0.0, those
 * without an activation have neither.
 */
const CONVOLUTION =
  /^(extract\.extract_sublevels\.convs\.\d+\.\d+|predict_flow\._predictor(?:s\.\d+)?\._convs\.\d+|fuse\.convs\.\d+\.\d+|fuse\.output_conv)(?:\.0|\.conv)?\.(weight|bias)$/;

/**
 * The weights of FILM in a file: of the PyTorch port (dajes/frame-interpolation-pytorch) v1.0.0, which A1111's Deforum
 * has, v1.0.1 and later, or ComfyUI's. The values are the same in all of them.
 *
 * @returns null if the file is something else
 */
export function filmWeights(tensors: Tensors): FilmWeights | null {
  if (!tensors.has('fuse.output_conv.weight')) return null;
  const named = new Map<string, TensorEntry>();
  for (const [key, entry] of tensors) {
    const [, convolution, part] = CONVOLUTION.exec(key) ?? [];
    if (convolution !== undefined) named.set(`${convolution}.${part}`, entry);
  }
  if (!named.has(`${extractor(0, 0)}.weight`)) return null;
  return { tensors: named, timed: !tensors.has('fuse.convs.0.0.weight') };
}

/** The names of its layers. */
export const extractor = (sub: number, i: number): string => `extract.extract_sublevels.convs.${sub}.${i}`;
export const predictor = (level: number): string =>
  level < OWN_PREDICTORS ? `predict_flow._predictors.${OWN_PREDICTORS - 1 - level}` : 'predict_flow._predictor';
/** @param level 0 to 3 */
export const fusion = (level: number): string => `fuse.convs.${FUSED_LEVELS - 2 - level}`;

/** Channels of its first layer, from which most others follow. */
export const filmFilters = ({ tensors }: Pick<FilmWeights, 'tensors'>): number =>
  tensors.get(`${extractor(0, 0)}.weight`)?.shape[0] ?? 0;

/** Channels of the features of a level. */
function featureChannels(filters: number, level: number): number {
  let channels = 0;
  for (let sub = 0; sub < Math.min(SUB_LEVELS, level + 1); sub++) channels += filters << sub;
  return channels;
}

/** Channels of what is fused in a level: both pictures with their features, and a flow of two channels to each. */
const fusedChannels = (filters: number, level: number) => 2 * (3 + featureChannels(filters, level)) + 4;

/** The first tensor that FILM needs, and that is missing or has another shape. */
export function filmDefect(film: FilmWeights): TensorDefect | null {
  const expected = new ExpectedTensors(film.tensors, 'film');
  const filters = expected.usual([
    [`${extractor(0, 0)}.weight`, 0],
    [`${extractor(0, 1)}.weight`, 0],
    ['fuse.output_conv.weight', 1],
  ]);
  for (let sub = 0; sub < SUB_LEVELS; sub++) {
    const width = filters << sub;
    expected.conv(extractor(sub, 0), width, sub === 0 ? 3 : width >> 1, 3);
    expected.conv(extractor(sub, 1), width, width, 3);
  }
  for (let level = 0; level <= OWN_PREDICTORS; level++) {
    const name = predictor(level);
    const width = expected.usual([1, 2].map((i) => [`${name}._convs.${i}.weight`, 0]));
    expected.conv(`${name}._convs.0`, width, 2 * featureChannels(filters, level), 3);
    expected.conv(`${name}._convs.1`, width, width, 3);
    expected.conv(`${name}._convs.2`, width, width, 3);
    expected.conv(`${name}._convs.3`, width >> 1, width, 1);
    expected.conv(`${name}._convs.4`, 2, width >> 1, 1);
  }
  for (let level = FUSED_LEVELS - 2; level >= 0; level--) {
    const width = filters << level;
    const coarser = level === FUSED_LEVELS - 2 ? fusedChannels(filters, level + 1) : width << 1;
    expected.conv(`${fusion(level)}.0`, width, coarser, 2);
    expected.conv(`${fusion(level)}.1`, width, width + fusedChannels(filters, level), 3);
    expected.conv(`${fusion(level)}.2`, width, width, 3);
  }
  expected.conv('fuse.output_conv', 3, filters, 1);
  return expected.defect;
}
