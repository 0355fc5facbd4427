import { closedFrames } from '../grammar/time/order.ts';
import { overlapFrames } from '../grammar/time/windows.ts';
import { webuiInBetweens } from '../plan/interpolation.ts';
import { type SettingValue, withoutUndefined } from './clip.ts';
import type { Fields } from './fields.ts';
import { isList, type Json, shown } from './json.ts';
import { type Note, note } from './notes.ts';
import { modelName } from './text.ts';

/** What fields of A1111 and its extensions become. */
export interface ReadFields {
  readonly settings: Record<string, SettingValue | undefined>;
  readonly notes: readonly Note[];
}

/** Of sd-webui-animatediff (`AnimateDiffProcess`). */
export const DEFAULT_MODULE = 'mm_sd15_v3.safetensors';
const DEFAULT_CONTEXT = 16;
const DEFAULT_FPS = 8;

const LOOPS = ['N', 'R-P', 'R+P', 'A'] as const;
/** The parts of `reverse`, in the order of their old numbers. */
export const REVERSE_PARTS: readonly string[] = ['add', 'remove_head', 'remove_tail'];
/** Save formats in lower case. */
export const WEBUI_FORMATS: ReadonlySet<string> = new Set(['gif', 'mp4', 'webp', 'webm', 'png', 'txt']);

/** @param values of its settings, such as `hr_scale: 2`; '' if it has its defaults */
export const hiresFixNote = (values: string): Note =>
  note(
    'hires-fix',
    `Hires fix, a second pass at a larger size, is not available${values && ` (${values})`}. Set \`width\` and \`height\` instead.`,
  );

/**
 * The fields of sd-webui-animatediff, as in its API and in its infotext, whose values are text there. Missing ones have
 * the extension's defaults.
 *
 * Source: sd-webui-animatediff `scripts/animatediff_ui.py`, `AnimateDiffProcess`; `reverse` is of versions before 1.9.4.
 */
export function animateDiffFields(fields: Fields): ReadFields {
  const notes: Note[] = [];
  const context = fields.number('batch_size') ?? DEFAULT_CONTEXT;
  const frames = fields.number('video_length') || context;
  const loop = fields.text('closed_loop') ?? 'R-P';
  const known = LOOPS.find((name) => name === loop);
  if (!known) notes.push(note('other-fields', `closed_loop: ${loop} is not known here. R-P is used.`));
  const closedLoop = known ?? 'R-P';
  const settings: ReadFields['settings'] = {
    motion_module: modelName(fields.text('model') ?? DEFAULT_MODULE),
    frames,
    fps: fields.number('fps') ?? DEFAULT_FPS,
    loop: fields.number('loop_number') ?? 0,
    closed_loop: closedLoop,
    context,
    stride: fields.number('stride') ?? 1,
    overlap: overlapOf(fields.number('overlap'), context),
    save: saved(fields.take('format'), notes),
    reverse: reversed(fields.list('reverse'), notes),
    interpolate: interpolated(fields, closedFrames({ frames, context, closedLoop }), notes),
    video: videoOf(fields, notes),
    mask: fields.text('mask_path') || undefined,
    free_init: freeInit(fields, notes),
    latent_power: fields.number('latent_power'),
    latent_scale: fields.number('latent_scale'),
    latent_power_last: fields.number('latent_power_last'),
    latent_scale_last: fields.number('latent_scale_last'),
  };
  if (fields.text('last_frame')) {
    notes.push(
      note(
        'last-frame',
        'The last frame is in the file as data (1 picture, base64). Save it as a file and set `last_frame` to its path.',
      ),
    );
  }
  const request = fields.take('request_id');
  if (request !== undefined && request !== null && request !== '') {
    notes.push(note('request-id', `The request ID “${shown(request)}” is not used. Name the files with \`output\`.`));
  }
  const hash = fields.take('mm_hash');
  if (hash !== undefined) notes.push(note('hashes', `The hash of the motion module, ${shown(hash)}, is not checked.`));
  const version = fields.take('version');
  if (version !== undefined) notes.push(note('version', `Written by AnimateDiff version ${shown(version)}.`));
  fields.take('enable');
  fields.take('is_i2i_batch');
  for (const [key, value] of fields.left()) {
    notes.push(note('other-fields', `AnimateDiff’s field ${key} is not carried over. It was: ${shown(value)}`));
  }
  return { settings, notes };
}

