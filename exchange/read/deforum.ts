import { evaluateFrame } from '../../grammar/pasted/frame-expression.ts';
import { type ClipKeyframe, type SettingValue, withoutUndefined } from '../clip.ts';
import { evaluate, formulaNote, withValues } from '../expression.ts';
import { Fields } from '../fields.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { isMap, type Json, type JsonMap, shown } from '../json.ts';
import { NEGATIVE_MARKER } from '../neg-marker.ts';
import { addNotes, ImportError, type Note, note } from '../notes.ts';
import { type Between, keysInside } from '../outside-keys.ts';
import { literalText, modelName, onOneLine } from '../text.ts';
import { controlNetUnits, interpolation, videoInput } from './deforum-inputs.ts';
import { numberSchedule, scheduleEntries } from './deforum-schedule.ts';
import { deforumSampler, scheduled, unavailable } from './deforum-switches.ts';
import { parsed, readNotes, seedSetting } from './json-source.ts';
import { lengthFor, readSchedule } from './loose-schedule.ts';

/**
 * Settings of Deforum. It renders frame after frame by img2img; its prompts, size and numbers are carried over.
 *
 * Source: sd-webui-deforum `prompt.py`, `render.py`, `animation_key_frames.py`.
 */
export const deforum: ExchangeFormat = {
  name: 'deforum',
  detect: (source) => {
    const value = parsed(source)?.value;
    return (
      isMap(value) &&
      (value.has('animation_mode') || isMap(value.get('prompts')) || isMap(value.get('animation_prompts')))
    );
  },
  read,
};

const DEFAULT_FRAMES = 120;

/** Schedules of the camera, with the value that does nothing. */
const CAMERA: Readonly<Record<string, number>> = {
  angle: 0,
  zoom: 1,
  translation_x: 0,
  translation_y: 0,
  translation_z: 0,
  rotation_3d_x: 0,
  rotation_3d_y: 0,
  rotation_3d_z: 0,
  perspective_flip_theta: 0,
  perspective_flip_phi: 0,
  perspective_flip_gamma: 0,
};

function read(source: Source): ReadClip {
  const { value } = parsed(source, true);
  if (!isMap(value))
    throw new ImportError('invalid', 'A settings file of Deforum is one map in braces, but this is not.');
  const { clip, notes } = isBox(value) ? boxClip(value) : deforumClip(value);
  return { clip, notes: [...readNotes(source), ...notes] };
}

/** Whether a map is what the box of prompts has: frames and prompts alone. */
const isBox = (value: JsonMap) =>
  value.size > 0 &&
  [...value].every(([key, prompt]) => typeof prompt === 'string' && evaluateFrame(key, DEFAULT_FRAMES) !== null);

function boxClip(prompts: JsonMap): ReadClip {
  const frames = lengthFor(prompts.keys(), DEFAULT_FRAMES);
  const { clip, notes } = deforumClip(
    new Map<string, Json>([
      ['max_frames', frames],
      ['prompts', prompts],
    ]),
  );
  const message = `The length is not in the text. \`frames: ${frames}\` is long enough for all keys. Check it.`;
  return { clip, notes: [...notes, note('length-not-in-file', message)] };
}

/** The clip of a settings file. */
export function deforumClip(value: JsonMap): ReadClip {
  const fields = new Fields(value);
  const notes: Note[] = [];
  const mode = fields.text('animation_mode') ?? '2D';
  const frames = fields.number('max_frames') ?? DEFAULT_FRAMES;
  // What saved runs have as positive_prompts and negative_prompts is in the prompts already.
  const between = mode === 'Interpolation' ? 'travel' : 'cut';
  const keyframes = keyframesOf(promptsIn(fields, frames, notes), { frames, between }, notes);
  const settings: Record<string, SettingValue | undefined> = {
    frames,
    fps: fields.number('fps'),
    width: fields.number('W'),
    height: fields.number('H'),
    ...seedSetting(fields.take('seed'), notes),
    ...samplerOf(fields, notes),
    steps: fields.number('steps'),
    cfg_scale: numberSchedule(fields, 'cfg_scale_schedule', frames, notes),
    checkpoint: modelOf(fields, notes),
    ...withoutUndefined(scheduled(fields, frames, notes)),
    negative_prompt: literalText(fields.text('animation_prompts_negative') ?? ''),
    transition: mode === 'Interpolation' ? undefined : 'cut',
  };
  if (fields.take('use_init') === true) {
    const image = fields.text('init_image');
    if (image) settings.init_image = image;
    settings.denoising_strength = Number((1 - (fields.number('strength') ?? 0.8)).toFixed(6));
  }
  method(fields, mode, frames, notes);
  const schedule = (key: string) => numberSchedule(fields, key, frames, notes);
  const strength = mode === 'Video Input' ? schedule('strength_schedule') : undefined;
  if (mode === 'Video Input') Object.assign(settings, videoInput(fields, strength, notes));
  Object.assign(settings, controlNetUnits(fields, schedule, notes));
  Object.assign(settings, interpolation(fields, frames, fields.number('fps'), notes));
  addNotes(notes, unavailable(fields));
  for (const [key, left] of fields.misread()) {
    notes.push(note('other-fields', `The field ${key} is not carried over. It was: ${shown(left)}`));
  }
  const head = [literalText(fields.text('animation_prompts_positive') ?? '')];
  return { clip: { head, keyframes, tail: [], settings }, notes };
}

