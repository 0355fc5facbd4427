import type { ClipOptions } from '../../grammar/clip/context.ts';
import type { Environment } from '../../grammar/clip/environment.ts';
import { KIND_NAMES } from '../../grammar/clip/models.ts';
import { parseTravel, type ResolvedClip, resolveClipSliced, stopsRender } from '../../grammar/language.ts';
import { parseSettings } from '../../grammar/parse-setting.ts';
import type { NotedPlan } from '../../grammar/planner/tries.ts';
import type { Problem } from '../../grammar/problem.ts';
import type { PlanAnswer, PlanRequest, RenderWhat } from '../../protocol/plan-request.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/**
 * The plan of exactly the version asked for. Without other settings or frames than the document's own, it is of the
 * analysis that hover and diagnostics use.
 */
export async function planOf(
  documents: OpenDocuments,
  host: ServerHost,
  { uri, version, what }: PlanRequest,
  isCancelled: () => boolean,
): Promise<PlanAnswer> {
  const isOutdated = () => documents.analysis(uri)?.version !== version;
  if (isOutdated()) return { kind: 'outdated' };
  if (!host.hasFiles(uri)) return { kind: 'no-files' };
  const isVoid = () => isCancelled() || isOutdated();
  if (what.kind === 'text') return planOfText(documents, host, { uri, version }, what, isVoid);
  const options = optionsOf(what);
  if (!options.ok) return { kind: 'refused', version, reason: options.message };
  const build = (clip: ResolvedClip) => {
    const noted = buildPlan(clip, what);
    return noted && { ...noted, isRandom: clip.context.settings.seed === -1 && !options.locked };
  };
  const planned = await documents.planned(uri, options, build, isVoid);
  if (!planned) return { kind: 'outdated' };
  const { analysis, plan, problems } = planned;
  if (plan) return { kind: 'plan', version, ...plan };
  // Errors of the document are shown in the editor. Those of the request are not.
  if (!analysis.problems.some(stopsRender)) {
    const reason = problems.find(stopsRender)?.message;
    if (reason === undefined) throw new Error(`No plan was built for ${uri}, although it has no errors.`);
    return { kind: 'refused', version, reason };
  }
  return errorsOf(version, analysis.problems, host);
}

/** Another text in the place of a document's. */
async function planOfText(
  documents: OpenDocuments,
  host: ServerHost,
  { uri, version }: Pick<PlanRequest, 'uri' | 'version'>,
  { text, seed }: Extract<RenderWhat, { readonly kind: 'text' }>,
  isCancelled: () => boolean,
): Promise<PlanAnswer> {
  const document = parseTravel(text);
  const resolve = function* (environment: Environment) {
    const clip = yield* resolveClipSliced(document, environment, { overrides: { seed } });
    return { problems: clip.problems, plan: clip.buildPlan() };
  };
  const resolved = await documents.resolveInstead(uri, seed, resolve, isCancelled);
  if (!resolved) return { kind: 'outdated' };
  const { plan, problems } = resolved;
  return plan ? { kind: 'plan', version, plan, isRandom: false, note: '' } : errorsOf(version, problems, host);
}

function errorsOf(version: number, problems: readonly Problem[], host: ServerHost): PlanAnswer {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const first = errors[0]!.message;
  return { kind: 'errors', version, count: errors.length, first, ...missingModels(errors, host) };
}

type Options = (ClipOptions & { readonly ok: true }) | { readonly ok: false; readonly message: string };

function optionsOf(what: Exclude<RenderWhat, { readonly kind: 'text' }>): Options {
  switch (what.kind) {
    case 'clip': {
      const given = givenSettings(what.settings);
      return given.ok && what.locked ? { ...given, locked: what.locked } : given;
    }
    case 'draft':
      return givenSettings(what.settings);
    case 'frame':
      return { ok: true, frames: { from: what.frame, to: what.frame } };
    case 'frames':
      return { ok: true, frames: { from: what.from, to: what.to } };
  }
}

function givenSettings(settings: Extract<RenderWhat, { readonly kind: 'clip' }>['settings']): Options {
  if (!settings) return { ok: true };
  const parsed = parseSettings(settings);
  return parsed.ok ? { ok: true, overrides: parsed.settings } : parsed;
}

function buildPlan(clip: ResolvedClip, what: RenderWhat): NotedPlan | null {
  if (what.kind === 'draft') return clip.buildDraft();
  if (what.kind === 'frame') return clip.buildFrame(what.folder);
  const plan = clip.buildPlan();
  return plan && { plan, note: '' };
}

function missingModels(errors: readonly Problem[], { modelFolders }: ServerHost) {
  const models = errors.flatMap(({ missingModel }) =>
    missingModel ? [{ kind: KIND_NAMES[missingModel.kind], name: missingModel.name }] : [],
  );
  return models.length === 0 ? {} : { missing: { models, folders: [...modelFolders] } };
}
