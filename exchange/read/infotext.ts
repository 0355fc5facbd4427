import { restoredLines } from '../../grammar/pasted/infotext.ts';
import { type Parameters, readParameters } from '../../grammar/pasted/infotext-parameters.ts';
import { webuiLines } from '../../grammar/webui/prompt.ts';
import { EMPTY_CLIP, type SettingValue } from '../clip.ts';
import { apiFields, unitFields } from '../controlnet-infotext.ts';
import { controlNetUnit } from '../controlnet-unit.ts';
import { Fields } from '../fields.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { isMap, type Json, type JsonMap, readJson } from '../json.ts';
import { addNotes, ImportError, type Note, type NoteKey, note } from '../notes.ts';
import { a1111SamplerSettings } from '../samplers.ts';
import { literalText, onOneLine, vaeName } from '../text.ts';
import { animateDiffFields, hiresFixNote, isTrue } from '../webui-fields.ts';
import { refuseManyLines } from '../write-travel.ts';
import { seedSetting } from './json-source.ts';
import { promptLines } from './negative-lines.ts';
import { ParameterReader } from './parameter-reader.ts';
import { travellingPrompt } from './travelling-prompt.ts';

const STEPS = /^Steps:[ \t]/;
const TEMPLATE = /^(?:Negative )?Template:/;

/**
 * A1111's generation parameters: the prompt, `Negative prompt: …`, and a line of parameters. A1111 itself takes the
 * last line, and only with three parameters; the last line that begins with `Steps:` is read all the same.
 */
export const infotext: ExchangeFormat = {
  name: 'infotext',
  detect: ({ text }) => linesOf(text).some((line) => STEPS.test(line)),
  read: readInfotext,
};

function linesOf(text: string): string[] {
  const lines = unescapedBreaks(text.replace(/\r\n?/g, '\n')).split('\n');
  return lines.some((line) => STEPS.test(line)) ? lines : restoredLines(lines.join('\n'));
}

/** After gifsicle and exiftool, line breaks are a backslash and an n. Those of quoted values stay. */
function unescapedBreaks(text: string): string {
  if (text.includes('\n')) return text;
  const steps = text.lastIndexOf('\\nSteps: ');
  return steps < 0 ? text : `${text.slice(0, steps).replaceAll('\\n', '\n')}\n${text.slice(steps + 2)}`;
}

/** Also of a prompt's lines alone. */
export function readInfotext({ text }: Pick<Source, 'text'>): ReadClip {
  const lines = linesOf(text);
  const stepsAt = lines.findLastIndex((line) => STEPS.test(line));
  const end = stepsAt < 0 ? lines.length : stepsAt;
  const { prompt, negative } = promptLines(lines.slice(0, end));
  const positive = prompt.join('\n');
  const parameters = new ParameterReader(stepsAt < 0 ? [] : readParameters(lines[stepsAt]!));
  const { settings, notes, travels } = settingsOf(parameters);
  const after =
    stepsAt < 0
      ? ''
      : lines
          .slice(stepsAt + 1)
          .join('\n')
          .trim();
  if (after !== '') {
    const isTemplate = TEMPLATE.test(after);
    notes.push(
      isTemplate
        ? note(
            'template',
            `The template of Dynamic Prompts is not carried over, because the prompt was rolled from it. ${after}`,
          )
        : note('other-fields', `Text after the parameters is not carried over: ${after}`),
    );
  }
  const others = lines
    .slice(0, end)
    .filter((line) => STEPS.test(line) && readParameters(line).length >= LEAST_PARAMETERS);
  if (others.length > 0) notes.push(severalNote(others));
  if (!travels) notes.push(...flattenedNotes(positive));
  const body = travels ? travellingPrompt(positive, notes) : EMPTY_CLIP;
  const head = travels ? body.head : [literalText(onOneLine(positive))];
  return {
    clip: {
      ...body,
      head,
      settings: { ...settings, negative_prompt: literalText(onOneLine((negative ?? []).join('\n'))) },
    },
    notes,
  };
}

