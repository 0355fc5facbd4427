import { fromWebui } from '../plan/other-preprocessors.ts';
import { type SettingValue, withoutUndefined } from './clip.ts';
import type { Fields } from './fields.ts';
import { type Json, shown } from './json.ts';
import { type Note, note } from './notes.ts';
import { CONTROL_MODES, RESIZE_MODES } from './tables.ts';
import { modelName } from './text.ts';

const PREPROCESSOR_PARAMETERS = ['pixel_perfect', 'processor_res', 'threshold_a', 'threshold_b'];
const UNIT_IMAGES = ['image', 'input_image', 'mask', 'mask_image', 'effective_region_mask'];

export interface ReadUnit {
  readonly unit: Readonly<Record<string, SettingValue>>;
  readonly notes: readonly Note[];
  /** It has a folder of its own. */
  readonly hasInput: boolean;
}

/**
 * A unit of sd-webui-controlnet. @param fields by their names in the API @param index for messages
 *
 * Source: sd-webui-controlnet `internal_controlnet/external_code.py`.
 */
export function controlNetUnit(fields: Fields, index: number): ReadUnit | null {
  const enabled = fields.take('enabled');
  if (isFalse(enabled)) return null;
  const notes: Note[] = [];
  const modelText = fields.take('model');
  const named = (names: ReadonlyMap<string, string>, key: string, given: Json | undefined) => {
    const name = given === undefined || given === null ? undefined : names.get(String(given));
    if (name === undefined && given !== undefined && given !== null)
      notes.push(note('other-fields', `ControlNet unit ${index}: ${key} is not known here. It was: ${shown(given)}`));
    return name;
  };
  const module = fields.take('module');
  const preprocessor = typeof module === 'string' && module.toLowerCase() !== 'none' ? fromWebui(module) : undefined;
  const parameters = PREPROCESSOR_PARAMETERS.flatMap((name) => {
    const value = fields.take(name);
    const isSet = value !== undefined && value !== null && !isFalse(value) && Number(value) !== -1;
    return isSet ? [`${name}: ${shown(value)}`] : [];
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
  const unit: Record<string, SettingValue | undefined> = {
    model: typeof modelText === 'string' ? modelName(modelText) : 'none',
    preprocessor,
    weight: fields.number('weight'),
    start: fields.number('guidance_start'),
    end: fields.number('guidance_end'),
    mode: named(CONTROL_MODES, 'control_mode', fields.take('control_mode')),
    resize: named(RESIZE_MODES, 'resize_mode', fields.take('resize_mode')),
    batch,
  };
  for (const [key, left] of fields.left()) {
    notes.push(
      note('other-fields', `ControlNet unit ${index}: the field ${key} is not carried over. It was: ${shown(left)}`),
    );
  }
  return { unit: withoutDefaults(unit), notes, hasInput: batch !== undefined || images.length > 0 };
}

/** An infotext has it as text. */
const isFalse = (value: Json | undefined) => value === false || value === 'False';

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
