import { KIND_NAMES } from '../../grammar/clip/models.ts';
import type { Problem } from '../../grammar/problem.ts';
import type { PlanAnswer, PlanRequest } from '../../protocol/plan-request.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/** The plan of exactly the version asked for, from the analysis that hover and diagnostics use. */
export async function planOf(
  documents: OpenDocuments,
  host: ServerHost,
  { uri, version }: PlanRequest,
  isCancelled: () => boolean,
): Promise<PlanAnswer> {
  const isOutdated = () => documents.analysis(uri)?.version !== version;
  if (isOutdated()) return { kind: 'outdated' };
  if (!host.hasFiles(uri)) return { kind: 'no-files' };
  const planned = await documents.planned(uri, () => isCancelled() || isOutdated());
  if (!planned) return { kind: 'outdated' };
  const { analysis, plan } = planned;
  if (plan) return { kind: 'plan', version, plan };
  const errors = analysis.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) throw new Error(`No plan was built for ${uri}, although it has no errors.`);
  return { kind: 'errors', version, count: errors.length, first: first.message, ...missingModels(errors, host) };
}

function missingModels(errors: readonly Problem[], { modelFolders }: ServerHost) {
  const models = errors.flatMap(({ missingModel }) =>
    missingModel ? [{ kind: KIND_NAMES[missingModel.kind], name: missingModel.name }] : [],
  );
  return models.length === 0 ? {} : { missing: { models, folders: [...modelFolders] } };
}
