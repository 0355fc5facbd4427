import type { Mix, PlanPrompt } from '../../plan/plan.ts';
import type { PublishedFile, PublishedPlan } from '../../plan/published-plan.ts';
import type { SigmaSchedule } from '../../plan/samplers.ts';

/**
 * A plan as A1111's infotext, so that its PNG Info tab and compatible tools show and restore prompt, seed and settings.
 * The prompt is in sd-webui-animatediff's prompt travel syntax, with every keyframe written out. The exact plan is
 * stored separately (`record.ts`).
 *
 * Source: A1111 `modules/processing.py`, `create_infotext`; sd-webui-animatediff `scripts/animatediff_ui.py`,
 * `get_dict`.
 */
export function infotext(plan: PublishedPlan): string {
  const { models, sampling, frames } = plan;
  const first = frames[0]!;
  const settings: [string, string | number][] = [
    ['Steps', sampling.steps],
    ['Sampler', sampling.sampler],
    ['Schedule type', SCHEDULE_LABELS[sampling.schedule]],
    ['CFG scale', first.cfgScale],
    ...noiseSettings(plan),
    ...(sampling.denoising === null ? [] : [['Denoising strength', sampling.denoising] as [string, number]]),
    ['Size', `${plan.width}x${plan.height}`],
    ...hash('Model hash', models.checkpoint),
    ['Model', quoted(title(models.checkpoint))],
    ...(models.vae ? [...hash('VAE hash', models.vae), ['VAE', quoted(models.vae.name)] as [string, string]] : []),
  ];
  if (models.clipSkip !== 1) settings.push(['Clip skip', models.clipSkip]);
  if (plan.emphasis !== 'Original') settings.push(['Emphasis', plan.emphasis]);
  settings.push(...parameterSettings(sampling));
  // Without it, A1111 uses the noise of a GPU.
  if (sampling.rng !== 'gpu') settings.push(['RNG', sampling.rng.toUpperCase()]);
  if (models.motionModule) settings.push(['AnimateDiff', JSON.stringify(animateDiffFields(plan, models.motionModule))]);
  settings.push(['Version', 'Prompt Travel']);
  const negative = negativeText(plan);
  return [
    promptText(plan),
    ...(negative ? [`Negative prompt: ${negative}`] : []),
    settings.map(([name, value]) => `${name}: ${value}`).join(', '),
  ].join('\n');
}

/** A1111's labels (`modules/sd_schedulers.py`). */
const SCHEDULE_LABELS: Readonly<Record<SigmaSchedule, string>> = {
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

/** The seed of A1111's first image, and what changes its noise. */
function noiseSettings({ sampling, frames }: PublishedPlan): [string, string | number][] {
  const { seed, noise } = sampling;
  const { index } = frames[0]!;
  const { subseed, subseedStrength: strength, resizeFrom } = noise;
  return [
    ['Seed', strength > 0 ? seed : seed + index],
    ...(strength > 0
      ? ([
          ['Variation seed', subseed + index],
          ['Variation seed strength', strength],
        ] satisfies [string, number][])
      : []),
    ...(resizeFrom ? [['Seed resize from', `${resizeFrom.width}x${resizeFrom.height}`] as [string, string]] : []),
  ];
}

function parameterSettings({ sampler, parameters, noise }: PublishedPlan['sampling']): [string, string | number][] {
  const { eta, s_churn, s_tmin, s_tmax, s_noise } = parameters;
  const given: [string, number | undefined][] = [
    [sampler === 'DDIM' || sampler === 'DDIM CFG++' ? 'Eta DDIM' : 'Eta', eta],
    ['Sigma churn', s_churn],
    ['Sigma tmin', s_tmin],
    ['Sigma tmax', s_tmax],
    ['Sigma noise', s_noise],
    ['ENSD', noise.etaNoiseSeedDelta || undefined],
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, number]]));
}

