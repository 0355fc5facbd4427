import { parseTravel, resolveClipSliced } from '../../grammar/language.ts';
import type { Problem } from '../../grammar/problem.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { PlanAnswer, PlanRequest } from '../../protocol/plan-request.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/**
 * The plan of exactly the version asked for, from the analysis that hover and diagnostics use; or the plan of another text
 * in its place.
 */
export async function planOf(
  documents: OpenDocuments,
  host: ServerHost,
  { uri, version, instead }: PlanRequest,
  isCancelled: () => boolean,
): Promise<PlanAnswer> {
  const isOutdated = () => documents.analysis(uri)?.version !== version;
  if (isOutdated()) return { kind: 'outdated' };
  if (!host.hasFiles(uri)) return { kind: 'no-files' };
  const isVoid = () => isCancelled() || isOutdated();
  if (instead) {
    const other = await planInstead(documents, uri, instead, isVoid);
    return other ? answerOf(uri, version, other.problems, other.plan) : { kind: 'outdated' };
  }
  const planned = await documents.planned(uri, isVoid);
  return planned ? answerOf(uri, version, planned.analysis.problems, planned.plan) : { kind: 'outdated' };
}

function planInstead(
  documents: OpenDocuments,
  uri: string,
  { text, seed }: NonNullable<PlanRequest['instead']>,
  isCancelled: () => boolean,
) {
  const document = parseTravel(text);
  return documents.resolveInstead(
    uri,
    seed,
    function* (environment) {
      const clip = yield* resolveClipSliced(document, environment, { overrides: { seed } });
      return { problems: clip.problems, plan: clip.buildPlan() };
    },
    isCancelled,
  );
}

function answerOf(uri: string, version: number, problems: readonly Problem[], plan: TravelPlan | null): PlanAnswer {
  if (plan) return { kind: 'plan', version, plan };
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) throw new Error(`No plan was built for ${uri}, although it has no errors.`);
  return { kind: 'errors', version, count: errors.length, first: first.message };
}
