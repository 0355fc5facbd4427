import type { Preprocessor } from './network-annotators.ts';

/** Names that sd-webui-controlnet's API and older versions of it have for preprocessors, besides those of its menu. */
const FORMER_NAMES: Readonly<Partial<Record<string, Preprocessor>>> = {
  color: 'color',
  hed: 'softedge_hed',
  hed_safe: 'softedge_hedsafe',
  lineart: 'lineart_realistic',
  midas: 'depth_midas',
  normal_map: 'normal_midas',
  pidinet: 'softedge_pidinet',
  pidinet_safe: 'softedge_pidisafe',
  pidinet_scribble: 'scribble_pidinet',
  t2ia_color_grid: 'color',
  te_hed: 'softedge_teed',
};

/** A preprocessor as sd-webui-controlnet writes it, by its name here: `invert (from white bg & black line)`, `hed`. */
export function fromWebui(name: string): string {
  const bare = name.replace(/ \(.*\)$/, '');
  return FORMER_NAMES[bare] ?? bare;
}

const MAPS_OF_OTHERS = 'use maps that another program made, as a folder in `batch` with `preprocessor: none`';
const START_IMAGE = 'use `init_image` with `denoising_strength`';

/** sd-webui-controlnet's preprocessors that do not exist here, the first that fits, with the nearest thing. */
const OTHERS: readonly (readonly [name: RegExp, nearest: string])[] = [
  [/^softedge_anyline$/, 'use `softedge_teed`'],
  [/^normal_(?:bae|dsine)$/, `use \`normal_midas\`, or ${MAPS_OF_OTHERS}`],
  [/^depth_(?:anything|zoe|leres(?:\+\+)?|hand_refiner|marigold)$/, 'use `depth_anything_v2` or `depth_midas`'],
  [/^lineart_anime_denoise$/, 'use `lineart_anime`'],
  [/^mlsd$/, `use \`canny\` with its own model, or ${MAPS_OF_OTHERS}`],
  [/^(?:animal_openpose|densepose(?:_parula)?)$/, `use \`dw_openpose_full\`, or ${MAPS_OF_OTHERS}`],
  [/^(?:mediapipe_face|facexlib)$/, `use \`openpose_faceonly\` with a pose model, or ${MAPS_OF_OTHERS}`],
  [/^(?:seg_\w+|mobile_sam|upernet_seg)$/, MAPS_OF_OTHERS],
  [/^tile_colorfix(?:\+sharp)?$/, 'use `tile_resample`'],
  [/^t2ia_sketch_pidi$/, 'use `scribble_pidinet` with a ControlNet'],
  [/^inpaint_\w+(?:\+\w+)?$/, 'use `inpaint_mask` with `init_image` or a video'],
  [/^(?:reference_\w+(?:\+\w+)?|revision_\w+|t2ia_style_clipvision)$/, START_IMAGE],
  [/^(?:ip-adapter|instant_id|pulid|photomaker|clip_vision)[\w+-]*$/, `${START_IMAGE}, or a LoRA`],
];

/**
 * Why a preprocessor of sd-webui-controlnet cannot be used, and what to do instead: a sentence. null: it can, or it has no such
 * preprocessor.
 */
export function otherPreprocessor(name: string): string | null {
  const nearest = OTHERS.find(([pattern]) => pattern.test(name))?.[1];
  return nearest === undefined ? null : `The preprocessor “${name}” is not available: ${nearest}.`;
}
