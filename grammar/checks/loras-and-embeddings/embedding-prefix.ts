import { prefixedEmbeddings } from '../../syntax/prefixed-embeddings.ts';
import { type PromptCheck, replace } from '../check.ts';

export const embeddingPrefix: PromptCheck = {
  code: 'travel/embedding-prefix',
  *find(prompt) {
    for (const { text, name, span } of prefixedEmbeddings(prompt)) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is ComfyUI syntax for an embedding. Here, “embedding” would be a word of the prompt. Write “${name}” alone.`,
        span,
        fixes: [replace(`Change to “${name}”`, span, name)],
      };
    }
  },
};
