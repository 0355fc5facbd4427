import { Fields } from './fields.ts';
import type { Json, JsonMap } from './json.ts';

/** A part of a unit’s text begins with a name; the commas of `(0, 0.7)` do not. */
const NEXT_FIELD = /, (?=[A-Za-z][A-Za-z /_]{0,40}: )/;

/** Names of fields that were renamed, as the API has them. */
const RENAMED: ReadonlyMap<string, string> = new Map([['preprocessor', 'module']]);

/** Fields that hold several values in brackets, as `(0, 0.7)`: those of versions before 1.1.400. */
const LISTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['starting/ending', ['guidance_start', 'guidance_end']],
  ['preprocessor_params', ['processor_res', 'threshold_a', 'threshold_b']],
]);

/** Names of Python’s enumerations, which requests to the API leave in the infotext. */
const ENUMERATED: ReadonlyMap<string, string> = new Map([
  ['ControlMode.BALANCED', 'Balanced'],
  ['ControlMode.PROMPT', 'My prompt is more important'],
  ['ControlMode.CONTROL', 'ControlNet is more important'],
  ['ResizeMode.RESIZE', 'Just Resize'],
  ['ResizeMode.INNER_FIT', 'Crop and Resize'],
  ['ResizeMode.OUTER_FIT', 'Resize and Fill'],
]);

/**
 * The fields of a ControlNet unit in an infotext, by their names in the API: `Guidance Start: 0.1` or, in older versions,
 * `starting/ending: (0.1, 1)`.
 *
 * Source: sd-webui-controlnet `scripts/infotext.py`; before that, `get_enabled_units` in `scripts/controlnet.py`.
 */
export function unitFields(text: string): Fields {
  return new Fields(
    apiFields(
      text.split(NEXT_FIELD).map((part) => {
        const colon = part.indexOf(':');
        return colon < 0 ? [part, ''] : [part.slice(0, colon), part.slice(colon + 1)];
      }),
    ),
  );
}

/** @param parts names and values, as text */
export function apiFields(parts: readonly (readonly [name: string, value: string])[]): JsonMap {
  return new Map(parts.flatMap(([name, value]) => fieldsOf(name.trim(), value.trim())));
}

function fieldsOf(written: string, value: string): readonly (readonly [name: string, value: Json])[] {
  const name = written.toLowerCase().replace(/ /g, '_');
  const names = LISTS.get(name);
  const values = /^\((.*)\)$/.exec(value)?.[1]?.split(',');
  if (names?.length === values?.length && names && values) {
    return names.map((one, i) => [one, jsonOf(values[i]!.trim())]);
  }
  return [[RENAMED.get(name) ?? name, jsonOf(value)]];
}

/** Numbers and Booleans stay text, for messages. */
function jsonOf(value: string): Json {
  if (value === 'None') return null;
  return ENUMERATED.get(value) ?? value;
}