/** A map, or the text of the box that has one. @throws ImportError if that cannot be read */
function promptsIn(fields: Fields, frames: number, notes: Note[]): JsonMap {
  const map = fields.map('prompts') ?? fields.map('animation_prompts');
  const text = map ? undefined : (fields.text('prompts') ?? fields.text('animation_prompts'));
  if (text === undefined || text.trim() === '') return map ?? new Map();
  const { json, notes: repairs } = readSchedule({ text }, frames);
  addNotes(notes, repairs);
  if (isMap(json.value)) return json.value;
  throw new ImportError('invalid', `The prompts are not a map of frames and prompts: ${shown(text)}`);
}

interface Keyed {
  readonly frames: number;
  readonly between: Between;
}

function keyframesOf(prompts: JsonMap, { frames, between }: Keyed, notes: Note[]): ClipKeyframe[] {
  const formulas = new Set<string>();
  const keyframes = [...prompts].map(([key, prompt]) => {
    const frame = evaluateFrame(key, frames);
    if (frame === null || typeof prompt !== 'string') {
      throw new ImportError('invalid', `The key “${key}” of the prompts is not a frame with a prompt.`);
    }
    const values = withValues(prompt, { t: frame, max_f: frames - 1, s: 0 });
    for (const formula of values.formulas) formulas.add(formula);
    const [positive = '', ...negative] = onOneLine(values.text).split(NEGATIVE_MARKER);
    const joined = negative.map((text) => text.trim()).join(' ');
    return { frame, prompt: literalText(positive.trim()), negative: joined === '' ? undefined : literalText(joined) };
  });
  if (formulas.size > 0) notes.push(formulaNote(shown([...formulas].join(', '))));
  return keysInside(keyframes, frames, between, notes).map(({ frame, ...key }) => ({ ...key, at: `${frame}` }));
}

function samplerOf(fields: Fields, notes: Note[]): Record<string, string> {
  const name = fields.text('sampler');
  return name === undefined ? {} : deforumSampler(name, fields.text('scheduler'), notes);
}

function modelOf(fields: Fields, notes: Note[]): string | undefined {
  const name = fields.text('sd_model_name');
  const hash = fields.take('sd_model_hash');
  if (hash !== undefined) notes.push(note('hashes', `The hash of the checkpoint, ${shown(hash)}, is not checked.`));
  return name && modelName(name);
}

/** What belongs to Deforum's method of making frames. */
function method(fields: Fields, mode: string, frames: number, notes: Note[]): void {
  notes.push(
    note(
      'not-animatediff',
      `Deforum (mode ${mode}) makes each frame from the one before by img2img; AnimateDiff makes all frames together, so the clip looks different.`,
    ),
  );
  if (mode === 'Interpolation') {
    notes.push(
      note(
        'and-interpolation',
        'Deforum’s interpolation combines two prompts by AND, with weights along a straight line. Here, the encoded prompts are mixed.',
      ),
    );
    return;
  }
  const moving = Object.entries(CAMERA).flatMap(([key, still]) => {
    const text = fields.text(key);
    const entries = text === undefined ? [] : (scheduleEntries(text, frames) ?? [{ frame: 0, formula: text }]);
    return entries.some(
      ({ frame, formula }) => /[a-z]/i.test(formula) || evaluate(formula, { t: frame, max_f: frames }) !== still,
    )
      ? [`${key}: “${text}”`]
      : [];
  });
  if (moving.length > 0) {
    notes.push(
      note(
        'camera-motion',
        `Camera motion is not available (${moving.join(', ')}). Try a motion LoRA, such as v2_lora_ZoomIn.`,
      ),
    );
  }
  const strength = fields.text('strength_schedule');
  if (strength !== undefined && mode !== 'Video Input') {
    notes.push(
      note(
        'strength-schedule',
        `The strength schedule, how much of the frame before remains, has no equivalent. It was: ${strength}`,
      ),
    );
  }
}
