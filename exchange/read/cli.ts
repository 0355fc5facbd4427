import { joinLines } from '../../grammar/clip/assemble.ts';
import { roundHalfEven } from '../../plan/round-half-even.ts';
import type { ClipKeyframe, SettingValue } from '../clip.ts';
import { Fields } from '../fields.ts';
import type { ExchangeFormat, NumberedImages, ReadClip, Source, Surroundings } from '../format.ts';
import { isList, isMap, type Json, type JsonMap, shown, shownKeys } from '../json.ts';
import { loraNameNote } from '../lora-name.ts';
import { ImportError, type Note, note } from '../notes.ts';
import { samplerSettings } from '../samplers.ts';
import { CLI_OUTPUT_FORMATS, CLI_SCHEDULERS } from '../tables.ts';
import { literalText, loraTag, modelName } from '../text.ts';
import { type CliInputs, cliStart, cliUnits } from './cli-controlnet.ts';
import { otherParts } from './cli-parts.ts';
import { promptsByFrame } from './cli-prompts.ts';
import { parsed, readNotes, seedSetting } from './json-source.ts';

/**
 * Configurations of animatediff-cli-prompt-travel, and those of the older animatediff-cli, whose `prompt` is a list.
 *
 * Source: animatediff-cli-prompt-travel `settings.py` (`ModelConfig`), `generate.py`.
 */
export const cli: ExchangeFormat = {
  name: 'cli',
  detect: (source) => {
    const value = parsed(source)?.value;
    return isMap(value) && (isMap(value.get('prompt_map')) || (isList(value.get('prompt')) && value.has('n_prompt')));
  },
  read,
};

/** The length of a clip without `-L`. */
const DEFAULT_FRAMES = 16;
/** The largest `-L`. */
const MOST_FRAMES = 9999;

/** Without an effect on the clip. */
const NEUTRAL = ['name', 'base', 'compile', 'unet_batch_size', 'result'];

function read(source: Source, { images }: Surroundings): ReadClip {
  const { value } = parsed(source, true);
  if (!isMap(value))
    throw new ImportError('invalid', 'A configuration of animatediff-cli is one map in braces, but this is not.');
  const { clip, notes } = cliClip(value, images);
  return { clip, notes: [...readNotes(source), ...notes] };
}

/** The clip of a configuration. @param images on this computer */
export function cliClip(value: JsonMap, images?: NumberedImages): ReadClip {
  const fields = new Fields(value);
  const notes: Note[] = [];
  for (const key of NEUTRAL) fields.take(key);
  const stylized = stylizedSize(fields, notes);
  const keyed = keyframesOf(fields, stylized.frames, notes);
  const loras = lorasOf(
    fields,
    keyed.keyframes.map(({ at }) => at),
    notes,
  );
  const settings: Record<string, SettingValue | undefined> = {
    ...generation(fields, notes),
    ...stylized,
    frames: keyed.frames,
    closed_loop: keyed.keyframes.length > 1 ? 'R+P' : undefined,
    ...output(fields, notes),
    ...inputsOf(fields, { frames: keyed.frames, images }, notes),
  };
  otherParts(fields, notes);
  const single = keyed.keyframes.length === 1 ? keyed.keyframes[0]! : null;
  const text = (key: string) => (fields.text(key) ?? '').trim();
  const head = [literalText(text('head_prompt')), ...(single ? [single.prompt] : []), loras.everywhere];
  const tail = literalText(text('tail_prompt'));
  for (const [key, left] of fields.left()) {
    notes.push(note('other-fields', `The field ${key} is not carried over. It was: ${shown(left)}`));
  }
  // A file without keyframes is joined without commas.
  const joined = joinLines([...head, tail]);
  return {
    clip: {
      head: single || keyed.keyframes.length === 0 ? [joined] : head,
      keyframes: single
        ? []
        : keyed.keyframes.map(({ hold, prompt, at }) => ({ at: hold, prompt: withTags(prompt, loras.at.get(at)) })),
      tail: single || keyed.keyframes.length === 0 ? [] : [tail],
      settings,
    },
    notes,
  };
}

/** Images that the frames start from, and ControlNet units. */
function inputsOf(fields: Fields, inputs: CliInputs, notes: Note[]): Record<string, SettingValue | undefined> {
  const start = fields.map('img2img_map');
  const units = fields.map('controlnet_map');
  return {
    ...(start?.get('enable') === true && cliStart(start, inputs, notes)),
    controlnet: units && cliUnits(units, inputs, notes),
  };
}

/**
 * The length, the size and the windows of the first pass of `animatediff stylize generate`. Other commands get them as
 * options.
 */
