import * as l10n from '@vscode/l10n';
import { commands, type TextDocument, Uri, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { messageOf } from '../../plan/message-of.ts';
import { fileName } from '../../plan/paths.ts';
import { clipWork } from '../../plan/work.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import { PLAN, PlanAnswer, type PlanRequest, type RenderWhat } from '../../protocol/plan-request.ts';
import type { OpenFiles, Submit } from '../../protocol/renders.ts';
import type { LockMachine } from '../../rendering/lock-file.ts';
import { hasEnded, isRunning } from '../../rendering/queue.ts';
import { LANGUAGE } from '../language-id.ts';
import { withFileSource } from '../source-text.ts';
import { askWhileTyping } from '../while-typing.ts';
import { percentOf, stateText } from './job-text.ts';
import type { RenderJobs } from './jobs.ts';
import { showMissing } from './missing-models.ts';
import { openDocument } from './open-document.ts';

/** What every command that renders works with. */
export interface RenderHost {
  readonly client: BaseLanguageClient;
  readonly jobs: RenderJobs;
  /** What computes the pixels of renders, for lock files. */
  readonly machine: LockMachine;
}

/** What a command asks before it renders. */
export interface RenderQuestions<T> {
  /** Asked before the document is saved; undefined: the user declined, or was told why it is not possible. */
  readonly choose: (document: TextDocument) => Promise<T | undefined>;
  /** The document if no `.travel` file is open; without it, the user is told to open one. */
  readonly otherwise?: () => Promise<TextDocument>;
}

/** A plan, as the server answers. */
export type PlannedClip = Extract<PlanAnswer, { kind: 'plan' }>;

/** A command that renders: what to render, and what happens with the files. */
export interface RenderCommand extends RenderQuestions<RenderWhat> {
  readonly open: OpenFiles;
  /** Called with what is about to be rendered. */
  readonly onPlan?: (document: TextDocument, planned: PlannedClip) => void;
}

/** The file to render, as a menu or a code lens names it; undefined: the `.travel` file that is open. */
export type RenderTarget = Uri | string | undefined;

/**
 * Renders a document, on exactly the plan that the language server gives for it.
 *
 * @returns the result when the render has ended; undefined if it never began, and then the user was told why
 */
export async function render(
  host: RenderHost,
  target: RenderTarget,
  { open, onPlan, ...questions }: RenderCommand,
): Promise<RenderResult | undefined> {
  const prepared = await prepare(host, target, questions);
  const planned = prepared && (await planFor(prepared.document, prepared.chosen, host));
  if (!planned) return undefined;
  onPlan?.(prepared.document, planned);
  return submit(prepared.document, { work: clipWork(planned.plan), note: planned.note, open }, host.jobs);
}

/** Asks what to render, and saves the document; undefined if it cannot be rendered, and then the user was told why. */
export async function prepare<T>(
  { jobs }: RenderHost,
  target: RenderTarget,
  questions: RenderQuestions<T>,
): Promise<{ readonly document: TextDocument; readonly chosen: T } | undefined> {
  const saved = await savedDocument(target, questions);
  return saved && (await renderAgain(saved.document, jobs)) ? saved : undefined;
}

/** The same, without the question whether to render a document again. */
export async function savedDocument<T>(
  target: RenderTarget,
  { choose, otherwise }: RenderQuestions<T>,
): Promise<{ readonly document: TextDocument; readonly chosen: T } | undefined> {
  if (!workspace.isTrusted) return void askForTrust();
  const document = (await documentOf(target)) ?? (await otherwise?.());
  if (!document) {
    return void window.showWarningMessage(l10n.t('Open the .travel file to render and try again.'));
  }
  if (!canRender(document)) return undefined;
  const chosen = await choose(document);
  const saved = chosen && (await save(document));
  return saved && { document: saved, chosen };
}

/** The plan of a saved document; undefined if it cannot be rendered, and then the user was told why. */
export async function planFor(
  document: TextDocument,
  what: RenderWhat,
  { client }: Pick<RenderHost, 'client'>,
): Promise<PlannedClip | undefined> {
  const name = nameOf(document.uri);
  const answer = await planOf(document, what, client);
  switch (answer?.kind) {
    case 'plan':
      return answer;
    case 'errors':
      return void (answer.missing ? showMissing(name, answer.missing, answer.count) : showErrors(document, answer));
    case 'refused':
      return void window.showErrorMessage(
        l10n.t('{name} cannot be rendered like this. {reason}', { name, reason: answer.reason }),
      );
    case 'no-files':
      return void window.showWarningMessage(NEEDS_DISK);
    default:
      return undefined;
  }
}

export const NEEDS_DISK = l10n.t('Rendering needs a file on disk. Save a copy of this one and open it.');

async function documentOf(target: RenderTarget): Promise<TextDocument | undefined> {
  if (target === undefined) return openDocument();
  return workspace.openTextDocument(typeof target === 'string' ? Uri.parse(target) : target);
}

async function askForTrust(): Promise<void> {
  const manage = l10n.t('Manage Trust');
  const why = l10n.t('Rendering reads and writes files that the text names. Trust this folder first.');
  if ((await window.showWarningMessage(why, manage)) === manage)
    await commands.executeCommand('workbench.trust.manage');
}

/** Whether a document can be rendered once it is saved. If not, the user is told why. */
function canRender(document: TextDocument): boolean {
  if (!isTravel(document)) return false;
  if (document.uri.scheme === 'file' || document.uri.scheme === 'untitled') return true;
  void window.showWarningMessage(NEEDS_DISK);
  return false;
}

/** The document once the file on disk is up to date; undefined if it cannot be saved, or the user declined. */
async function save(document: TextDocument): Promise<TextDocument | undefined> {
  if (!document.isDirty && !document.isUntitled) return document;
  const uri = await workspace.save(document.uri);
  const saved = uri && (await workspace.openTextDocument(uri));
  // The name that the user gave may be that of another language.
  return saved && isTravel(saved) ? saved : undefined;
}

function isTravel({ languageId }: TextDocument): boolean {
  if (languageId === LANGUAGE) return true;
  void window.showWarningMessage(
    l10n.t('Only .travel files can be rendered. Save the file with that extension and try again.'),
  );
  return false;
}

/** Asks before a second render of a document. */
async function renderAgain({ uri }: TextDocument, jobs: RenderJobs): Promise<boolean> {
  if (!(await canConnect(uri, jobs))) return false;
  const open = jobs.jobs.filter((job) => job.document === uri.toString() && !hasEnded(job.state));
  const [first] = open;
  if (!first) return true;
  const [wait, again, instead] = [l10n.t('Wait'), l10n.t('Queue Again'), l10n.t('Cancel and Start Again')];
  const how = isRunning(first) ? `${percentOf(first)} %` : stateText(first, jobs.jobs);
  const question = l10n.t('{name} is already being rendered ({state}).', { name: nameOf(uri), state: how });
  const answer = await window.showInformationMessage(question, wait, again, instead);
  if (answer === instead) await Promise.all(open.map(({ id }) => jobs.change(id, 'cancel')));
  return answer === again || answer === instead;
}

async function canConnect(uri: Uri, jobs: RenderJobs): Promise<boolean> {
  try {
    await jobs.connect();
    return true;
  } catch (error) {
    void window.showErrorMessage(
      l10n.t('{name} cannot be rendered: {reason}', { name: nameOf(uri), reason: messageOf(error) }),
    );
    return false;
  }
}

/** @returns the result when the job has ended; undefined if the service is lost before */
export async function submit(
  { uri }: TextDocument,
  planned: Pick<Submit, 'work' | 'note' | 'open'>,
  jobs: RenderJobs,
): Promise<RenderResult | undefined> {
  // The same plan gives the same pixels, so what is left of an earlier render of it can always be used.
  const id = await jobs.submit({ document: uri.toString(), ...planned, resume: true });
  const job = jobs.jobs.find((each) => each.id === id);
  if (job?.state.kind === 'queued') {
    window.setStatusBarMessage(`$(clock) ${job.name}: ${stateText(job, jobs.jobs)}`, 5000);
  }
  return jobs.ended(id);
}

/** The plan of the document as it is now; undefined if the server cannot be asked. */
async function planOf(
  document: TextDocument,
  what: RenderWhat,
  client: BaseLanguageClient,
): Promise<PlanAnswer | undefined> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  return askServer(document, async () => {
    const answer = await askWhileTyping(document, async () => {
      const request: PlanRequest = { uri, version: document.version, what };
      return withFileSource(document, what, PlanAnswer.parse(await client.sendRequest(PLAN, request)));
    });
    if (answer.kind === 'outdated' && !document.isClosed) throw new Error(l10n.t('it has another version of the text'));
    return answer;
  });
}

/** The server's answer about a document; undefined if it cannot be asked, and then the user was told why. */
export async function askServer<T>({ uri }: TextDocument, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const restart = l10n.t('Restart Server');
    const why = l10n.t('{name} cannot be rendered: the language server did not answer ({reason}).', {
      name: nameOf(uri),
      reason: messageOf(error),
    });
    void window.showErrorMessage(why, restart).then((chosen) => {
      if (chosen === restart) return commands.executeCommand('travel.restartServer');
    });
    return undefined;
  }
}

async function showErrors({ uri }: TextDocument, { count, first }: Extract<PlanAnswer, { kind: 'errors' }>) {
  const problems = l10n.t('Show Problems');
  const values = { name: nameOf(uri), count, first };
  const why =
    count === 1
      ? l10n.t('{name} has an error and cannot be rendered. {first}', values)
      : l10n.t('{name} has {count} errors and cannot be rendered. {first}', values);
  if ((await window.showErrorMessage(why, problems)) === problems) {
    await commands.executeCommand('workbench.actions.view.problems');
  }
}

/** The file's name, with its extension. */
export const nameOf = ({ path }: Uri): string => fileName(path);
