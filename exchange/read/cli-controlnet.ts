import type { SettingValue } from '../clip.ts';
import { withoutDefaults } from '../controlnet-unit.ts';
import { Fields } from '../fields.ts';
import type { NumberedImages } from '../format.ts';
import { isMap, type JsonMap, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';

/** The model that the tool loads for an entry, and the preprocessor that it uses if the entry has none. */
const ENTRIES: Readonly<Record<string, readonly [model: string, preprocessor: string]>> = {
  controlnet_tile: ['control_v11f1e_sd15_tile', 'none'],
  controlnet_ip2p: ['control_v11e_sd15_ip2p', 'none'],
  controlnet_lineart_anime: ['control_v11p_sd15s2_lineart_anime', 'lineart_anime'],
  controlnet_openpose: ['control_v11p_sd15_openpose', 'dwpose'],
  controlnet_softedge: ['control_v11p_sd15_softedge', 'softedge_hedsafe'],
  controlnet_shuffle: ['control_v11e_sd15_shuffle', 'shuffle'],
  controlnet_depth: ['control_v11f1p_sd15_depth', 'depth_midas'],
  controlnet_canny: ['control_v11p_sd15_canny', 'canny'],
  controlnet_inpaint: ['control_v11p_sd15_inpaint', 'none'],
  controlnet_lineart: ['control_v11p_sd15_lineart', 'lineart_realistic'],
  controlnet_mlsd: ['control_v11p_sd15_mlsd', 'mlsd'],
  controlnet_normalbae: ['control_v11p_sd15_normalbae', 'normal_bae'],
  controlnet_scribble: ['control_v11p_sd15_scribble', 'scribble_pidsafe'],
  controlnet_seg: ['control_v11p_sd15_seg', 'upernet_seg'],
  controlnet_mediapipe_face: ['control_v2p_sd15_mediapipe_face', 'mediapipe_face'],
  qr_code_monster_v1: ['control_v1p_sd15_qrcode_monster', 'depth_midas'],
  qr_code_monster_v2: ['control_v1p_sd15_qrcode_monster_v2', 'depth_midas'],
  animatediff_controlnet: ['controlnet_checkpoint', 'none'],
};

/** Preprocessors whose names differ from sd-webui-controlnet's. */
const PREPROCESSORS: Readonly<Record<string, string>> = {
  dwpose: 'dw_openpose_full',
  blur: 'blur_gaussian',
  scribble_pidsafe: 'scribble_pidinet',
  scribble_hedsafe: 'scribble_hed',
  softedge_pidsafe: 'softedge_pidisafe',
};

const isOn = (unit: JsonMap) => unit.get('enable') === true;

/** Frames of the clip, and the images that are on this computer. */
export interface CliInputs {
  readonly frames: number;
  readonly images: NumberedImages | undefined;
}

/**
 * The units of a `controlnet_map`. Each has a folder of images whose names are numbers of frames; those without images do
 * not act.
 *
 * Source: animatediff-cli-prompt-travel `generate.py`, `controlnet_preprocess`, `create_controlnet_model`.
 */
export function cliUnits(map: JsonMap, inputs: CliInputs, notes: Note[]): SettingValue[] | undefined {
  const folder = map.get('input_image_dir');
  const active = [...map].flatMap(([name, unit]) => (isMap(unit) && isOn(unit) ? [[name, unit] as const] : []));
  const units = active.filter(([name]) => name !== 'controlnet_ref');
  if (units.length === 0) return undefined;
  const found = units.map(([name, unit]) => {
    const path = typeof folder === 'string' ? `${folder}/${name}` : name;
    return { name, unit, images: inputs.images?.(path) ?? null };
  });
  if (found.every(({ images }) => images === null)) {
    const names = units.map(([name]) => name).join(', ');
    const where = shown(folder ?? '?');
    const message = `ControlNet units are not carried over: ${names}, with images in ${where}. Only those with images there act. Add them with \`controlnet\`.`;
    notes.push(note('controlnet', message));
    return undefined;
  }
  return found.flatMap(({ name, unit, images }) =>
    images && [...images.keys()].some((frame) => frame < inputs.frames)
      ? [unitOf({ name, unit }, images, inputs.frames, notes)]
      : [],
  );
}

function unitOf(
  { name, unit }: { readonly name: string; readonly unit: JsonMap },
  images: ReadonlyMap<number, string>,
  frames: number,
  notes: Note[],
): SettingValue {
  const fields = new Fields(unit);
  const [model, fallback] = ENTRIES[name] ?? [name, 'none'];
  const own = fields.map('preprocessor');
  const type = own?.get('type');
  const preprocessor = fields.take('use_preprocessor') === false ? 'none' : typeof type === 'string' ? type : fallback;
  const parameters = own?.get('param');
  if (isMap(parameters) && parameters.size > 0) {
    notes.push(
      note(
        'preprocessor-parameters',
        `The parameters of the preprocessor of ${name} are not carried over (${shown(parameters)}). Its defaults are used.`,
      ),
    );
  }
  const scales = fields.list('control_scale_list') ?? [];
  const regions = fields.list('control_region_list') ?? [];
  if (scales.length > 0) {
    notes.push(
      note(
        'controlnet',
        `There, each image of ${name} also acts on the frames around it (control_scale_list: ${scales.map(shown).join(', ')}). Here, it acts on its own frame.`,
      ),
    );
  }
  if (regions.length > 0)
    notes.push(
      note('regional-prompts', `${name} acts in all of the picture, not only in: ${regions.map(shown).join(', ')}`),
    );
  return withoutDefaults({
    model,
    preprocessor: preprocessor === 'none' ? undefined : (PREPROCESSORS[preprocessor] ?? preprocessor),
    weight: fields.number('controlnet_conditioning_scale'),
    start: fields.number('control_guidance_start'),
    end: fields.number('control_guidance_end'),
    mode: fields.take('guess_mode') === true ? 'control' : undefined,
    ...imagesOf(images, frames),
  });
}

/** A folder with an image for each frame, or the images of some frames. */
function imagesOf(
  images: ReadonlyMap<number, string>,
  frames: number,
): { readonly batch: string } | { readonly image: SettingValue } {
  const batch = wholeFolder(images, frames);
  if (batch !== null) return { batch };
  const inside = [...images].filter(([frame]) => frame < frames).sort(([a], [b]) => a - b);
  return { image: Object.fromEntries(inside) };
}

/** The folder of images; null if it has none for some frame. */
function wholeFolder(images: ReadonlyMap<number, string>, frames: number): string | null {
  const [first] = images.values();
  if (first === undefined || images.size < frames) return null;
  const hasAll = Array.from({ length: frames }, (_, frame) => images.has(frame)).every(Boolean);
  return hasAll ? first.slice(0, first.lastIndexOf('/')) : null;
}

/** Of `img2img_map`, if it has none of its own. */
const DEFAULT_STRENGTH = 0.7;

/** The folder of images that the frames start from, if it has one for each. */
export function cliStart(map: JsonMap, { frames, images }: CliInputs, notes: Note[]): Record<string, SettingValue> {
  const folder = map.get('init_img_dir');
  const strength = map.get('denoising_strength') ?? DEFAULT_STRENGTH;
  const found = typeof folder === 'string' ? images?.(folder) : null;
  const whole = found ? wholeFolder(found, frames) : null;
  if (whole !== null && typeof strength === 'number') return { init_image: whole, denoising_strength: strength };
  notes.push(
    note(
      'img2img-folder',
      `The folder of images that the frames start from is not carried over (init_img_dir: ${shown(folder ?? '?')}, denoising_strength: ${shown(strength)}). There, each image is for the frame whose number is its name. Set \`init_image\` to the folder if it has an image for each frame, or to one image.`,
    ),
  );
  return {};
}
