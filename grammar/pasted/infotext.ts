import type { TextSpan } from '../problem.ts';
import { type NewSetting, yamlText } from '../settings/add-settings.ts';
import { defaultOf } from '../settings/inspect.ts';
import { type SettingKey, Settings } from '../settings/schema.ts';
import type { TravelDocument } from '../syntax/document.ts';
import type { Conversion } from './conversion.ts';

/** Whether a model of that name or path is found. */
export type ModelLookup = (kind: 'checkpoint' | 'vae' | 'motion-module', name: string) => boolean;

const NEGATIVE = /^[ \t]*negative prompt:[ \t]*/i;
/** What a text with parameters contains somewhere. */
const MENTIONED = /negative prompt:|steps:/i;
const STEPS = /^[ \t]*Steps:[ \t]*\d+[ \t]*,/;
/** The same within a line: some sites and chats remove the newlines. */
const INNER_NEGATIVE = /(?<=\S[ \t])negative prompt:/i;
const INNER_STEPS = /(?<=\S[ \t])Steps:[ \t]*\d+[ \t]*,/;
/** A parameter, as A1111 reads it (`re_param` in `modules/infotext_utils.py`). */
const PARAMETER = /(\w[\w /-]{1,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g;
/** Fewer parameters are text for A1111, too. */
const FEWEST_PARAMETERS = 3;

interface Line {
  readonly start: number;
  /** The next newline, if it is the last part of its line. */
  readonly end: number;
  /** The end of its text. */
  readonly written: number;
  readonly text: string;
}

/**
 * The generation parameters in the body of a file, as A1111 writes them below a prompt: lines that start with
 * `Negative prompt:`, and a line `Steps: …, Sampler: …`. null if there are none. The models that are not found, and
 * parameters without an equivalent, are `left`.
 */
export function findInfotext({ text, frontMatter }: TravelDocument, hasModel: ModelLookup): Conversion | null {
  if (!MENTIONED.test(text)) return null;
  const lines = partsOf(text, frontMatter?.span.end ?? 0);
  const negative = lines.findIndex((line) => NEGATIVE.test(line.text));
  const steps = lines.findIndex(hasParameters);
  if (negative < 0 && steps < 0) return null;
  const first = negative < 0 || (steps >= 0 && steps < negative) ? steps : negative;
  const hasNegative = first === negative;
  // Without parameters below it, a negative prompt ends at the next empty line or key.
  const ends = (line: Line) => line.text.trim() === '' || /^[ \t]*-?\d[\d.%ms-]*[ \t]*:/.test(line.text);
  const stop = lines.findIndex((line, i) => i > first && ends(line));
  const last = steps >= first ? steps : (stop < 0 ? lines.length : stop) - 1;
  const words = hasNegative ? lines.slice(first, steps > first ? steps : last + 1).map((line) => line.text) : [];
  const prompt = words
    .join('\n')
    .replace(NEGATIVE, '')
    .replace(/(?<!\s)\s*\n\s*/g, ' ')
    .trim();
  const parameters = last === steps ? parametersOf(lines[steps]!.text) : [];
  const { settings, left } = convertParameters(parameters, hasModel);
  // Other text of its first line keeps its newline.
  let { start } = lines[first]!;
  while (/[ \t]/.test(text[start - 1] ?? '')) start--;
  const isWholeLine = start === (frontMatter?.span.end ?? 0) || text[start - 1] === '\n';
  return {
    span: { start, end: isWholeLine ? Math.min(lines[last]!.end + 1, text.length) : lines[last]!.written },
    text: '',
    settings: [...(prompt ? [['negative_prompt', yamlText(prompt)] as const] : []), ...settings],
    left,
  };
}

/** The lines that A1111 writes after `Steps:`, in which no text is a prompt. */
export function parameterLines({ text, frontMatter }: TravelDocument): TextSpan[] {
  if (!text.includes('Steps:')) return [];
  const lines = partsOf(text, frontMatter?.span.end ?? 0);
  return lines.filter(hasParameters).map(({ start, written }) => ({ start, end: written }));
}

const hasParameters = ({ text }: Line) => STEPS.test(text) && parametersOf(text).length >= FEWEST_PARAMETERS;

/** The lines of a text, and the parts of those whose newlines were lost. */
function partsOf(text: string, from: number): Line[] {
  const lines = linesOf(text, from).flatMap((line) => {
    const parts = splitAt(line, INNER_STEPS);
    return parts.some(hasParameters) ? parts : [line];
  });
  return lines.some(hasParameters) ? lines.flatMap((line) => splitAt(line, INNER_NEGATIVE)) : lines;
}

function splitAt(line: Line, pattern: RegExp): Line[] {
  const at = line.text.search(pattern);
  if (at < 0) return [line];
  const middle = line.start + at;
  return [
    { ...line, end: middle, written: middle, text: line.text.slice(0, at) },
    { ...line, start: middle, text: line.text.slice(at) },
  ];
}

function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = from; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).replace(/\r$/, '');
    lines.push({ start, end, written: start + line.length, text: line });
    start = end + 1;
  }
  return lines;
}

function parametersOf(line: string): (readonly [string, string])[] {
  return Array.from(line.matchAll(PARAMETER), ([, name, value]) => [name!.trim(), unquoted(value!.trim())] as const);
}

