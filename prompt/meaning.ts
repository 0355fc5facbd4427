import { largest } from '../plan/extremes.ts';
import { type ChunkOptions, chunker, emptyChunk, type PromptChunk } from './chunks.ts';
import { splitComposition } from './composition.ts';
import { scheduleSteps } from './step-schedule.ts';

/** A positive prompt as the sampler uses it: its parts, which `AND` separates; at least one. */
export type PromptMeaning = readonly PromptPart[];

export interface PromptPart {
  readonly weight: number;
  /** In ascending order of `untilStep`, up to the last step. All have the same number of chunks. */
  readonly variants: readonly PromptVariant[];
}

/** A part until a sampling step. */
export interface PromptVariant {
  /** 1-based and inclusive. */
  readonly untilStep: number;
  /** With attention and `BREAK`. */
  readonly text: string;
  readonly chunks: readonly PromptChunk[];
}

export interface MeaningOptions extends ChunkOptions {
  /** Sampling steps, ≥ 1. */
  readonly steps: number;
}

/**
 * A positive prompt as the sampler uses it, from text to token ids. The editor shows it and the engine encodes it.
 *
 * The caller resolves definitions, wildcards and comments, and removes extra networks (`parseExtraNetworks`): here
 * `<lora:x:1>` is text. Never throws.
 */
export function promptMeaning(text: string, options: MeaningOptions): PromptMeaning {
  const variants = variantsFrom(options);
  return splitComposition(text).map((part) => ({ weight: part.weight, variants: variants(part.text) }));
}

/**
 * A negative prompt as the sampler uses it. As in A1111 it may have step schedules, but `AND` and a final `:1.3` are
 * text.
 */
export function negativePromptMeaning(text: string, options: MeaningOptions): PromptPart {
  return { weight: 1, variants: variantsFrom(options)(text) };
}

function variantsFrom(options: MeaningOptions): (text: string) => PromptVariant[] {
  const chunk = chunker(options);
  return (text) => {
    const schedule = scheduleSteps(text, options);
    // `[a|b]` repeats the same text every other step.
    const texts = new Set(schedule.map((entry) => entry.text));
    const chunksOf = new Map([...texts].map((variant) => [variant, chunk(variant)]));
    const most = largest([...chunksOf.values()].map((chunks) => chunks.length));
    for (const chunks of chunksOf.values()) while (chunks.length < most) chunks.push(emptyChunk(options.tokenizer));
    return schedule.map((entry) => ({ ...entry, chunks: chunksOf.get(entry.text)! }));
  };
}
