import { basename, extname } from 'node:path';
import type { Mix, PlanPrompt, TravelPlan } from '../../plan/plan.ts';

/**
 * A plan as A1111's infotext, so that its PNG Info tab and compatible tools show prompt, seed and settings. The prompt is
 * in sd-webui-animatediff's prompt travel syntax, with every keyframe written out. It is for people: the exact plan is
 * stored separately (`record.ts`).
 */
export function infotext(plan: TravelPlan): string {
  const first = plan.frames[0]!;
  const motion = plan.models.motionModule;
  const settings: [string, string | number][] = [
    ['Steps', plan.sampling.steps],
    ['Sampler', plan.sampling.sampler],
    ['Schedule type', plan.sampling.schedule === 'karras' ? 'Karras' : 'Uniform'],
    ['CFG scale', first.cfgScale],
    ['Seed', plan.sampling.seed],
    ['Size', `${plan.width}x${plan.height}`],
    ['Model', quoted(fileTitle(plan.models.checkpoint.path))],
  ];
  if (plan.models.vae) settings.push(['VAE', quoted(basename(plan.models.vae.path))]);
  if (plan.models.clipSkip !== 1) settings.push(['Clip skip', plan.models.clipSkip]);
  if (motion) {
    const animation = [
      `model: ${basename(motion.path)}`,
      `video_length: ${plan.frames.length}`,
      `fps: ${plan.output.fps}`,
      `loop_number: ${plan.output.loop}`,
    ];
    settings.push(['AnimateDiff', JSON.stringify(animation.join(', '))]);
  }
  settings.push(['Version', 'Prompt Travel']);
  const negative = sharedNegative(plan);
  return [
    promptText(plan, negative === undefined),
    ...(negative ? [`Negative prompt: ${negative}`] : []),
    settings.map(([name, value]) => `${name}: ${value}`).join(', '),
  ].join('\n');
}

/** The negative prompt, if it is the same in all frames. */
function sharedNegative({ frames, prompts }: TravelPlan): string | undefined {
  const { from } = frames[0]!.negative;
  return frames.every(({ negative }) => pure(negative) === from) ? prompts[from]?.text : undefined;
}

function promptText(plan: TravelPlan, negativeTravels: boolean): string {
  const text = (index: number | undefined) => (index === undefined ? '' : withLoras(plan, plan.prompts[index]));
  const keys = plan.frames.flatMap(({ index, positive, negative }, position) => {
    const prompt = pure(positive);
    if (prompt === undefined) return [];
    const before = plan.frames[position - 1];
    const after = plan.frames[position + 1];
    const held =
      before !== undefined &&
      pure(before.positive) === prompt &&
      (after === undefined || pure(after.positive) === prompt) &&
      !negativeTravels;
    if (held) return [];
    const neg = negativeTravels ? plan.prompts[pure(negative) ?? negative.from]?.text : undefined;
    return [{ index, text: text(prompt), suffix: neg ? ` --neg ${neg}` : '' }];
  });
  if (keys.length === 0) return text(plan.frames[0]!.positive.from);
  if (keys.length === 1) return `${keys[0]!.text}${keys[0]!.suffix}`;
  return keys.map((key) => `${key.index}: ${`${key.text}${key.suffix}`.replace(/\s+/g, ' ')}`).join('\n');
}

/** The only prompt of a mix; undefined if it mixes two. */
function pure({ from, to, t }: Mix): number | undefined {
  if (t === 0 || from === to) return from;
  return t === 1 ? to : undefined;
}

function withLoras(plan: TravelPlan, prompt: PlanPrompt | undefined): string {
  const tags = [
    ...(prompt?.loras ?? []).map(({ lora, weight }) => ({ name: plan.loras[lora]?.name, weight })),
    ...plan.motionLoras,
  ].map(({ name, weight }) => `<lora:${name}:${weight}>`);
  return [prompt?.text ?? '', ...tags].join(' ').trim();
}

function fileTitle(path: string): string {
  return basename(path, extname(path));
}

/** A1111 quotes values that would break its list of settings. */
function quoted(value: string): string {
  return /[,:\n]/.test(value) ? JSON.stringify(value) : value;
}