/** The value of a parameter. A1111 writes one with a comma, colon or line break as a JSON string. */
export function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    // Not JSON, so it is not quoted: A1111 keeps it as it is, too.
    return value;
  }
}

/** Width and height in pixels, as in `512x768`; null if it is not such a value. */
export function sizeOf(value: string): readonly [width: number, height: number] | null {
  const match = /^(\d+)x(\d+)$/.exec(value);
  return match && [Number(match[1]), Number(match[2])];
}

/** The fields of sd-webui-animatediff (`AnimateDiffProcess.get_dict`) that are settings of the same meaning. */
const ANIMATEDIFF = {
  video_length: 'frames',
  fps: 'fps',
  loop_number: 'loop',
  closed_loop: 'closed_loop',
  batch_size: 'context',
  stride: 'stride',
  overlap: 'overlap',
} as const;

/** A1111's names of parameters that are settings of the same meaning. */
const PARAMETERS: Readonly<Record<string, SettingKey>> = {
  Steps: 'steps',
  'CFG scale': 'cfg_scale',
  Seed: 'seed',
  'Variation seed': 'subseed',
  'Variation seed strength': 'subseed_strength',
  ENSD: 'eta_noise_seed_delta',
  Eta: 'eta',
  'Eta DDIM': 'eta',
  'Sigma churn': 's_churn',
  'Sigma tmin': 's_tmin',
  'Sigma tmax': 's_tmax',
  'Sigma noise': 's_noise',
  'Clip skip': 'clip_skip',
};

/** What says nothing about the render, or only what another parameter says. */
const IGNORED = /^(?:Model hash|VAE hash|Lora hashes|TI hashes|Version|enable|interp_x|mm_hash|is_i2v|request_id)$/;

function convertParameters(
  parameters: readonly (readonly [string, string])[],
  hasModel: ModelLookup,
): Pick<Conversion, 'settings' | 'left'> {
  const settings: NewSetting[] = [];
  const left: string[] = [];
  const model = (key: 'checkpoint' | 'vae' | 'motion_module', name: string) => {
    if (hasModel(key === 'motion_module' ? 'motion-module' : key, name)) settings.push([key, yamlText(name)]);
    else left.push(`${key}: ${name} (not found)`);
  };
  for (const [name, value] of parameters) {
    switch (name) {
      case 'Sampler':
        settings.push(...samplerSettings(value));
        break;
      case 'Schedule type':
        if (value !== 'Automatic') settings.push(['schedule', value.toLowerCase().replaceAll(' ', '_')]);
        break;
      case 'RNG':
        // CPU is the default here.
        if (value === 'NV') settings.push(['rng', 'nv']);
        else if (value !== 'CPU') left.push(`${name}: ${value}`);
        break;
      case 'Seed resize from': {
        const size = sizeOf(value);
        if (size) settings.push(['seed_resize_from_w', `${size[0]}`], ['seed_resize_from_h', `${size[1]}`]);
        else left.push(name);
        break;
      }
      case 'Size': {
        const size = sizeOf(value);
        if (size) settings.push(['width', `${size[0]}`], ['height', `${size[1]}`]);
        else left.push(name);
        break;
      }
      case 'Model':
        model('checkpoint', value);
        break;
      case 'VAE':
        model('vae', value);
        break;
      case 'AnimateDiff':
        convertAnimateDiff(value);
        break;
      default: {
        const setting = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
        if (setting) settings.push([setting, value]);
        else if (!IGNORED.test(name)) left.push(`${name}: ${value}`);
      }
    }
  }
  return { settings, left };

  function convertAnimateDiff(written: string): void {
    const fields = new Map(
      Array.from(written.matchAll(/(?<!\w)(\w+): ([^,]*)(?:,|$)/g), ([, key, value]) => [key!, value!]),
    );
    // A clip that fits in one context has one window, so these have no effect.
    const isOneWindow = Number(fields.get('video_length')) <= Number(fields.get('batch_size'));
    for (const [key, value] of fields) {
      if (key === 'model') model('motion_module', value);
      else if (key === 'interp' && value === 'Off') continue;
      else if (Object.hasOwn(ANIMATEDIFF, key)) {
        const setting = ANIMATEDIFF[key as keyof typeof ANIMATEDIFF];
        const isDefault = value === String(defaultOf(Settings.shape[setting]));
        const hasNoEffect = isOneWindow && (['stride', 'overlap'].includes(key) || /^R/.test(value));
        if (!hasNoEffect && (!isDefault || key === 'video_length' || key === 'fps')) settings.push([setting, value]);
      } else if (!IGNORED.test(key)) left.push(`${key}: ${value}`);
    }
  }
}

/** Before version 1.9, A1111 wrote the schedule as part of the sampler's name. */
function samplerSettings(value: string): NewSetting[] {
  const [, sampler, schedule] = /^(.*) (Karras|Exponential)$/.exec(value) ?? [];
  const known: readonly string[] = Settings.shape.sampler.unwrap().options;
  const name = sampler ?? value;
  const isKnown = known.find((option) => option.toLowerCase() === name.toLowerCase());
  return [['sampler', isKnown ?? name], ...(schedule ? [['schedule', schedule.toLowerCase()] as const] : [])];
}
