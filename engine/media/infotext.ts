import { type InfotextModel, infotextOf, negativeOfAll, travelText } from '../../plan/infotext.ts';
import { interpXFor } from '../../plan/interpolation.ts';
import type { Mix, PlanPrompt } from '../../plan/plan.ts';
import type { PublishedFile, PublishedPlan } from '../../plan/published-plan.ts';
import { VERSION } from '../../plan/version.ts';
import { MASK_BLUR } from './read-mask.ts';

/**
 * A plan as A1111's infotext, with what only a render knows: the seed, what wildcards gave, hashes of models. The prompt
 * is in sd-webui-animatediff's prompt travel syntax, with every keyframe written out. The exact plan is stored
 * separately (`record.ts`).
 */
export function infotext(plan: PublishedPlan): string {
  const { models, sampling, frames, output, context } = plan;
  const { seed, noise } = sampling;
  const { index, cfgScale } = frames[0]!;
  const { motionModule } = models;
  const { settings } = context;
  const isVaried = noise.subseedStrength > 0;
  return infotextOf({
    ...sampling,
    prompt: promptText(plan),
    negative: negativeText(plan),
    cfgScale,
    // Those of A1111's first image.
    seed: isVaried ? seed : seed + index,
    variation: isVaried ? { seed: noise.subseed + index, strength: noise.subseedStrength } : null,
    resizeFrom: noise.resizeFrom,
    etaNoiseSeedDelta: noise.etaNoiseSeedDelta,
    maskBlur: plan.masks.length > 0 ? MASK_BLUR : undefined,
    width: plan.width,
    height: plan.height,
    checkpoint: modelOf(models.checkpoint),
    vae: models.vae && modelOf(models.vae),
    clipSkip: models.clipSkip,
    emphasis: plan.emphasis,
    motion: motionModule && {
      module: { file: motionModule.name, sha256: motionModule.sha256 },
      frames: settings?.frames ?? frames.length,
      fps: output.fps,
      loop: output.loop,
      windows: settings,
      interpX:
        output.interpolation?.method === 'film' ? interpXFor(output.interpolation.count, output.order.length) : null,
      // The plan has only what came of them.
      latent: {},
      freeInit: sampling.freeInit ?? null,
    },
    // A1111 reads versions as numbers, and takes others for none.
    version: `Prompt Travel ${VERSION}`,
  });
}

function negativeText({ frames, prompts }: PublishedPlan): string {
  const used = new Set(frames.flatMap(({ negative: { from, to, t } }) => (t === 0 ? [from] : [from, to])));
  return negativeOfAll([...used].map((index) => prompts[index]!.text));
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
    return isHeld ? [] : [{ frame: position, prompt: textOf(prompt) }];
  });
  const only = keys.length === 0 ? textOf(frames[0]!.positive.from) : keys.length === 1 ? keys[0]!.prompt : null;
  return travelText(only === null ? { head: '', keys, tail: '' } : { head: only, keys: [], tail: '' });
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

const modelOf = ({ name, sha256 }: PublishedFile): InfotextModel => ({
  name: name.replace(/(?<=.)\.[^.]*$/, ''),
  sha256,
});