function stylizedSize(fields: Fields, notes: Note[]): Record<string, number | undefined> {
  const first = fields.map('stylize_config')?.get('0');
  if (!isMap(first)) return {};
  const own = new Fields(first);
  const [frames, stride] = [own.number('length'), own.number('stride')];
  const found = {
    frames,
    width: own.number('width'),
    height: own.number('height'),
    context: own.number('context'),
    overlap: own.number('overlap'),
    stride: stride === undefined ? undefined : stride + 1,
  };
  if (frames === undefined) return {};
  const message = `The length, the size and the windows are those of stylize_config (length: ${frames}), which \`animatediff stylize generate\` uses. For \`animatediff generate\`, they are options of the command. Check them.`;
  notes.push(note('length-not-in-file', message));
  return found;
}

const withTags = (prompt: string, tags: readonly string[] | undefined) => [prompt, ...(tags ?? [])].join(' ');

interface CliKeyframe extends ClipKeyframe {
  /** Its position with the end of its hold. */
  readonly hold: string;
}

/** Each prompt holds for a part of the way to the next one; the last one, to the end of the clip. */
function keyframesOf(
  fields: Fields,
  length: number | undefined,
  notes: Note[],
): { readonly keyframes: readonly CliKeyframe[]; readonly frames: number } {
  const list = fields.list('prompt');
  const map = fields.map('prompt_map');
  const ratio = Math.min(1, Math.max(0, fields.number('prompt_fixed_ratio') ?? 0.5));
  if (!map && list) {
    const [first, ...others] = list;
    if (others.length > 0) {
      notes.push(
        note(
          'more-prompts',
          `Only the first prompt is imported: each one is a clip of its own. The others were: ${others.map(shown).join(' | ')}`,
        ),
      );
    }
    const prompt = literalText(typeof first === 'string' ? first : '');
    return { keyframes: [{ at: '0', hold: '0', prompt }], frames: length ?? DEFAULT_FRAMES };
  }
  const all = promptsByFrame(map ?? new Map(), notes);
  const end = length ?? MOST_FRAMES;
  const isReachable = ({ frame }: { readonly frame: number }) => frame < end;
  const unreachable = all.filter((entry) => !isReachable(entry));
  if (unreachable.length > 0) {
    const keys = shownKeys(unreachable.map(({ key, prompt }) => `${key}: ${prompt}`));
    notes.push(
      note(
        'unreachable-keys',
        `Keys from ${end} on are never reached, because ${length === undefined ? 'no clip is that long' : 'the clip is not that long'}. They were: ${keys}`,
      ),
    );
  }
  const keys = all.filter(isReachable).sort((a, b) => a.frame - b.frame);
  const last = keys.at(-1)?.frame ?? 0;
  const frames = length ?? Math.max(DEFAULT_FRAMES, last + (last - (keys.at(-2)?.frame ?? last) || 1));
  if (length === undefined) {
    notes.push(
      note(
        'length-not-in-file',
        `The length is not in the file, but an option of the command (-L), as are the size and the context. \`frames: ${frames}\` is long enough for all keys. Check it.`,
      ),
    );
  }
  if (keys.length > 1) {
    notes.push(
      note(
        'loop-always-closed',
        'animatediff-cli always mixes the last prompt into the first, so `closed_loop` is R+P. Use N for a clip that is not a loop.',
      ),
    );
  }
  return {
    frames,
    keyframes: keys.map(({ frame, prompt }, i) => {
      const next = keys[i + 1]?.frame ?? frames;
      const reached = frame + roundHalfEven((next - frame) * ratio);
      const through = Math.max(frame, reached >= next ? next - 1 : reached);
      return {
        at: `${frame}`,
        hold: through > frame ? `${frame}-${through}` : `${frame}`,
        prompt: literalText(prompt),
      };
    }),
  };
}

