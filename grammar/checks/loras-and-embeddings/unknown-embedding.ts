import { didYouMean } from '../../settings/did-you-mean.ts';
import { promptsOf } from '../../syntax/document.ts';
import { prefixedEmbeddings } from '../../syntax/prefixed-embeddings.ts';
import { type Check, correctName } from '../check.ts';

export const unknownEmbedding: Check = {
  code: 'travel/unknown-embedding',
  run({ document, environment }) {
    return promptsOf(document)
      .flatMap((prompt) => (prompt.text.includes('embedding:') ? [...prefixedEmbeddings(prompt)] : []))
      .filter(({ name }) => environment.resolveModel('embedding', name) === null)
      .map(({ name, span, nameSpan }) => {
        const meant = didYouMean(name, environment.modelNames('embedding'));
        const advice = meant ? `Did you mean “${meant}”?` : 'Add its file to the model folders, or remove the name.';
        return {
          code: this.code,
          severity: 'warning',
          message: `Embedding “${name}” not found in the model folders. Its name is treated as words. ${advice}`,
          span: nameSpan,
          missingModel: { kind: 'embedding', name },
          fixes: correctName(span, meant),
        };
      });
  },
};
