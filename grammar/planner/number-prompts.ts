import type { PlanPrompt, TravelPlan } from '../../plan/plan.ts';
import type { AssembledPrompts } from '../clip/assemble-keyframes.ts';
import type { Environment, ResolvedModel } from '../clip/environment.ts';

/** A keyframe's prompts by number, and how strongly LoRAs act there. */
export interface KeyframePrompts {
  /** Indices into `prompts`. */
  readonly positive: number;
  readonly negative: number;
  /** UNet strength of each of the clip's `loras`. */
  readonly strengths: readonly number[];
}

export interface NumberedPrompts {
  readonly prompts: readonly PlanPrompt[];
  /** In the order of the assembled prompts. */
  readonly keyframes: readonly KeyframePrompts[];
  readonly loras: TravelPlan['loras'];
  readonly embeddings: TravelPlan['embeddings'];
}

/**
 * Numbers the distinct prompts of all keyframes, and finds the embeddings that they name.
 *
 * @param models the clip's LoRAs by the name in their tags, without motion LoRAs
 */
export function numberPrompts(
  assembled: readonly AssembledPrompts[],
  models: ReadonlyMap<string, ResolvedModel>,
  environment: Environment,
): NumberedPrompts {
  const loraIndex = new Map([...models.keys()].map((name, i) => [name, i]));
  const files = [...models.values()];

  const prompts: PlanPrompt[] = [];
  /** By their LoRAs, then by their text. */
  const known = new Map<string, Map<string, number>>();
  const index = (prompt: PlanPrompt): number => {
    const loras = JSON.stringify(prompt.loras);
    const byText = known.get(loras) ?? new Map<string, number>();
    known.set(loras, byText);
    const existing = byText.get(prompt.text);
    if (existing !== undefined) return existing;
    byText.set(prompt.text, prompts.push(prompt) - 1);
    return prompts.length - 1;
  };
  const keyframes = assembled.map(({ positive, negative, loras }): KeyframePrompts => {
    const strengths = files.map(() => 0);
    const inTextEncoder: PlanPrompt['loras'] = [];
    for (const { name, te, unet } of loras.values()) {
      const lora = loraIndex.get(name);
      if (lora === undefined) continue;
      strengths[lora] = unet;
      if (te !== 0) inTextEncoder.push({ lora, weight: te });
    }
    return {
      positive: index({ text: positive, loras: inTextEncoder }),
      negative: index({ text: negative, loras: inTextEncoder }),
      strengths,
    };
  });
  return {
    prompts,
    keyframes,
    loras: files.map(({ name, file }) => ({ name, file })),
    embeddings: findEmbeddings(prompts, environment),
  };
}

/** Every embedding whose name occurs in a prompt. A1111 finds them by the tokens of their names, and so does the engine among these. */
function findEmbeddings(prompts: readonly PlanPrompt[], environment: Environment): TravelPlan['embeddings'] {
  const text = prompts
    .map((prompt) => prompt.text)
    .join('\n')
    .toLowerCase();
  return environment.modelNames('embedding').flatMap((name) => {
    const model = text.includes(name.toLowerCase()) ? environment.resolveModel('embedding', name) : null;
    return model?.description.kind === 'embedding' ? [{ name: model.name, file: model.file }] : [];
  });
}