function generation(fields: Fields, notes: Note[]): Record<string, SettingValue | undefined> {
  const seeds = listOf(fields.take('seed'));
  const negatives = textsOf(fields.take('n_prompt'), 'n_prompt', notes);
  if (seeds.length > 1) {
    notes.push(
      note(
        'more-seeds',
        `Only the first seed is imported: each one is a clip of its own. The others were: ${seeds.slice(1).map(shown).join(', ')}. Render with \`--seed\` for each.`,
      ),
    );
  }
  if (negatives.length > 1) {
    notes.push(
      note(
        'more-negatives',
        `Only the first negative prompt is imported. The others were: ${negatives.slice(1).join(' | ')}`,
      ),
    );
  }
  const scheduler = fields.text('scheduler') ?? 'k_dpmpp_2m';
  const pair = CLI_SCHEDULERS.get(scheduler);
  if (!pair)
    notes.push(note('other-fields', `The scheduler ${scheduler} is not available. The default, Euler a, is used.`));
  const context = fields.text('context_schedule') ?? 'uniform';
  if (context !== 'uniform') {
    notes.push(
      note(
        'context-schedule',
        `The context schedule ${context} is not available. \`context_schedule: uniform\` is used.`,
      ),
    );
  }
  const path = fields.text('path');
  const vae = fields.text('vae_path');
  const module = fields.text('motion_module');
  return {
    checkpoint: path && modelName(path),
    vae: vae ? modelName(vae) : undefined,
    motion_module: module && modelName(module),
    ...seedSetting(seeds[0], notes),
    ...(pair ? samplerSettings(pair) : {}),
    steps: fields.number('steps') ?? 25,
    cfg_scale: fields.number('guidance_scale') ?? 7.5,
    clip_skip: fields.number('clip_skip'),
    negative_prompt: literalText(negatives[0] ?? ''),
    mix: fields.take('tensor_interpolation_slerp') === false ? 'lerp' : undefined,
  };
}

/** The texts of a list, or a single one. */
function textsOf(value: Json | undefined, key: string, notes: Note[]): string[] {
  return listOf(value).flatMap((item) => {
    if (typeof item === 'string') return [item];
    if (item !== null)
      notes.push(note('other-fields', `An item of ${key} is not text, so it is left out. It was: ${shown(item)}`));
    return [];
  });
}

const listOf = (value: Json | undefined): readonly Json[] =>
  isList(value) ? value : value === undefined ? [] : [value];

function output(fields: Fields, notes: Note[]): Record<string, SettingValue | undefined> {
  const own = new Fields(fields.map('output') ?? new Map());
  const format = own.text('format') ?? 'gif';
  const saved = CLI_OUTPUT_FORMATS.get(format);
  if (!saved)
    notes.push(note('save-format', `The output format ${format} is not available here. Choose one with \`save\`.`));
  const fps = own.number('fps') ?? 8;
  for (const [key, value] of own.misread()) {
    notes.push(note('other-fields', `The field output.${key} is not carried over. It was: ${shown(value)}`));
  }
  return { fps, save: saved ? [saved] : undefined };
}

/** LoRAs act in all frames, or their weights are keyframes, which is possible only where prompts have theirs. */
function lorasOf(fields: Fields, keys: readonly string[], notes: Note[]) {
  const everywhere: string[] = [];
  const at = new Map<string, string[]>();
  for (const name of ['lora_map', 'motion_lora_map']) {
    for (const [path, value] of fields.map(name) ?? []) {
      const unnamed = loraNameNote(path, shown(isMap(value) ? (value.get('scale') ?? value) : value));
      if (unnamed) {
        notes.push(unnamed);
        continue;
      }
      if (typeof value === 'number' && Number.isFinite(value)) {
        everywhere.push(loraTag(path, value));
        continue;
      }
      if (!isMap(value)) {
        notes.push(note('other-fields', `The weight of ${path} is not a number, so it is left out: ${shown(value)}`));
        continue;
      }
      const scale = value.get('scale');
      const weights = [...(isMap(scale) ? scale : [])].flatMap(([key, weight]) => {
        if (typeof weight === 'number' && Number.isFinite(weight)) return [[`${Number(key)}`, weight] as const];
        const message = `The weight of ${path} at ${key} is not a number, so it is left out: ${shown(weight)}`;
        notes.push(note('other-fields', message));
        return [];
      });
      const regions = listOf(value.get('region')).filter((region) => region !== 'background');
      if (regions.length > 0) {
        notes.push(
          note(
            'regional-prompts',
            `${path} acts in all of the picture: the regions ${regions.map(shown).join(', ')} are not carried over.`,
          ),
        );
      }
      if (weights.length > 0 && keys.length > 1 && weights.every(([key]) => keys.includes(key))) {
        for (const [key, weight] of weights) at.set(key, [...(at.get(key) ?? []), loraTag(path, weight)]);
        notes.push(
          note(
            'lora-easing',
            `The LoRA weight of ${path} changes along a straight line here; in animatediff-cli it follows a quadratic curve, also from the last key to the first.`,
          ),
        );
      } else if (weights.length > 0) {
        everywhere.push(loraTag(path, weights[0]![1]));
        notes.push(
          note(
            'lora-easing',
            `The LoRA weight of ${path} stays at its first value, because it changes at frames without a prompt. The weights were: ${shown(scale!)}`,
          ),
        );
      }
    }
  }
  return { everywhere: everywhere.join(' '), at };
}