/** In a line that A1111 takes for parameters. Source: A1111 `infotext_utils.py`, `parse_generation_parameters`. */
const LEAST_PARAMETERS = 3;

const severalNote = (others: readonly string[]): Note =>
  note(
    'other-fields',
    `There are ${others.length + 1} lines of parameters. As in A1111, the last one counts, and all before it is the prompt and the negative prompt. To import another one, save it as a file of its own. The others were: ${others.join(' | ')}`,
  );

/** A1111 reads keyframes only with AnimateDiff. */
function flattenedNotes(text: string): Note[] {
  refuseManyLines(text.split('\n').length);
  const key = webuiLines(text).find(({ part }) => part === 'key');
  return key === undefined
    ? []
    : [
        note(
          'keyframes-as-text',
          `Without AnimateDiff, lines such as “${onOneLine(key.text)}” are not keyframes: all lines are one prompt.`,
        ),
      ];
}

const written = (parameters: Parameters) => parameters.map(([name, value]) => `${name}: ${value}`).join(', ');

interface ReadParameters {
  readonly settings: Record<string, SettingValue | undefined>;
  readonly notes: Note[];
  /** Whether AnimateDiff was on. */
  readonly travels: boolean;
}

function settingsOf(parameters: ParameterReader): ReadParameters {
  const notes: Note[] = [];
  const size = parameters.size('Size');
  const resize = parameters.size('Seed resize from');
  const settings: ReadParameters['settings'] = {
    steps: parameters.number('Steps'),
    ...samplerOf(parameters, notes),
    cfg_scale: parameters.number('CFG scale'),
    ...seedSetting(parameters.given('Seed'), notes),
    width: size?.[0],
    height: size?.[1],
    checkpoint: parameters.take('Model'),
    vae: vaeName(parameters.take('VAE') ?? ''),
    clip_skip: parameters.number('Clip skip'),
    eta_noise_seed_delta: parameters.number('ENSD'),
    // Without it, the noise is that of a GPU.
    rng: (parameters.take('RNG') ?? 'GPU').toLowerCase(),
    ...seedSetting(parameters.given('Variation seed'), notes, 'subseed'),
    subseed_strength: parameters.number('Variation seed strength'),
    seed_resize_from_w: resize?.[0] || undefined,
    seed_resize_from_h: resize?.[1] || undefined,
    eta: parameters.number('Eta') ?? parameters.number('Eta DDIM'),
    s_churn: parameters.number('Sigma churn'),
    s_tmin: parameters.number('Sigma tmin'),
    s_tmax: parameters.number('Sigma tmax'),
    s_noise: parameters.number('Sigma noise'),
    emphasis: parameters.take('Emphasis'),
  };
  const animateDiff = parameters.take('AnimateDiff');
  const fields = animateDiff === undefined ? null : animateDiffField(animateDiff);
  if (fields) {
    const enable = fields.take('enable');
    const read = animateDiffFields(fields);
    Object.assign(settings, read.settings);
    addNotes(notes, read.notes);
    if (enable !== undefined && !isTrue(enable)) {
      notes.push(
        note('animatediff-disabled', 'AnimateDiff was off, so the image is a still. Its settings are carried over.'),
      );
    }
  } else {
    notes.push(
      note('no-animation', 'The parameters are of a still image, without AnimateDiff. Set `frames` to animate it.'),
    );
  }
  imageInputs(parameters, settings, notes);
  controlNetUnits(parameters, settings, notes);
  remaining(parameters, notes);
  return { settings, notes, travels: fields !== null };
}

function samplerOf(parameters: ParameterReader, notes: Note[]): Record<string, string> {
  const name = parameters.take('Sampler');
  const label = parameters.take('Schedule type');
  if (name === undefined) return {};
  return a1111SamplerSettings(name, label, false, notes);
}

/** Since 1.9.4 `key: value, …`; before that, JSON. */
function animateDiffField(value: string): Fields {
  const parsed = value.startsWith('{') ? mapIn(value) : null;
  if (parsed) return new Fields(parsed);
  const entries = value.split(', ').map((entry): [string, Json] => {
    const colon = entry.indexOf(': ');
    return colon < 0 ? [entry.trim(), ''] : [entry.slice(0, colon).trim(), entry.slice(colon + 2)];
  });
  return new Fields(new Map(entries));
}

