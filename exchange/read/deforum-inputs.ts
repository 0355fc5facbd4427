import { webuiInBetweens } from '../../plan/interpolation.ts';
import type { SettingValue } from '../clip.ts';
import { controlNetUnit } from '../controlnet-unit.ts';
import { Fields } from '../fields.ts';
import { type JsonMap, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';

/** Reads a schedule: a number, or a map of positions and numbers. */
export type ReadSchedule = (key: string) => SettingValue | undefined;

type ReadSettings = Record<string, SettingValue | undefined>;

/**
 * The video that frames start from in mode “Video Input”. There, each frame of the clip starts from the next frame of
 * the video; here, from the one at its time.
 *
 * @param strengths of the frames before, which are 1 − `denoising_strength`
 */
export function videoInput(fields: Fields, strengths: SettingValue | undefined, notes: Note[]): ReadSettings {
  const source = fields.text('video_init_path');
  if (!source) return {};
  const taken = ['extract_nth_frame', 'extract_from_frame', 'extract_to_frame'].flatMap((key) => {
    const value = fields.number(key);
    return value === undefined ? [] : [`${key}: ${value}`];
  });
  notes.push(
    note(
      'video-input',
      `The frames of the video ${source} are taken one by one there${taken.length > 0 ? ` (${taken.join(', ')})` : ''}. Here, each frame starts from what the video shows at its time: set \`from\` and \`to\` of \`video\`, and \`fps\` to the frame rate of the video.`,
    ),
  );
  const changed = (value: number) => Number((1 - value).toFixed(6));
  return {
    video: { source },
    denoising_strength:
      typeof strengths === 'number'
        ? changed(strengths)
        : typeof strengths === 'object'
          ? Object.fromEntries(Object.entries(strengths).map(([at, value]) => [at, changed(Number(value))]))
          : undefined,
  };
}

/**
 * Frame interpolation, which also raises the frame rate there.
 *
 * Source: sd-webui-deforum `frame_interpolation.py`.
 */
export function interpolation(fields: Fields, frames: number, fps: number | undefined, notes: Note[]): ReadSettings {
  const engine = fields.text('frame_interpolation_engine') ?? 'None';
  const x = amount(fields, 'frame_interpolation_x_amount') ?? 2;
  const slower = amount(fields, 'frame_interpolation_slow_mo_amount') ?? 2;
  const switched = fields.take('frame_interpolation_slow_mo_enabled');
  const isSlow =
    switched === undefined
      ? fields.text('frame_interpolation_slow_mo_amount') !== undefined && slower > 1
      : switched === true;
  if (engine === 'None' || x <= 1) return {};
  const count = webuiInBetweens(frames, x);
  if (engine !== 'FILM') {
    notes.push(
      note(
        'interpolation-engine',
        `Frame interpolation by ${engine}, ${x} times as many frames${isSlow ? `, slowed down ${slower} times` : ''}, is not available. Use \`interpolate: {method: film, x: ${Math.max(1, count)}}\`.`,
      ),
    );
    return {};
  }
  if (count === 0) return {};
  const faster = isSlow ? x / slower : x;
  return {
    interpolate: { method: 'film', x: count },
    ...(fps !== undefined && faster !== 1 && { fps: Number((fps * faster).toFixed(2)) }),
  };
}

/** Older versions have text: `Disabled`, which is 1 here, or `x2`. */
function amount(fields: Fields, key: string): number | undefined {
  const text = fields.text(key);
  if (text === undefined) return fields.number(key);
  const factor = /^x?(\d{1,4})$/.exec(text)?.[1];
  return factor === undefined ? (text === 'Disabled' ? 1 : fields.number(key)) : Number(factor);
}

const UNITS = [1, 2, 3, 4, 5];
/** What a unit has as sd-webui-controlnet has it. */
const SHARED = [
  'enabled',
  'module',
  'model',
  'resize_mode',
  'control_mode',
  'pixel_perfect',
  'processor_res',
  'threshold_a',
  'threshold_b',
];
const IMAGE = /\.(?:jpe?g|png|bmp)$/i;

/**
 * ControlNet units, `cn_1_…` to `cn_5_…`. Weights are schedules, and each unit has a video or an image of its own.
 *
 * Source: sd-webui-deforum `deforum_controlnet.py`.
 */
export function controlNetUnits(fields: Fields, schedule: ReadSchedule, notes: Note[]): ReadSettings {
  const units = UNITS.flatMap((number) => unitOf(fields, number, schedule, notes) ?? []);
  return units.length > 0 ? { controlnet: units } : {};
}

function unitOf(fields: Fields, number: number, schedule: ReadSchedule, notes: Note[]): SettingValue | null {
  const key = (name: string) => `cn_${number}_${name}`;
  if (fields.take(key('enabled')) !== true) return null;
  const own: JsonMap = new Map(
    SHARED.flatMap((name) => {
      const value = fields.take(key(name));
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const read = controlNetUnit(new Fields(own), number);
  if (!read) return null;
  notes.push(...read.notes);
  const once = (name: string): number | undefined => {
    const value = schedule(key(name));
    if (typeof value !== 'object') return typeof value === 'number' ? value : undefined;
    const first = Number(Object.values(value)[0]);
    notes.push(
      note(
        'other-fields',
        `${key(name)} cannot change over time here. Its first value, ${first}, is used. It was: ${shown(fields.text(key(name)) ?? '')}`,
      ),
    );
    return first;
  };
  const path = fields.text(key('vid_path'));
  const isLoop = fields.take(key('loopback_mode')) === true;
  if (isLoop || !path) {
    notes.push(
      note(
        'controlnet-input',
        isLoop
          ? `ControlNet unit ${number} acts there with the frame before (loopback mode), which is not available. Set \`image\`, \`batch\` or \`video\` of the unit.`
          : `ControlNet unit ${number} has no input in the file. Set \`video\`, or \`image\` or \`batch\` of the unit.`,
      ),
    );
  }
  const mask = fields.text(key('mask_vid_path'));
  if (mask) notes.push(note('other-fields', `The mask of ControlNet unit ${number} is not carried over: ${mask}`));
  return {
    ...read.unit,
    ...given('weight', schedule(key('weight')), 1),
    ...given('start', once('guidance_start'), 0),
    ...given('end', once('guidance_end'), 1),
    ...(path && !isLoop && { [IMAGE.test(path) ? 'image' : 'video']: path }),
  };
}

const given = (name: string, value: SettingValue | undefined, ordinary: number): Record<string, SettingValue> =>
  value === undefined || value === ordinary ? {} : { [name]: value };