/** The extension resolves −1 before it writes the infotext. */
const overlapOf = (overlap: number | undefined, context: number) =>
  overlap === undefined || overlap === overlapFrames(context, -1) ? -1 : overlap;

function saved(value: Json | undefined, notes: Note[]): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const names = (isList(value) ? value : [value]).map((item) => String(item));
  for (const name of names.filter((item) => !WEBUI_FORMATS.has(item.toLowerCase()))) {
    if (name === 'Frame') {
      notes.push(
        note(
          'api-frames',
          'Format Frame: the API also returned the frames themselves. Add `png` to `save` to keep them.',
        ),
      );
    } else notes.push(note('save-format', `The save format ${name} is not available here. Choose one with \`save\`.`));
  }
  const formats = names.map((name) => name.toLowerCase()).filter((name) => WEBUI_FORMATS.has(name));
  return formats.length > 0 ? formats : undefined;
}

function reversed(items: readonly Json[] | undefined, notes: Note[]): string[] | undefined {
  const parts = (items ?? []).flatMap((item) => {
    const name =
      typeof item === 'number'
        ? REVERSE_PARTS[item]
        : String(item)
            .toLowerCase()
            .replace(/ /g, '_')
            .replace(/^add_reverse_frame$/, 'add');
    if (name !== undefined && REVERSE_PARTS.includes(name)) return [name];
    notes.push(note('other-fields', `reverse: ${shown(item)} is not known here, so it is left out.`));
    return [];
  });
  return parts.length > 0 ? parts : undefined;
}

/**
 * `interp_x` counts frames of the result, `x` new frames in each gap.
 *
 * @param frames of the clip, with those that a short closed loop appends
 */
function interpolated(fields: Fields, frames: number, notes: Note[]): SettingValue | undefined {
  const method = fields.text('interp') ?? 'Off';
  const x = fields.number('interp_x') ?? 10;
  if (method.toLowerCase() === 'off') return undefined;
  const count = webuiInBetweens(frames, x);
  if (method.toUpperCase() !== 'FILM') {
    notes.push(
      note(
        'interpolation-engine',
        `Frame interpolation with ${method} (Interp X ${x}) is not available. Use \`interpolate: {method: film, x: ${Math.max(1, count)}}\`.`,
      ),
    );
    return undefined;
  }
  return count > 0 ? { method: 'film', x: count } : undefined;
}

/** Of both, the folder, which is what versions of the extension extract a video to. */
function videoOf(fields: Fields, notes: Note[]): SettingValue | undefined {
  const source = fields.text('video_source');
  const path = fields.text('video_path');
  if (path && source) {
    const message = `AnimateDiff’s field video_source is not carried over, because the folder video_path, ${path}, is used. It was: ${source}`;
    notes.push(note('other-fields', message));
  }
  if (path) return { path };
  return source ? { source } : undefined;
}

function freeInit(fields: Fields, notes: Note[]): SettingValue | undefined {
  const isOn = isTrue(fields.take('freeinit_enable'));
  const parts = {
    filter: fields.text('freeinit_filter'),
    d_s: fields.number('freeinit_ds'),
    d_t: fields.number('freeinit_dt'),
    iterations: fields.number('freeinit_iters'),
  };
  if (!isOn) return undefined;
  const given = withoutUndefined(parts);
  if (Object.keys(given).length === 0) {
    notes.push(
      note(
        'freeinit-parameters',
        'FreeInit was on, but its parameters are not in the file. The defaults of `free_init` are used: butterworth, 0.25, 0.25, 3 iterations.',
      ),
    );
  }
  return given;
}

export const isTrue = (value: Json | undefined): boolean =>
  value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