/** null if it is not a map: then it is read as text. */
function mapIn(text: string): JsonMap | null {
  try {
    const { value } = readJson(text);
    return isMap(value) ? value : null;
  } catch (error) {
    if (error instanceof ImportError) return null;
    throw error;
  }
}

/** The strength of a start image, which is not in the file; beside hires fix, it is that of the second pass. */
function imageInputs(parameters: ParameterReader, settings: ReadParameters['settings'], notes: Note[]): void {
  const strength = parameters.number('Denoising strength');
  const hires = parameters.matching(/^Hires /);
  if (hires.length > 0) {
    const values = [...hires, ...(strength === undefined ? [] : [['Denoising strength', `${strength}`] as const])];
    notes.push(hiresFixNote(written(values)));
  } else if (strength !== undefined) {
    settings.denoising_strength = strength;
    const hash = parameters.matching(/^Init image hash$/);
    notes.push(
      note(
        'init-image',
        `The image that the clip starts from is not in the file${hash.length > 0 ? ` (${written(hash)})` : ''}. Set \`init_image\` to its path.`,
      ),
    );
  }
  const masks = parameters.matching(/^(?:Mask |Inpaint|Masked |Only masked)/i);
  if (masks.length > 0) {
    notes.push(
      note('inpaint', `Inpainting is not carried over (${written(masks)}). Set \`inpaint_mask\` to the mask.`),
    );
  }
}

/** `ControlNet 0: "Module: …"`; the first versions had a parameter for each field, `ControlNet-0 Module: …`. */
function unitsOf(parameters: ParameterReader): Fields[] {
  const whole = parameters.matching(/^ControlNet(?: \d+)?$/i).map(([, value]) => unitFields(value));
  const flat = new Map<string, [name: string, value: string][]>();
  for (const [name, value] of parameters.matching(FLAT_FIELD)) {
    const [, index = '0', field] = FLAT_FIELD.exec(name)!;
    flat.set(index, [...(flat.get(index) ?? []), [field!, value]]);
  }
  return [...whole, ...[...flat.values()].map((fields) => new Fields(apiFields(fields)))];
}

const FLAT_FIELD = /^ControlNet(?:-(\d+))? (Enabled|Module|Model|Weight|Guidance (?:Start|End|Strength))$/;

function controlNetUnits(parameters: ParameterReader, settings: ReadParameters['settings'], notes: Note[]): void {
  const units = unitsOf(parameters).flatMap((fields, index) => {
    const unit = controlNetUnit(fields, index);
    addNotes(notes, unit?.notes ?? []);
    return unit ? [unit.unit] : [];
  });
  if (units.length === 0) return;
  settings.controlnet = units;
  notes.push(
    note(
      'controlnet-input',
      'The input images of the ControlNet units are not in the file. Set `video`, or `image` or `batch` of each unit.',
    ),
  );
}

function remaining(parameters: ParameterReader, notes: Note[]): void {
  const misread = parameters.misread();
  if (misread.length > 0) notes.push(note('other-fields', `Values that cannot be read: ${written(misread)}`));
  const kinds: readonly (readonly [RegExp, NoteKey, string])[] = [
    [/hash(?:es)?$/i, 'hashes', 'Hashes of model files are not checked'],
    [/^(?:Version|Addon version)$/, 'version', 'The version of the program is not carried over'],
    [
      /^(?:Negative )?Template$/,
      'template',
      'The template of Dynamic Prompts is not carried over, because the prompt was rolled from it',
    ],
    [/^Refiner/, 'refiner', 'The refiner is not available'],
    [/^/, 'other-fields', 'Fields of other extensions are not carried over'],
  ];
  for (const [pattern, key, words] of kinds) {
    const found = parameters.matching(pattern);
    if (found.length > 0) notes.push(note(key, `${words}. ${written(found)}`));
  }
}
