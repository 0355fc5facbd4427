import { CHUNK_TOKENS } from '../../../prompt/chunks.ts';
import type { Check } from '../check.ts';

export const chunkCounts: Check = {
  code: 'travel/chunk-counts',
  run({ prompts: { placed, chunkCounts: counts } }) {
    if (!counts) return [];
    return placed.flatMap(({ keyframe: { position } }, i) => {
      const before = placed[i - 1]?.keyframe.position;
      if (!before) return [];
      const [earlier, own] = [counts[i - 1]!, counts[i]!];
      if (earlier === own) return [];
      return [
        {
          code: this.code,
          severity: 'information',
          message: `This prompt has ${chunks(own)}; the one at ${before.text} has ${earlier}. A chunk holds ${CHUNK_TOKENS} tokens. The shorter prompt is padded with an empty chunk, so the words of the last chunk fade together. Use the same number of chunks for an even transition.`,
          span: position.span,
          related: [{ span: before.span, message: `This prompt has ${chunks(earlier)}.` }],
        },
      ];
    });
  },
};

const chunks = (count: number) => `${count} ${count === 1 ? 'chunk' : 'chunks'}`;
