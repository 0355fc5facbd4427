import { z } from 'zod';
import type { TravelPlan } from './plan.ts';

/** A model file. */
export interface InfotextModel {
  /** Without folder and extension. */
  readonly name: string;
  /** In hexadecimal digits; null: not known. */
  readonly sha256: string | null;
}

type Sampling = TravelPlan['sampling'];

export const LATENT = ['latent_power', 'latent_scale', 'latent_power_last', 'latent_scale_last'] as const;

/** The motion of a clip, as sd-webui-animatediff describes it. */
export interface InfotextMotion {
  /** The motion module’s file, without folder; null: the extension’s own choice. */
  readonly module: { readonly file: string; readonly sha256: string | null } | null;
  readonly frames: number;
  readonly fps: number;
  /** 0: forever. */
  readonly loop: number;
  /** null: not known. */
  readonly windows: {
    readonly closedLoop: string;
    readonly length: number;
    readonly stride: number;
    readonly overlap: number;
  } | null;
  /** Frame interpolation with FILM: the extension’s Interp X; null: off. */
  readonly interpX: number | null;
  /** How a start image and a last one fade, by the extension’s names; empty: there are none. */
  readonly latent: Readonly<Partial<Record<(typeof LATENT)[number], number>>>;
  /** null: off. */
  readonly freeInit: NonNullable<Sampling['freeInit']> | null;
}

/** What A1111’s infotext holds. Facts that only a render knows are null before it. */
export interface InfotextFacts extends Pick<Sampling, 'steps' | 'seed' | 'rng' | 'parameters' | 'denoising'> {
  /** Pixels; absent: no mask. */
  readonly maskBlur?: number | undefined;
  /** Text of the prompt box (`travelText`). */
  readonly prompt: string;
  readonly negative: string;
  /** By A1111’s name, of any version. */
  readonly sampler: string;
  readonly schedule: Sampling['schedule'] | 'automatic';
  readonly cfgScale: number;
  readonly variation: { readonly seed: number; readonly strength: number } | null;
  readonly resizeFrom: Sampling['noise']['resizeFrom'];
  readonly etaNoiseSeedDelta: number;
  readonly width: number;
  readonly height: number;
  /** null: a model that no other program has. */
  readonly checkpoint: InfotextModel | null;
  /** null: the checkpoint’s own. */
  readonly vae: InfotextModel | null;
  readonly clipSkip: number;
  readonly emphasis: string;
  /** null: still frames. */
  readonly motion: InfotextMotion | null;
  /** Of the program that rendered. */
  readonly version: string | null;
}

type Field = readonly [name: string, value: string | number | null];

/**
 * A clip as A1111's infotext: the prompt, a line with the negative prompt, and the parameters on the last line. Its PNG
 * Info tab and compatible tools restore them. What has A1111's default is left out where A1111 leaves it out.
 *
 * Source: A1111 `modules/processing.py`, `create_infotext`, and `modules/infotext_utils.py`, `quote`.
 */
export function infotextOf(facts: InfotextFacts): string {
  const { negative, variation, resizeFrom, checkpoint, vae, motion } = facts;
  const { eta, s_churn, s_tmin, s_tmax, s_noise } = facts.parameters;
  const fields: readonly Field[] = [
    ['Steps', facts.steps],
    ['Sampler', facts.sampler],
    ['Schedule type', SCHEDULE_LABELS[facts.schedule]],
    ['CFG scale', facts.cfgScale],
    ['Seed', facts.seed],
    ['Size', `${facts.width}x${facts.height}`],
    ['Model hash', shortHash(checkpoint)],
    ['Model', checkpoint?.name ?? null],
    ['VAE hash', shortHash(vae)],
    ['VAE', vae?.name ?? null],
    ['Variation seed', variation?.seed ?? null],
    ['Variation seed strength', variation?.strength || null],
    ['Seed resize from', resizeFrom && `${resizeFrom.width}x${resizeFrom.height}`],
    ['Denoising strength', facts.denoising],
    ['Mask blur', facts.maskBlur ?? null],
    ['Clip skip', facts.clipSkip === 1 ? null : facts.clipSkip],
    ['ENSD', facts.etaNoiseSeedDelta || null],
    // Without it, the noise is that of a GPU.
    ['RNG', facts.rng === 'gpu' ? null : facts.rng.toUpperCase()],
    [facts.sampler === 'DDIM' || facts.sampler === 'DDIM CFG++' ? 'Eta DDIM' : 'Eta', eta ?? null],
    ['Sigma churn', s_churn === 0 ? null : (s_churn ?? null)],
    ['Sigma tmin', s_tmin === 0 ? null : (s_tmin ?? null)],
    ['Sigma tmax', s_tmax === 0 ? null : (s_tmax ?? null)],
    ['Sigma noise', s_noise === 1 ? null : (s_noise ?? null)],
    ['Emphasis', facts.emphasis === 'Original' ? null : facts.emphasis],
    ['AnimateDiff', motion && animateDiffText(motion)],
    ['Version', facts.version],
  ];
  return [
    facts.prompt,
    ...(negative === '' ? [] : [`Negative prompt: ${negative}`]),
    given(fields)
      .map(([name, value]) => parameter(name, `${value}`))
      .join(', '),
  ].join('\n');
}

