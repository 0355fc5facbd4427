import type { SettingValue } from '../clip.ts';
import { controlNetUnit } from '../controlnet-unit.ts';
import { Fields } from '../fields.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { isList, isMap, type Json, type JsonMap, shown } from '../json.ts';
import { addNotes, ImportError, type Note, note } from '../notes.ts';
import { a1111SamplerSettings } from '../samplers.ts';
import { boxText, modelName, onOneLine, vaeName } from '../text.ts';
import { animateDiffFields, hiresFixNote, isTrue } from '../webui-fields.ts';
import { parsed, readNotes, seedSetting } from './json-source.ts';
import { travellingPrompt } from './travelling-prompt.ts';

/** A request to A1111's API with sd-webui-animatediff: `/sdapi/v1/txt2img` and `/sdapi/v1/img2img`. */
export const webuiApi: ExchangeFormat = {
  name: 'webui-api',
  detect: (source) => isMap(parsed(source)?.value) && (parsed(source)!.value as JsonMap).has('alwayson_scripts'),
  read,
};

/** Fields at these values have no effect. */
const NEUTRAL: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['batch_size', 1],
  ['n_iter', 1],
  ['restore_faces', false],
  ['tiling', false],
  ['enable_hr', false],
  ['do_not_save_samples', false],
  ['do_not_save_grid', false],
  ['send_images', true],
  ['save_images', false],
  ['override_settings_restore_afterwards', true],
  ['include_init_images', false],
  ['firstphase_width', 0],
  ['firstphase_height', 0],
  ['s_min_uncond', 0],
  ['disable_extra_networks', false],
]);

const isEmpty = (value: Json): boolean =>
  value === null || value === '' || (isList(value) && value.length === 0) || (isMap(value) && value.size === 0);

function read(source: Source): ReadClip {
  const { value } = parsed(source, true);
  if (!isMap(value))
    throw new ImportError('invalid', 'A request to A1111’s API is one map in braces, but this is not.');
  const fields = new Fields(value);
  const notes: Note[] = [...readNotes(source)];
  const scripts = scriptsOf(fields.map('alwayson_scripts') ?? new Map(), notes);
  const animateDiff = scripts.take('animatediff');
  const settings: Record<string, SettingValue | undefined> = {};
  if (animateDiff) {
    const own = new Fields(animateDiff);
    const isOn = isTrue(own.take('enable'));
    const readFields = animateDiffFields(own);
    addNotes(notes, readFields.notes);
    Object.assign(settings, readFields.settings);
    if (!isOn) {
      notes.push(
        note(
          'animatediff-disabled',
          'AnimateDiff is off, because `enable` is not true: A1111 makes one still image. Its settings are carried over.',
        ),
      );
    }
  } else {
    notes.push(
      note(
        'no-animation',
        'The request has no AnimateDiff script, so it makes a still image. Set `frames` to animate it.',
      ),
    );
  }
  Object.assign(settings, imageSettings(fields, notes), overrides(fields.map('override_settings'), notes));
  imageInputs(fields, settings, notes);
  const prompt = fields.text('prompt') ?? '';
  const clip = animateDiff
    ? travellingPrompt(prompt, notes, boxText)
    : { head: [boxText(onOneLine(prompt))], keyframes: [], tail: [] };
  settings.negative_prompt = boxText(onOneLine(fields.text('negative_prompt') ?? ''));
  controlNet(scripts.list('controlnet'), settings, notes);
  for (const [name, args] of scripts.left()) {
    notes.push(note('other-fields', `The script ${name} is not carried over. Its arguments were: ${shown(args)}`));
  }
  const isHires = fields.take('enable_hr') === true;
  for (const [key, left] of fields.left()) {
    if (isEmpty(left) || NEUTRAL.get(key) === left || (!isHires && HIRES.test(key))) continue;
    if (key === 'n_iter' || key === 'batch_size') {
      notes.push(
        note(
          'batch-count',
          `${key}: ${shown(left)} makes several clips. Render this file with \`--seed\` once for each.`,
        ),
      );
    } else notes.push(note('other-fields', `The field ${key} is not carried over. It was: ${shown(left)}`));
  }
  return { clip: { ...clip, settings }, notes };
}

/** The fields of the first versions of sd-webui-animatediff, whose arguments had no names. */
const FIRST_FIELDS = ['enable', 'loop_number', 'video_length', 'fps', 'model'];

/** Arguments by name; those of the first versions are told by their place. */
function named(args: readonly Json[], notes: Note[]): readonly Json[] {
  if (isMap(args[0]) || args.length < FIRST_FIELDS.length || typeof args[4] !== 'string') return args;
  const list = args.map(shown).join(', ');
  const message = `AnimateDiff’s arguments are a list without names (${list}), as in its first versions: enable, loop_number, video_length, fps, model. Check them.`;
  notes.push(note('other-fields', message));
  const fields: JsonMap = new Map(FIRST_FIELDS.map((name, i): [string, Json] => [name, args[i]!]));
  return [fields, ...args.slice(FIRST_FIELDS.length)];
}

/** The scripts by lower-case name: A1111 ignores case. */
function scriptsOf(scripts: JsonMap, notes: Note[]) {
  const byName = new Map<string, { name: string; args: readonly Json[] }>();
  for (const [name, script] of scripts) {
    const args = isMap(script) ? script.get('args') : script;
    byName.set(name.toLowerCase(), { name, args: isList(args) ? args : args === undefined ? [] : [args] });
  }
  const list = (name: string) => {
    const found = byName.get(name)?.args ?? [];
    byName.delete(name);
    const args = name === 'animatediff' ? named(found, notes) : found;
    const others = args.filter((arg) => !isMap(arg));
    if (others.length > 0) {
      const list = others.map(shown).join(', ');
      notes.push(note('other-fields', `Arguments of the script ${name} without names are not carried over: ${list}`));
    }
    return args.filter(isMap);
  };
  return {
    list,
    take: (name: string): JsonMap | undefined => list(name)[0],
    left: () => [...byName.values()].map(({ name, args }): [string, Json] => [name, args]),
  };
}

