import { CHUNK_TOKENS } from '../../prompt/chunks.ts';
import type { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { type MeaningOptions, promptMeaning } from '../../prompt/meaning.ts';
import type { Problem } from '../problem.ts';
import type { Settings } from '../settings/schema.ts';
import type { SlicedTask } from '../sliced-task.ts';
import type { Environment } from './environment.ts';
import type { AssembledPrompts } from '../planner/number-prompts.ts';
import type { PlacedKeyframe } from './timeline.ts';

const UTF8 = new TextEncoder();

/** Counting takes some 50 µs a prompt; what is only worth knowing must not hold up the typing in a huge file. */
const MOST_KEYFRAMES = 2000;

/** Prompts that are counted in a piece. */
const SLICE = 50;

/**
 * Where a keyframe's prompt needs another number of 75-token chunks than the one before it. Embeddings count as their
 * names, for what is in their files is not known here. The environment is asked for its tokenizer only where a prompt is long.
 *
 * @param placed by frame
 * @param assembled their prompts
 */
export function* compareChunkCounts(
  placed: readonly PlacedKeyframe[],
  assembled: readonly AssembledPrompts[],
  { steps, emphasis }: Settings,
  environment: Pick<Environment, 'tokenizer'>,
): SlicedTask<Problem[]> {
  if (placed.length > MOST_KEYFRAMES) return [];
  const texts = assembled.map(({ positive }) => positive);
  const tokenizer = texts.every(isOneChunk) ? null : environment.tokenizer;
  if (!tokenizer) return [];
  const counts: number[] = [];
  for (const text of texts) {
    counts.push(isOneChunk(text) ? 1 : chunkCount(text, { tokenizer, steps, emphasis }));
    if (counts.length % SLICE === 0) yield;
  }
  return placed.flatMap(({ keyframe: { position } }, i) => {
    const before = placed[i - 1]?.keyframe.position;
    if (!before) return [];
    const [earlier, own] = [counts[i - 1]!, counts[i]!];
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

/** Counts of before: from one keystroke to the next, most prompts stay as they are. */
const COUNTS = new WeakMap<ClipTokenizer, Map<string, number>>();

function chunkCount(text: string, options: MeaningOptions): number {
  const known = COUNTS.get(options.tokenizer) ?? new Map<string, number>();
  COUNTS.set(options.tokenizer, known);
  const key = `${options.steps} ${options.emphasis} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const parts = promptMeaning(text, options);
  const count = Math.max(...parts.flatMap(({ variants }) => variants.map(({ chunks }) => chunks.length)));
  if (known.size >= 2 * MOST_KEYFRAMES) known.clear();
  known.set(key, count);
  return count;
}

/** Whether that is certain without counting: a token is at least a byte. */
function isOneChunk(text: string): boolean {
  return text.length <= CHUNK_TOKENS && !text.includes('BREAK') && UTF8.encode(text).length <= CHUNK_TOKENS;
}

const chunks = (count: number) => `${count} ${count === 1 ? 'chunk' : 'chunks'} of ${CHUNK_TOKENS} tokens`;
