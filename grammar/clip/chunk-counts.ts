import { largest } from '../../plan/extremes.ts';
import { CHUNK_TOKENS } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { type MeaningOptions, promptMeaning } from '../../prompt/meaning.ts';
import type { Settings } from '../settings/schema.ts';
import type { SlicedTask } from '../sliced-task.ts';
import type { AssembledPrompts } from './assemble-keyframes.ts';
import type { Environment } from './environment.ts';

const UTF8 = new TextEncoder();

/** Counting takes about 50 µs per prompt, and must not delay typing in a huge file. */
const MOST_KEYFRAMES = 2000;

/** Prompts per slice. */
const SLICE = 50;

/**
 * How many 75-token chunks each positive prompt needs; null if that is unknown: the vocabulary is not available, or
 * there are more than 2,000 prompts. Embeddings count as their names, because the vectors in their files are not known
 * here. The environment is asked for its tokenizer only if a prompt is long.
 */
export function* chunkCounts(
  assembled: readonly AssembledPrompts[],
  { steps, emphasis }: Settings,
  environment: Pick<Environment, 'tokenizer'>,
): SlicedTask<readonly number[] | null> {
  if (assembled.length > MOST_KEYFRAMES) return null;
  const texts = assembled.map(({ positive }) => positive);
  if (texts.every(isOneChunk)) return texts.map(() => 1);
  const { tokenizer } = environment;
  if (!tokenizer) return null;
  const counts: number[] = [];
  for (const text of texts) {
    counts.push(isOneChunk(text) ? 1 : chunkCount(text, { tokenizer, steps, emphasis }));
    if (counts.length % SLICE === 0) yield;
  }
  return counts;
}

/** Known counts: most prompts do not change from one keystroke to the next. */
const COUNTS = new WeakMap<ClipTokenizer, Map<string, number>>();

function chunkCount(text: string, options: MeaningOptions): number {
  const known = COUNTS.get(options.tokenizer) ?? new Map<string, number>();
  COUNTS.set(options.tokenizer, known);
  const key = `${options.steps} ${options.emphasis} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const parts = promptMeaning(text, options);
  const count = largest(parts.flatMap(({ variants }) => variants.map(({ chunks }) => chunks.length)));
  if (known.size >= 2 * MOST_KEYFRAMES) known.clear();
  known.set(key, count);
  return count;
}

/** Whether one chunk is certain without counting: a token is at least one byte. */
function isOneChunk(text: string): boolean {
  return text.length <= CHUNK_TOKENS && !text.includes('BREAK') && UTF8.encode(text).length <= CHUNK_TOKENS;
}