function imageSettings(fields: Fields, notes: Note[]): Record<string, SettingValue | undefined> {
  const name = fields.text('sampler_name') ?? fields.text('sampler_index') ?? 'Euler';
  fields.take('sampler_index');
  const label = fields.text('scheduler');
  return {
    steps: fields.number('steps') ?? 50,
    ...a1111SamplerSettings(name, label, true, notes),
    cfg_scale: fields.number('cfg_scale') ?? 7,
    ...seedSetting(fields.take('seed') ?? -1, notes),
    width: fields.number('width') ?? 512,
    height: fields.number('height') ?? 512,
    ...seedSetting(fields.take('subseed'), notes, 'subseed'),
    subseed_strength: fields.number('subseed_strength'),
    seed_resize_from_w: sideOf(fields.number('seed_resize_from_w')),
    seed_resize_from_h: sideOf(fields.number('seed_resize_from_h')),
    eta: fields.number('eta'),
    s_churn: fields.number('s_churn'),
    s_tmin: fields.number('s_tmin'),
    s_tmax: fields.number('s_tmax'),
    s_noise: fields.number('s_noise'),
  };
}

/** −1 and 0 stand for none. */
const sideOf = (value: number | undefined) => (value === -1 || value === 0 ? undefined : value);

/** A1111's own settings for one request. */
function overrides(map: JsonMap | undefined, notes: Note[]): Record<string, SettingValue | undefined> {
  if (!map) return {};
  const fields = new Fields(map);
  const checkpoint = fields.text('sd_model_checkpoint');
  const vae = fields.text('sd_vae');
  const settings = {
    checkpoint: checkpoint && modelName(checkpoint),
    vae: vae && vaeName(vae),
    clip_skip: fields.number('CLIP_stop_at_last_layers'),
    rng: fields.text('randn_source')?.toLowerCase(),
    eta_noise_seed_delta: fields.number('eta_noise_seed_delta'),
    emphasis: fields.text('emphasis'),
  };
  if (checkpoint !== undefined && modelName(checkpoint) !== checkpoint.replace(/^.*[\\/]/, '')) {
    notes.push(note('hashes', `The hash of the checkpoint is not checked: ${checkpoint}`));
  }
  for (const [key, value] of fields.left()) {
    notes.push(note('other-fields', `A1111’s setting ${key} is not carried over. It was: ${shown(value)}`));
  }
  return settings;
}

/** Fields that only a second pass uses. */
const HIRES = /^(?:hr_|firstphase_)/;

/** What belongs to a mask, and has no effect without one. */
const OF_MASK = [
  'mask_blur',
  'mask_blur_x',
  'mask_blur_y',
  'inpainting_fill',
  'inpaint_full_res',
  'inpaint_full_res_padding',
  'inpainting_mask_invert',
];

function imageInputs(fields: Fields, settings: Record<string, SettingValue | undefined>, notes: Note[]): void {
  const images = fields.list('init_images') ?? [];
  const strength = fields.number('denoising_strength');
  if (images.length > 0) {
    settings.denoising_strength = strength ?? 0.75;
    const count = images.length === 1 ? '1 picture' : `${images.length} pictures`;
    notes.push(
      note(
        'init-image',
        `The image that the clip starts from is in the file as data (${count}, base64). Save it as a file and set \`init_image\` to its path.`,
      ),
    );
  }
  const ofMask = OF_MASK.filter((key) => fields.take(key) !== undefined);
  if (fields.take('mask')) {
    notes.push(
      note(
        'inpaint',
        `Inpainting is not carried over (${['mask', ...ofMask].join(', ')}). Save the mask as a file and set \`inpaint_mask\` to its path.`,
      ),
    );
  }
  const styles = fields.list('styles') ?? [];
  if (styles.length > 0) {
    notes.push(
      note(
        'styles',
        `The text of the styles is not in the file: ${styles.map(shown).join(', ')}. Add it to the prompt.`,
      ),
    );
  }
  if (fields.take('enable_hr') === true) {
    const values = ['hr_scale', 'hr_upscaler', 'hr_second_pass_steps', 'hr_resize_x', 'hr_resize_y'].flatMap((key) => {
      const value = fields.take(key);
      return value === undefined ? [] : [`${key}: ${shown(value)}`];
    });
    if (strength !== undefined) values.push(`denoising_strength: ${strength}`);
    notes.push(hiresFixNote(values.join(', ')));
  }
}

function controlNet(args: readonly JsonMap[], settings: Record<string, SettingValue | undefined>, notes: Note[]): void {
  const units = args.flatMap((arg, index) => controlNetUnit(new Fields(arg), index) ?? []);
  if (units.length === 0) return;
  settings.controlnet = units.map(({ unit }) => unit);
  addNotes(
    notes,
    units.flatMap((unit) => unit.notes),
  );
  if (settings.video === undefined && units.some(({ hasInput }) => !hasInput)) {
    notes.push(
      note(
        'controlnet-input',
        'The input images of some ControlNet units are not in the file. Set `video`, or `image` or `batch` of each unit.',
      ),
    );
  }
}
