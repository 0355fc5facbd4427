import type { Mix, PlanFrame, TravelPlan } from '../protocol/plan.ts';
import { lerp, slerp } from './mix.ts';

/** An encoded prompt: `[tokens, width]`, tokens a multiple of 77. */
export interface Encoding {
  readonly data: Float32Array;
  readonly tokens: number;
}

/** One prompt, or what `AND` separates in it, encoded for every step. */
export interface EncodedPart {
  readonly weight: number;
  /** By rising `untilStep` (1-based, inclusive, as A1111's schedules); the last one holds for the rest. */
  readonly variants: readonly { readonly untilStep: number; readonly encoding: Encoding }[];
}

/** One of the plan's prompts, as each of the two roles needs it. */
export interface EncodedPrompt {
  readonly positive: readonly EncodedPart[];
  /** A1111 reads no `AND` in a negative prompt. */
  readonly negative: EncodedPart;
}

export interface WeightedEncoding {
  readonly weight: number;
  readonly encoding: Encoding;
}

type MixPolicy = Pick<TravelPlan, 'mix' | 'promptEditing'>;

/** What the UNet is told in each frame at each step: encoded prompts, mixed as the frame says. */
export class Conditioning {
  readonly #prompts: readonly (EncodedPrompt | undefined)[];
  readonly #policy: MixPolicy;
  /** Mixes of the current step; frames that hold a prompt share one. */
  #mixed = new Map<string, Encoding>();
  #mixedStep = -1;

  /** @param prompts by index of the plan's `prompts`; a role that no frame needs may be missing */
  constructor(prompts: readonly (EncodedPrompt | undefined)[], policy: MixPolicy) {
    this.#prompts = prompts;
    this.#policy = policy;
  }

  /**
   * The positive prompt's parts in a frame. Parts are matched by position; one that only one of the two prompts has
   * fades with that prompt's share.
   *
   * @param step 0-based sampling step
   */
  positive({ positive: mix }: Pick<PlanFrame, 'positive'>, step: number): WeightedEncoding[] {
    const from = this.#prompt(mix.from).positive;
    const to = this.#prompt(mix.to).positive;
    return Array.from({ length: Math.max(from.length, to.length) }, (_, index) => {
      const weight = (from[index]?.weight ?? 0) * (1 - mix.t) + (to[index]?.weight ?? 0) * mix.t;
      const start = from[index] ?? to[index]!;
      const end = to[index] ?? from[index]!;
      return { weight, encoding: this.#mix(`+${index}`, mix, start, end, step) };
    });
  }

  /** The negative prompt in a frame. */
  negative({ negative: mix }: Pick<PlanFrame, 'negative'>, step: number): Encoding {
    return this.#mix('-', mix, this.#prompt(mix.from).negative, this.#prompt(mix.to).negative, step);
  }

  #prompt(index: number): EncodedPrompt {
    const prompt = this.#prompts[index];
    if (!prompt) throw new Error(`The plan mixes prompt ${index}, which was not encoded.`);
    return prompt;
  }

  #mix(role: string, { from, to, t }: Mix, start: EncodedPart, end: EncodedPart, step: number): Encoding {
    if (step !== this.#mixedStep) {
      this.#mixed.clear();
      this.#mixedStep = step;
    }
    const key = `${role}:${from}:${to}:${t}`;
    let encoding = this.#mixed.get(key);
    if (!encoding) {
      const editingStep = this.#policy.promptEditing === 'frozen' ? 0 : step;
      encoding = mixEncodings(variantAt(start, editingStep), variantAt(end, editingStep), t, this.#policy.mix);
      this.#mixed.set(key, encoding);
    }
    return encoding;
  }
}

/** A1111's rule: at 0-based `step` the first variant with `step` ≤ `untilStep` holds (prompt_parser.py). */
function variantAt({ variants }: EncodedPart, step: number): Encoding {
  return (variants.find(({ untilStep }) => step <= untilStep) ?? variants.at(-1)!).encoding;
}

function mixEncodings(from: Encoding, to: Encoding, t: number, mix: TravelPlan['mix']): Encoding {
  const tokens = Math.max(from.tokens, to.tokens);
  const [a, b] = [padTokens(from, tokens), padTokens(to, tokens)];
  if (t === 0 || from === to) return a;
  if (t === 1) return b;
  return { tokens, data: mix === 'slerp' ? slerp(a.data, b.data, t) : lerp(a.data, b.data, t) };
}

/** Lengthen by repeating the last vector, as A1111's reconstruct_multicond_batch does (prompt_parser.py). */
function padTokens(encoding: Encoding, tokens: number): Encoding {
  if (encoding.tokens === tokens) return encoding;
  const width = encoding.data.length / encoding.tokens;
  const data = new Float32Array(tokens * width);
  data.set(encoding.data);
  const last = encoding.data.subarray(encoding.data.length - width);
  for (let token = encoding.tokens; token < tokens; token++) data.set(last, token * width);
  return { data, tokens };
}
