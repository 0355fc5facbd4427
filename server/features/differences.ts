import { type ClipContext, clipContext } from '../../grammar/clip/context.ts';
import { clipDifferences } from '../../grammar/clip/differences.ts';
import { parseTravel } from '../../grammar/language.ts';
import type { DifferencesAnswer, DifferencesRequest } from '../../protocol/differences.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';

/** How a document differs from other versions of its text, each with the seed that it was rendered with. */
export async function differencesOf(
  documents: OpenDocuments,
  { uri, versions }: DifferencesRequest,
  isCancelled: () => boolean,
): Promise<DifferencesAnswer> {
  const analysis = await documents.settled(uri, isCancelled);
  if (!analysis) return null;
  const now = analysis.clip.context;
  const answer: NonNullable<DifferencesAnswer> = [];
  for (const { source, seed } of versions) {
    const before: ClipContext | null = await documents.resolveInstead(
      uri,
      seed ?? now.seed,
      (environment) => clipContext(parseTravel(source), environment, seed === null ? {} : { overrides: { seed } }),
      isCancelled,
    );
    if (!before) return null;
    answer.push(clipDifferences(before, now));
  }
  return answer;
}
