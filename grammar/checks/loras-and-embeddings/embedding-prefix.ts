import { didYouMean } from '../../settings/did-you-mean.ts';
import type { PromptText } from '../../syntax/document.ts';
import { type Check, findInPrompt, type PromptCheck, promptsOf, replace } from '../check.ts';

/** `embedding:name`, `embedding:folder/name.pt`: ComfyUI's form, in which the text itself says what is meant. */
const PREFIXED =
  /(?<![\p{L}\p{N}_])embedding:((?:[\w-]+\/)*)([\w-]+(?:\.[\w-]+)*?)(\.(?:pt|bin|safetensors))?(?![\w-])/gu;

function* embeddingsIn(prompt: PromptText) {
  for (const { text, span, groups } of findInPrompt(prompt, PREFIXED)) {
    const [, name = '', extension = ''] = groups;
    const end = span.end - extension.length;
    yield { text, name, span, nameSpan: { start: end - name.length, end } };
  }
}

export const embeddingPrefix: PromptCheck = {
  code: 'travel/embedding-prefix',
  *find(prompt) {
    for (const { text, name, span } of embeddingsIn(prompt)) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is ComfyUI's way to name an embedding; here “embedding” would be a word of the prompt. Write “${name}” alone.`,
        span,
        fixes: [replace(`Change to “${name}”`, span, name)],
      };
    }
  },
};

export const unknownEmbedding: Check = {
  code: 'travel/unknown-embedding',
  run({ document, environment }) {
    return promptsOf(document)
      .flatMap((prompt) => (prompt.text.includes('embedding:') ? [...embeddingsIn(prompt)] : []))
      .filter(({ name }) => environment.resolveModel('embedding', name) === null)
      .map(({ name, span, nameSpan }) => {
        const meant = didYouMean(name, environment.modelNames('embedding'));
        return {
          code: this.code,
          severity: 'warning',
          message: `There is no embedding “${name}” in the model folders, so the name is only words.${meant ? ` Did you mean “${meant}”?` : ' Put its file there, or remove it.'}`,
          span: nameSpan,
          fixes: meant ? [replace(`Change to “${meant}”`, span, meant)] : [],
        };
      });
  },
};
