import { didYouMean } from '../settings/did-you-mean.ts';
import { type Check, type CheckContext, findInPrompts, replace } from './check.ts';

/** `embedding:name`, `embedding:folder/name.pt`: ComfyUI's form, in which the text itself says what is meant. */
const PREFIXED =
  /(?<![\p{L}\p{N}_])embedding:((?:[\w-]+\/)*)([\w-]+(?:\.[\w-]+)*?)(\.(?:pt|bin|safetensors))?(?![\w-])/gu;

function embeddingsOf({ document }: CheckContext) {
  return findInPrompts(document, PREFIXED).map(({ text, span, groups: [, name = '', extension = ''] }) => {
    const end = span.end - extension.length;
    return { text, name, span, nameSpan: { start: end - name.length, end } };
  });
}

export const embeddingPrefix: Check = {
  code: 'travel/embedding-prefix',
  run(context) {
    return embeddingsOf(context).map(({ text, name, span }) => ({
      code: this.code,
      severity: 'warning',
      message: `“${text}” is ComfyUI's way to name an embedding; here “embedding” would be a word of the prompt. Write “${name}” alone.`,
      span,
      fixes: [replace(`Change to “${name}”`, span, name)],
    }));
  },
};

export const unknownEmbedding: Check = {
  code: 'travel/unknown-embedding',
  run(context) {
    const { host } = context;
    return embeddingsOf(context)
      .filter(({ name }) => host.resolveModel('embedding', name) === null)
      .map(({ name, span, nameSpan }) => {
        const meant = didYouMean(name, host.modelNames('embedding'));
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
