import { fromWebui } from '../plan/other-preprocessors.ts';
import { type SettingValue, withoutUndefined } from './clip.ts';
import type { Fields } from './fields.ts';
import { type Json, shown } from './json.ts';
import { type Note, note } from './notes.ts';
import { CONTROL_MODES, RESIZE_MODES } from './tables.ts';
import { modelName } from './text.ts';

/** Names of ControlNet's fields in the API and in the infotext. */
const UNIT_NAMES = {
  model: ['model', 'Model'],
  module: ['module', 'Module'],
  weight: ['weight', 'Weight'],
  start: ['guidance_start', 'Guidance Start'],
  end: ['guidance_end', 'Guidance End'],
  mode: ['control_mode', 'Control Mode'],
  resize: ['resize_mode', 'Resize Mode'],
} as const;
const PREPROCESSOR_PARAMETERS = [
  ['pixel_perfect', 'Pixel Perfect'],
  ['processor_res', 'Processor Res'],
  ['threshold_a', 'Threshold A'],
  ['threshold_b', 'Threshold B'],
] as const;
const UNIT_IMAGES = ['image', 'input_image', 'mask', 'mask_image', 'effective_region_mask'];

export interface ReadUnit {
  readonly unit: Readonly<Record<string, SettingValue>>;
  readonly notes: readonly Note[];
  /** It has a folder of its own. */
  readonly hasInput: boolean;
}

/**
 * A unit of sd-webui-controlnet. @param index for messages
 *
 * Source: sd-webui-controlnet `scripts/infotext.py`, `internal_controlnet/external_code.py`.
 */
export function controlNetUnit(fields: Fields, index: number): ReadUnit | null {
  const enabled = fields.take('enabled');
  if (enabled === false) return null;
  const notes: Note[] = [];
  const value = (names: readonly string[]) =>
    names.map((name) => fields.take(name)).find((found) => found !== undefined);
  const number = (names: readonly string[]) =>
    names.map((name) => fields.number(name)).find((found) => found !== undefined);
  const modelText = value(UNIT_NAMES.model);
  const named = (names: ReadonlyMap<string, string>, key: string, given: Json | undefined) => {
    const name = given === undefined || given === null ? undefined : names.get(String(given));
    if (name === undefined && given !== undefined && given !== null)
      notes.push(note('other-fields', `ControlNet unit ${index}: ${key} is not known here. It was: ${shown(given)}`));
    return name;
  };
  const module = value(UNIT_NAMES.module);
  const preprocessor = typeof module === 'string' && module.toLowerCase() !== 'none' ? fromWebui(module) : undefined;
  const parameters = PREPROCESSOR_PARAMETERS.flatMap((names) => {
    const found = value(names);
    const isSet =
      found !== undefined &&
      found !== false &&
      found !== -1 &&
      !(typeof found === 'string' && /^(?:False|-1)$/.test(found));
    return isSet ? [`${names.at(typeof found === 'string' ? 1 : 0)}: ${shown(found)}`] : [];
  });
  if (preprocessor !== undefined && parameters.length > 0) {
    notes.push(
      note(
        'preprocessor-parameters',
        `ControlNet unit ${index}: the parameters of the preprocessor are not carried over (${parameters.join(', ')}). Its defaults are used.`,
      ),
    );
  }
  const images = UNIT_IMAGES.filter((key) => fields.take(key));
  if (images.length > 0) {
    notes.push(
      note(
        'controlnet-input',
        `ControlNet unit ${index}: its input (${images.join(', ')}) is in the file as data. Save it as an image and set \`image\` of the unit.`,
      ),
    );
  }
  const batch = fields.text('batch_images') || fields.text('batch_image_dir') || undefined;
  fields.take('low_vram');
  fields.take('lowvram');
  fields.take('save_detected_map');
  const { mode, resize } = { mode: value(UNIT_NAMES.mode), resize: value(UNIT_NAMES.resize) };
  const unit: Record<string, SettingValue | undefined> = {
    model: typeof modelText === 'string' ? modelName(modelText) : 'none',
    preprocessor,
    weight: number(UNIT_NAMES.weight),
    start: number(UNIT_NAMES.start),
    end: number(UNIT_NAMES.end),
    mode: named(CONTROL_MODES, 'control_mode', mode),
    resize: named(RESIZE_MODES, 'resize_mode', resize),
    batch,
  };
  for (const [key, left] of fields.left()) {
    notes.push(
      note('other-fields', `ControlNet unit ${index}: the field ${key} is not carried over. It was: ${shown(left)}`),
    );
  }
  return { unit: withoutDefaults(unit), notes, hasInput: batch !== undefined || images.length > 0 };
}

const UNIT_DEFAULTS: Readonly<Record<string, SettingValue>> = {
  weight: 1,
  start: 0,
  end: 1,
  mode: 'balanced',
  resize: 'crop',
};

export function withoutDefaults(
  unit: Readonly<Record<string, SettingValue | undefined>>,
): Record<string, SettingValue> {
  return Object.fromEntries(
    Object.entries(withoutUndefined(unit)).filter(([name, value]) => value !== UNIT_DEFAULTS[name]),
  );
}
