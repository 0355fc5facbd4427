import type { PlanPrompt, TravelPlan } from '../../plan/plan.ts';
import type { AssembledPrompts } from '../clip/assemble-keyframes.ts';
import { baseOfName, embeddingNames, possibleEmbeddings } from '../clip/embedding-names.ts';
import type { Environment, ResolvedModel } from '../clip/environment.ts';
import type { PromptEncoder } from '../clip/models.ts';
import { usedEmbeddings } from '../clip/used-embeddings.ts';

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
 * @param encoder that encodes them, if it is known
 */
export function numberPrompts(
  assembled: readonly AssembledPrompts[],
  models: ReadonlyMap<string, ResolvedModel>,
  environment: Environment,
  encoder: PromptEncoder | null,
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
  const withSlashes = slashesInNames(environment);
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
      positive: index({ text: withSlashes(positive), loras: inTextEncoder }),
      negative: index({ text: withSlashes(negative), loras: inTextEncoder }),
      strengths,
    };
  });
  const text = prompts.map((prompt) => prompt.text).join('\n');
  const bases = new Set(possibleEmbeddings(environment).map(baseOfName));
  return {
    prompts,
    keyframes,
    loras: files.map(({ name, file }) => ({ name, file })),
    embeddings: usedEmbeddings(text, bases, environment, encoder).map(({ name, file }) => ({ name, file })),
  };
}

/**
 * A backslash is an escape in a prompt, so the name of an embedding gets slashes where it is written with backslashes.
 */
function slashesInNames(environment: Environment): (text: string) => string {
  let bases: readonly string[] | null = null;
  return (text) => {
    if (!/[^\\]\\[^\\()[\]]/.test(text)) return text;
    bases ??= [...new Set(possibleEmbeddings(environment).map(baseOfName))];
    return bases.reduce((changed, base) => {
      const names = [...embeddingNames(changed, base)].filter(({ written }) => written.includes('\\'));
      return names.reduceRight((rest, { written, start, end }) => {
        if (environment.resolveModel('embedding', written) === null) return rest;
        return rest.slice(0, start) + written.replaceAll('\\', '/') + rest.slice(end);
      }, changed);
    }, text);
  };
}
