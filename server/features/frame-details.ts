import type { AssembledPrompts } from '../../grammar/clip/assemble-keyframes.ts';
import { stepChoice } from '../../grammar/clip/sampling.ts';
import { windowsAround } from '../../plan/fuse.ts';
import { promptSteps } from '../../plan/steps.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { negativePromptMeaning, type PromptPart, promptMeaning } from '../../prompt/meaning.ts';
import type { FrameDetails, MixedPrompt } from '../../protocol/timeline.ts';
import type { Analysis } from '../documents/analysis.ts';
import { lanesOf, rounded } from './timeline-lanes.ts';

/**
 * Everything about one frame, as its plan has it.
 *
 * @param tokenizer null: tokens are not counted
 * @returns null if the clip does not have the frame, or its prompts cannot be assembled
 */
export function frameDetailsOf(
  { clip }: Analysis,
  frame: number,
  tokenizer: ClipTokenizer | null,
): FrameDetails | null {
  const { settings, prompts, seed, frames } = clip.context;
  const mixes = prompts.mixes();
  const mix = mixes[frame];
  const from = mix && prompts.assembled[mix.from];
  const to = mix && prompts.assembled[mix.to];
  if (!mix || !from || !to) return null;
  const options = tokenizer && { tokenizer, steps: promptSteps(stepChoice(settings)) };
  const positiveTokens = (text: string) => (options ? chunkTokens(promptMeaning(text, options)) : []);
  const negativeTokens = (text: string) => (options ? chunkTokens([negativePromptMeaning(text, options)]) : []);
  const around = windowsAround(frame, clip.windows(0) ?? [], frames, settings.fuse);
  return {
    frame,
    seconds: frame / settings.fps,
    positive: mixedPrompt('positive', from, to, mix.t, positiveTokens),
    negative: mixedPrompt('negative', from, to, mix.t, negativeTokens),
    seed: seed + frame,
    values: lanesOf(clip.context, () => mixes).map(({ name, values }) => ({
      name,
      value: values[frame] ?? values[0]!,
    })),
    windows: around.map(({ positions, share }) => ({ frames: [...positions], weight: share })),
  };
}

/** As in a plan: a prompt mixed with itself is itself. */
function mixedPrompt(
  which: 'positive' | 'negative',
  { [which]: from }: AssembledPrompts,
  { [which]: second }: AssembledPrompts,
  share: number,
  tokens: (text: string) => number[],
): MixedPrompt {
  const to = share === 0 ? from : second;
  const first = tokens(from);
  return {
    from,
    to,
    t: from === to ? 0 : rounded(share),
    tokens: { from: first, to: from === to ? first : tokens(to) },
  };
}

/** Tokens in each chunk of the first step; of prompts that `AND` combines, one after another. */
function chunkTokens(parts: readonly PromptPart[]): number[] {
  return parts.flatMap(({ variants }) => variants[0]?.chunks.map(({ tokenCount }) => tokenCount) ?? []);
}