/** The fields of sd-webui-animatediff. It splits them at `, ` and `: `, so a name with these is left out. */
function animateDiffFields({ frames, sampling, output, context }: PublishedPlan, motionModule: PublishedFile): string {
  const { settings } = context;
  const { freeInit } = sampling;
  const fields: [string, string | number][] = [
    ...(/, |: /.test(motionModule.name) ? [] : [['model', motionModule.name] as [string, string]]),
    ['enable', 'True'],
    ['video_length', settings?.frames ?? frames.length],
    ['fps', output.fps],
    ['loop_number', output.loop],
    ...(settings
      ? ([
          ['closed_loop', settings.closedLoop],
          ['batch_size', settings.length],
          ['stride', settings.stride],
          ['overlap', settings.overlap],
        ] satisfies [string, string | number][])
      : []),
    ['interp', 'Off'],
    ['interp_x', 10],
    ['freeinit_enable', freeInit ? 'True' : 'False'],
    ...(freeInit
      ? ([
          ['freeinit_filter', freeInit.filter],
          ['freeinit_ds', freeInit.d_s],
          ['freeinit_dt', freeInit.d_t],
          ['freeinit_iters', freeInit.iterations],
        ] satisfies [string, string | number][])
      : []),
    ...(motionModule.sha256 ? [['mm_hash', motionModule.sha256.slice(0, 8)] as [string, string]] : []),
  ];
  return fields.map(([name, value]) => `${name}: ${value}`).join(', ');
}

/**
 * The negative prompt of all frames, because A1111 has one for all: if it travels, the phrases of every frame's, each
 * once.
 */
function negativeText({ frames, prompts }: PublishedPlan): string {
  const used = new Set(frames.flatMap(({ negative: { from, to, t } }) => (t === 0 ? [from] : [from, to])));
  const texts = [...used].map((index) => prompts[index]!.text);
  return texts.length === 1 ? texts[0]! : [...new Set(texts.flatMap(phrasesOf))].join(', ');
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

function promptText(plan: PublishedPlan): string {
  const { frames } = plan;
  const textOf = (index: number) => withLoras(plan, plan.prompts[index]);
  const keys = frames.flatMap(({ positive }, position) => {
    const prompt = pure(positive);
    if (prompt === undefined) return [];
    const [before, after] = [frames[position - 1], frames[position + 1]];
    const isHeld =
      before !== undefined &&
      pure(before.positive) === prompt &&
      (after === undefined || pure(after.positive) === prompt);
    return isHeld ? [] : [{ position, text: textOf(prompt) }];
  });
  if (keys.length === 0) return textOf(frames[0]!.positive.from);
  if (keys.length === 1) return keys[0]!.text;
  return keys.map(({ position, text }) => `${position}: ${text.replace(/\s+/g, ' ')}`).join('\n');
}

/** The only prompt of a mix; undefined if it mixes two. */
function pure({ from, to, t }: Mix): number | undefined {
  if (t === 0 || from === to) return from;
  return t === 1 ? to : undefined;
}

function withLoras(plan: PublishedPlan, prompt: PlanPrompt | undefined): string {
  const tags = [
    ...(prompt?.loras ?? []).map(({ lora, weight }) => ({ name: plan.loras[lora]?.name, weight })),
    ...plan.motionLoras,
  ].map(({ name, weight }) => `<lora:${name}:${weight}>`);
  return [prompt?.text ?? '', ...tags].join(' ').trim();
}

const title = ({ name }: PublishedFile): string => name.replace(/(?<=.)\.[^.]*$/, '');

/** A1111 shows the first 10 digits, and finds a model by them. */
function hash(name: string, { sha256 }: PublishedFile): [string, string][] {
  return sha256 === null ? [] : [[name, sha256.slice(0, 10)]];
}

/** A1111 quotes values that would break its list of settings. */
function quoted(value: string): string {
  return /[,:\n]/.test(value) ? JSON.stringify(value) : value;
}