/** A parameter of the last line. A1111 quotes values that would break it. */
export function parameter(name: string, value: string): string {
  return `${name}: ${/[,:\n]/.test(value) ? JSON.stringify(value) : value}`;
}

/** Our own record in a text file: one more parameter, so that A1111 reads the others. */
const RECORD = 'Prompt Travel';

/** An infotext with a record, which is printable ASCII, as its last parameter. */
export const withRecord = (infotext: string, record: string): string => `${infotext}, ${parameter(RECORD, record)}`;

/** The record in a text, as it is written if it was truncated or modified; undefined: it has none. */
export function recordIn(text: string): string | undefined {
  const last = text.trimEnd();
  const line = last.slice(last.lastIndexOf('\n') + 1);
  // Quotes inside a quoted value have a backslash.
  const at = line.lastIndexOf(`${RECORD}: "`);
  if (at < 0) return undefined;
  const quoted = line.slice(at + RECORD.length + 2);
  try {
    return z.string().parse(JSON.parse(quoted));
  } catch {
    // Whoever checks the record reports what is wrong with it.
    return quoted.slice(1);
  }
}

/** Text for A1111's prompt box. */
export interface TravelText {
  readonly head: string;
  readonly keys: readonly { readonly frame: number; readonly prompt: string }[];
  readonly tail: string;
}

/** The head, a line for each key, the tail, as sd-webui-animatediff reads them. */
export function travelText({ head, keys, tail }: TravelText): string {
  return [asText(head), ...keys.map(({ frame, prompt }) => `${frame}: ${onOneLine(prompt)}`), asText(tail)]
    .filter(Boolean)
    .join('\n');
}

const onOneLine = (text: string) =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .join(' ');

/** A backslash, which A1111 drops, keeps a line such as `12:30 at night` from being a key there. */
const asText = (lines: string) => lines.replace(/^(?=\p{Nd}+:)/gmu, '\\');

/**
 * The negative prompt of all frames, because A1111 has one for all: if it travels, the phrases of every frame's, each
 * once.
 *
 * @param texts in the order of the frames, at least one
 */
export function negativeOfAll(texts: readonly string[]): string {
  const different = new Set(texts);
  return different.size === 1 ? texts[0]! : [...new Set([...different].flatMap(phrasesOf))].join(', ');
}

/** The parts of a prompt between commas that are not in brackets. */
function phrasesOf(text: string): string[] {
  const phrases: string[] = [];
  let depth = 0;
  let phrase = '';
  for (const char of text) {
    if ('([{<'.includes(char)) depth++;
    if (')]}>'.includes(char)) depth--;
    if (char === ',' && depth <= 0) {
      phrases.push(phrase);
      phrase = '';
    } else phrase += char;
  }
  return [...phrases, phrase].map((part) => part.trim()).filter((part) => part !== '');
}

/** A1111's labels (`modules/sd_schedulers.py`). */
const SCHEDULE_LABELS: Readonly<Record<InfotextFacts['schedule'], string>> = {
  automatic: 'Automatic',
  uniform: 'Uniform',
  karras: 'Karras',
  exponential: 'Exponential',
  polyexponential: 'Polyexponential',
  sgm_uniform: 'SGM Uniform',
  kl_optimal: 'KL Optimal',
  align_your_steps: 'Align Your Steps',
  simple: 'Simple',
  normal: 'Normal',
  ddim: 'DDIM',
  beta: 'Beta',
};

/** The extension's default. */
const INTERP_X = 10;

/**
 * The field of sd-webui-animatediff. It splits it at `, ` and `: `, so a name with these is left out.
 *
 * Source: `scripts/animatediff_ui.py`, `AnimateDiffProcess.get_dict`; `scripts/animatediff_infotext.py`.
 */
function animateDiffText({ module, frames, fps, loop, windows, interpX, latent, freeInit }: InfotextMotion): string {
  const fields: readonly Field[] = [
    ['model', module && !/, |: /.test(module.file) ? module.file : null],
    ['enable', 'True'],
    ['video_length', frames],
    ['fps', fps],
    ['loop_number', loop],
    ['closed_loop', windows?.closedLoop ?? null],
    ['batch_size', windows?.length ?? null],
    ['stride', windows?.stride ?? null],
    ['overlap', windows?.overlap ?? null],
    ['interp', interpX === null ? 'Off' : 'FILM'],
    ['interp_x', interpX ?? INTERP_X],
    ['freeinit_enable', freeInit ? 'True' : 'False'],
    ['freeinit_filter', freeInit?.filter ?? null],
    ['freeinit_ds', freeInit?.d_s ?? null],
    ['freeinit_dt', freeInit?.d_t ?? null],
    ['freeinit_iters', freeInit?.iterations ?? null],
    ...LATENT.map((name): Field => [name, latent[name] ?? null]),
    ['mm_hash', module?.sha256?.slice(0, 8) ?? null],
  ];
  return given(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

const given = (fields: readonly Field[]) => fields.filter(([, value]) => value !== null);

/** A1111 shows the first 10 digits, and finds a model by them. */
const shortHash = (model: InfotextModel | null) => model?.sha256?.slice(0, 10) ?? null;
