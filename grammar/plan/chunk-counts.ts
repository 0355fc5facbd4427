import { CHUNK_TOKENS } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { promptMeaning } from '../../prompt/meaning.ts';
import type { Problem } from '../../protocol/problem.ts';
import type { Settings } from '../settings/schema.ts';
import type { ClipPrompts } from './prompts.ts';
import type { PlacedKeyframe } from './timeline.ts';

const UTF8 = new TextEncoder();

/**
 * Where a keyframe's prompt needs another number of 75-token chunks than the one before it. Embeddings count as their
 * names, for what is in their files is not known here.
 *
 * @param placed as `clip.keyframes`, by frame
 */
export function chunkCountProblems(
  placed: readonly PlacedKeyframe[],
  { prompts, keyframes }: ClipPrompts,
  { steps, emphasis }: Settings,
  tokenizer: ClipTokenizer,
): Problem[] {
  const known = new Map<number, number>();
  const countOf = (prompt: number): number => {
    const count = known.get(prompt) ?? chunkCount(prompts[prompt]!.text);
    known.set(prompt, count);
    return count;
  };
  const chunkCount = (text: string): number => {
    // A token is at least a byte, so short prompts need no tokens counted.
    if (text.length <= CHUNK_TOKENS && !text.includes('BREAK') && UTF8.encode(text).length <= CHUNK_TOKENS) return 1;
    const parts = promptMeaning(text, { tokenizer, steps, emphasis });
    return Math.max(...parts.flatMap(({ variants }) => variants.map(({ chunks }) => chunks.length)));
  };
  return placed.flatMap(({ keyframe: { position } }, i) => {
    const before = placed[i - 1]?.keyframe.position;
    if (!before) return [];
    const [earlier, own] = [countOf(keyframes[i - 1]!.positive), countOf(keyframes[i]!.positive)];
    if (earlier === own) return [];
    return [
      {
        code: 'travel/chunk-counts',
        severity: 'information',
        message: `This prompt fills ${chunks(own)}, and the one at ${before.text} ${chunks(earlier)}. The shorter one is filled up with nothing, so the words of the last chunk fade as a whole. Give both the same number for an even change.`,
        span: position.span,
        related: [{ span: before.span, message: `This one fills ${chunks(earlier)}.` }],
      },
    ];
  });
}

const chunks = (count: number) => `${count} ${count === 1 ? 'chunk' : 'chunks'} of ${CHUNK_TOKENS} tokens`;
