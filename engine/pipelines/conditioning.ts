import { largest } from '../../plan/extremes.ts';
import type { Mix, PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { lerp, slerp } from './mix.ts';

/** An encoded prompt: `[tokens, width]`, tokens a multiple of 77. */
export interface Encoding {
  readonly data: Float32Array;
  readonly tokens: number;
}

/** A prompt, or one of its parts that `AND` separates, encoded for every step. */
export interface EncodedPart {
  readonly weight: number;
  /**
   * In ascending order of `untilStep` (1-based, inclusive, as in A1111's schedules); the last one is for all later
   * steps.
   */
  readonly variants: readonly { readonly untilStep: number; readonly encoding: Encoding }[];
}

/** One of the plan's prompts, encoded for the roles that it has in any frame; empty for other roles. */
export interface EncodedPrompt {
  readonly positive: readonly EncodedPart[];
  /** One part: A1111 ignores `AND` in negative prompts. */
  readonly negative: readonly EncodedPart[];
}

export interface WeightedEncoding {
  readonly weight: number;
  readonly encoding: Encoding;
}

type MixPolicy = Pick<TravelPlan, 'mix' | 'promptEditing'>;

/**
 * The UNet's conditioning in each frame at each step: encoded prompts, mixed as in the plan's frame. All positive
 * encodings have the length of the longest one, and so do all negative ones.
 */
export class Conditioning {
  readonly #prompts: readonly EncodedPrompt[];
  readonly #policy: MixPolicy;
  readonly #tokens: Readonly<Record<keyof EncodedPrompt, number>>;
  /** Mixes of the current step; frames with the same mix share one. */
  #mixed = new Map<string, Encoding>();
  #mixedStep = -1;

  /** @param prompts by index of the plan's `prompts` */
  constructor(prompts: readonly EncodedPrompt[], policy: MixPolicy) {
    this.#prompts = prompts;
    this.#policy = policy;
    this.#tokens = {
      positive: longest(prompts.flatMap(({ positive }) => positive)),
      negative: longest(prompts.flatMap(({ negative }) => negative)),
    };
  }

  /**
   * The positive prompt's parts in a frame. Parts are matched by position; a part that only one of the two prompts has
   * fades with that prompt's share.
   *
   * @param step 0-based sampling step
   */
  positive({ positive: mix }: Pick<PlanFrame, 'positive'>, step: number): WeightedEncoding[] {
    return this.#mix('positive', mix, step);
  }

  /** The negative prompt in a frame. */
  negative({ negative: mix }: Pick<PlanFrame, 'negative'>, step: number): Encoding {
    return this.#mix('negative', mix, step)[0]!.encoding;
  }

  #mix(role: keyof EncodedPrompt, { from, to, t }: Mix, step: number): WeightedEncoding[] {
    const [start, end] = [this.#prompts[from]![role], this.#prompts[to]![role]];
    return Array.from({ length: Math.max(start.length, end.length) }, (_, part) => ({
      weight: (start[part]?.weight ?? 0) * (1 - t) + (end[part]?.weight ?? 0) * t,
      encoding: this.#cached(`${role} ${part} ${from} ${to} ${t}`, step, () => {
        const editingStep = this.#policy.promptEditing === 'frozen' ? 0 : step;
        const [a, b] = [start[part] ?? end[part]!, end[part] ?? start[part]!].map((encoded) =>
          padTokens(variantAt(encoded, editingStep), this.#tokens[role]),
        ) as [Encoding, Encoding];
        return mixEncodings(a, b, t, this.#policy.mix);
      }),
    }));
  }

  #cached(key: string, step: number, make: () => Encoding): Encoding {
    if (step !== this.#mixedStep) {
      this.#mixed.clear();
      this.#mixedStep = step;
    }
    const known = this.#mixed.get(key);
    if (known) return known;
    const encoding = make();
    this.#mixed.set(key, encoding);
    return encoding;
  }
}

function longest(parts: readonly EncodedPart[]): number {
  return Math.max(0, largest(parts.flatMap(({ variants }) => variants.map(({ encoding }) => encoding.tokens))));
}

/** A1111's rule: at 0-based `step` the first variant with `step` ≤ `untilStep` holds (prompt_parser.py). */
function variantAt({ variants }: EncodedPart, step: number): Encoding {
  return (variants.find(({ untilStep }) => step <= untilStep) ?? variants.at(-1)!).encoding;
}

function mixEncodings(from: Encoding, to: Encoding, t: number, mix: TravelPlan['mix']): Encoding {
  if (t === 0 || from === to) return from;
  if (t === 1) return to;
  return { tokens: from.tokens, data: mix === 'slerp' ? slerp(from.data, to.data, t) : lerp(from.data, to.data, t) };
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
