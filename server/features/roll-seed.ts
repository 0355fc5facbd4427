import type { RollSeedAnswer, RollSeedRequest } from '../../protocol/plan-request.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';

/** Rolls another seed for a document, unless the file or one that it extends sets the seed. The text stays as it is. */
export async function rollSeedOf(documents: OpenDocuments, { uri }: RollSeedRequest): Promise<RollSeedAnswer> {
  const analysis = await documents.settled(uri, () => false);
  const seed = analysis?.effective.settings.seed;
  if (seed !== undefined && seed !== -1) return { kind: 'fixed', seed };
  const rolled = documents.rollSeed(uri);
  return rolled === null ? { kind: 'not-open' } : { kind: 'rolled', seed: rolled };
}
