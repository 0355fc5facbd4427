import type { PlanPrompt, TravelPlan } from '../../plan/plan.ts';
import type { Problem } from '../problem.ts';
import { documentSpan, type PromptText, type TravelDocument } from '../syntax/document.ts';
import type { Environment, ResolvedModel } from '../clip/environment.ts';
import type { LoraUse } from '../clip/lora-tags.ts';
import { unknownModel, wrongKind } from '../clip/models.ts';

/** What is encoded for a keyframe, and how strongly LoRAs act there. */
export interface KeyframePrompts {
  /** Indices into `prompts`. */
  readonly positive: number;
  readonly negative: number;
  /** UNet strength of each of the clip's `loras`. */
  readonly strengths: readonly number[];
}

export interface ClipPrompts {
  readonly prompts: readonly PlanPrompt[];
  /** In the order of the placed keyframes; one where the file has none. */
  readonly keyframes: readonly KeyframePrompts[];
  readonly loras: TravelPlan['loras'];
  readonly embeddings: TravelPlan['embeddings'];
}

/** A keyframe's prompts with everything put in, tags taken out. */
export interface AssembledPrompts {
  readonly positive: string;
  readonly negative: string;
  readonly loras: ReadonlyMap<string, LoraUse>;
}

/** Numbers the distinct prompts of all keyframes, and finds the embeddings they name. */
export function clipPrompts(
  assembled: readonly AssembledPrompts[],
  { loras: models }: ClipLoras,
  environment: Environment,
): ClipPrompts {
  const loraIndex = new Map([...models.keys()].map((name, i) => [name, i]));
  const files = [...models.values()];

  const prompts: PlanPrompt[] = [];
  /** By the LoRAs that act on them, and then by their text. */
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

/** The LoRAs that a clip's prompts name. */
export interface ClipLoras {
  /** By the name in the tags, in order of appearance. */
  readonly loras: ReadonlyMap<string, ResolvedModel>;
  readonly motionLoras: TravelPlan['motionLoras'];
  readonly problems: readonly Problem[];
}

export function findLoras(
  assembled: readonly AssembledPrompts[],
  document: TravelDocument,
  environment: Environment,
): ClipLoras {
  const problems: Problem[] = [];
  const loras = new Map<string, ResolvedModel>();
  const motionLoras: TravelPlan['motionLoras'] = [];
  const weights = new Map<string, Set<number>>();
  for (const { loras: uses } of assembled) {
    for (const { name, unet } of uses.values()) weights.set(name, (weights.get(name) ?? new Set()).add(unet));
  }
  for (const [name, used] of weights) {
    const model = environment.resolveModel('lora', name);
    if (!model) {
      problems.push(unknownModel('lora', name, loraSpan(document, name), environment));
    } else if (model.description.kind === 'motion-lora') {
      const [weight = 1] = used;
      motionLoras.push({ name: model.name, file: model.file, weight });
      if (used.size > 1) problems.push(travellingMotionLora(name, used, document));
    } else if (model.description.kind !== 'lora') {
      problems.push(wrongKind('lora', model, loraSpan(document, name)));
    } else {
      const { family } = model.description;
      if (family !== 'sd1' && family !== 'unknown') problems.push(otherFamily(name, family, document));
      loras.set(name, model);
    }
  }
  return { loras, motionLoras, problems };
}

function travellingMotionLora(name: string, used: ReadonlySet<number>, document: TravelDocument): Problem {
  return {
    code: 'travel/motion-lora-weights',
    severity: 'error',
    message: `“${name}” is a motion LoRA, which has one weight for the whole clip, and here are ${[...used].slice(0, 5).join(', ')}. Give it one weight, best in the head.`,
    span: loraSpan(document, name),
  };
}

function otherFamily(name: string, family: string, document: TravelDocument): Problem {
  return {
    code: 'travel/lora-family',
    severity: 'error',
    message: `“${name}” is a LoRA for ${family} models and cannot act on an SD 1.5 checkpoint. Use one made for SD 1.5.`,
    span: loraSpan(document, name),
  };
}

/** The name in its first tag; the start of the file where a definition holds the tag. */
export function loraSpan(document: TravelDocument, name: string) {
  const tag = (prompt: PromptText) =>
    prompt.parts.find(
      ({ kind, text }) => kind === 'Network' && text.slice(text.indexOf(':') + 1, -1).split(':')[0] === name,
    );
  const prompts = [...document.head, ...document.keyframes, ...document.tail];
  for (const { prompt } of prompts) {
    const part = tag(prompt);
    if (part) {
      const start = part.span.start + part.text.indexOf(':') + 1;
      return { start, end: start + name.length };
    }
  }
  const first = prompts[0]?.prompt;
  return first ? documentSpan(first, 0, 0) : { start: 0, end: 0 };
}

/** A1111 finds embeddings by their names' tokens; every name that occurs as text may be one, and the engine looks closer. */
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
