import type { Preprocessor } from './network-annotators.ts';

/** What a ControlNet was trained with, and what a preprocessor makes; in messages, too. */
export type ControlMap =
  | 'lines'
  | 'depth maps'
  // Of ControlNet 1.1 and 1.0: their colors differ.
  | 'BAE’s normal maps'
  | 'MiDaS’s normal maps'
  | 'poses'
  | 'segments'
  | 'images';

/** By the usual names of models, the first that fits. */
const MODELS: readonly (readonly [name: RegExp, map: ControlMap])[] = [
  [/depth/i, 'depth maps'],
  [/normal_?bae/i, 'BAE’s normal maps'],
  [/normal/i, 'MiDaS’s normal maps'],
  [/pose/i, 'poses'],
  [/canny|lineart|line_art|scribble|softedge|hed|pidi|mlsd/i, 'lines'],
  [/(?:^|[^a-z])seg(?:[^a-z]|$)/i, 'segments'],
  [/tile|blur|shuffle|ip2p|inpaint|recolor/i, 'images'],
];

const PREPROCESSORS: Readonly<Partial<Record<Preprocessor, ControlMap>>> = {
  canny: 'lines',
  scribble_xdog: 'lines',
  lineart_standard: 'lines',
  lineart_realistic: 'lines',
  lineart_coarse: 'lines',
  lineart_anime: 'lines',
  softedge_hed: 'lines',
  softedge_hedsafe: 'lines',
  softedge_pidinet: 'lines',
  softedge_pidisafe: 'lines',
  softedge_teed: 'lines',
  scribble_hed: 'lines',
  scribble_pidinet: 'lines',
  depth_anything_v2: 'depth maps',
  depth_midas: 'depth maps',
  normal_midas: 'MiDaS’s normal maps',
  dw_openpose_full: 'poses',
  openpose: 'poses',
  openpose_hand: 'poses',
  openpose_face: 'poses',
  openpose_faceonly: 'poses',
  openpose_full: 'poses',
  blur_gaussian: 'images',
  tile_resample: 'images',
  recolor_luminance: 'images',
  recolor_intensity: 'images',
  shuffle: 'images',
};

/** @param name of a ControlNet model; null: its name does not tell */
export const mapOfModel = (name: string): ControlMap | null =>
  MODELS.find(([pattern]) => pattern.test(name))?.[1] ?? null;

/** Whether a model of lines knows edges only, which are black and white. */
export const expectsEdges = (name: string): boolean => /canny/i.test(name);

/** null: it makes whatever its images are. */
export const mapOfPreprocessor = (name: Preprocessor): ControlMap | null => PREPROCESSORS[name] ?? null;
