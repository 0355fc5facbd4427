import { describe, expect, it } from 'vitest';
import { ANNOTATOR_ALIASES } from '../../plan/annotators.ts';
import { NETWORK_ALIASES, PREPROCESSORS } from '../../plan/network-annotators.ts';
import { fromWebui, otherPreprocessor } from '../../plan/other-preprocessors.ts';

/** The menu of sd-webui-controlnet 1.1.455 without what exists here. */
const OTHERS = [
  'animal_openpose',
  'densepose',
  'densepose_parula',
  'depth_anything',
  'depth_hand_refiner',
  'depth_leres',
  'depth_leres++',
  'depth_zoe',
  'facexlib',
  'inpaint_global_harmonious',
  'inpaint_only',
  'inpaint_only+lama',
  'instant_id_face_embedding',
  'instant_id_face_keypoints',
  'ip-adapter-auto',
  'ip-adapter_clip_g',
  'ip-adapter_clip_h',
  'ip-adapter_clip_sdxl_plus_vith',
  'ip-adapter_face_id',
  'ip-adapter_face_id_plus',
  'ip-adapter_pulid',
  'lineart_anime_denoise',
  'mediapipe_face',
  'mlsd',
  'mobile_sam',
  'normal_bae',
  'normal_dsine',
  'reference_adain',
  'reference_adain+attn',
  'reference_only',
  'revision_clipvision',
  'revision_ignore_prompt',
  'seg_anime_face',
  'seg_ofade20k',
  'seg_ofcoco',
  'seg_ufade20k',
  'softedge_anyline',
  't2ia_sketch_pidi',
  't2ia_style_clipvision',
  'tile_colorfix',
  'tile_colorfix+sharp',
];

describe('otherPreprocessor', () => {
  it.each(OTHERS)('%s is refused in one sentence with the nearest thing', (name) => {
    const sentence = otherPreprocessor(name)!;
    expect(sentence).toMatch(/^The preprocessor “.+” is not available: use .+\.$/);
    expect(sentence).toContain(`“${name}”`);
    // One sentence, and what it offers exists.
    expect(sentence.slice(0, -1)).not.toContain('. ');
    for (const [, offered] of sentence.matchAll(/`(\w+)`/g)) {
      const settings = ['batch', 'init_image', 'inpaint_mask', 'denoising_strength'];
      expect([...PREPROCESSORS, ...settings]).toContain(offered);
    }
  });

  it.each([...PREPROCESSORS, ...Object.keys({ ...ANNOTATOR_ALIASES, ...NETWORK_ALIASES }), 'cany', 'seg', ''])(
    '“%s” is not one of them',
    (name) => {
      expect(otherPreprocessor(name)).toBeNull();
    },
  );
});

describe('fromWebui', () => {
  it.each([
    ['softedge_hed', 'softedge_hed'],
    ['hed_safe', 'softedge_hedsafe'],
    ['lineart', 'lineart_realistic'],
    ['normal_map', 'normal_midas'],
    ['t2ia_color_grid', 'color'],
    ['invert (from white bg & black line)', 'invert'],
    ['lineart_standard (from white bg & black line)', 'lineart_standard'],
    ['mlsd', 'mlsd'],
  ])('%s is %s', (name, own) => {
    expect(fromWebui(name)).toBe(own);
  });
});
