import * as l10n from '@vscode/l10n';
import {
  commands,
  type Disposable,
  type LogOutputChannel,
  ProgressLocation,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { withoutMark } from '../../plan/byte-order-mark.ts';
import { messageOf } from '../../plan/message-of.ts';
import type { RenderSuccess } from '../../protocol/engine.ts';
import { isSetAside, type JobInfo, type JobState } from '../../protocol/renders.ts';
import { failedWhileSaving, isRunning } from '../../rendering/queue.ts';
import { resultText } from '../../rendering/render-text.ts';
import { percentOf, stateText } from './job-text.ts';
import type { RenderJobs } from './jobs.ts';
import { cancelSurely } from './running-job.ts';

type Log = Pick<LogOutputChannel, 'error'>;

/**
 * Tells about the renders of this window's files: a notification with Cancel while one runs, and one message when it
 * has ended. If several windows have the file open, one of them shows that message.
 */
export function announceRenders(jobs: RenderJobs, log: Log): Disposable {
  /** Jobs whose progress is shown or will be. */
  const shown = new Set<number>();
  /** Jobs whose end was announced, or left to another window. */
  const followed = new Set<number>();
  return jobs.onDidChange((all) => {
    // The next service counts from 1 again.
    for (const id of followed) if (!all.some((job) => job.id === id)) followed.delete(id);
    for (const job of all) {
      if (shown.has(job.id) || !isOfThisWindow(jobs, job)) continue;
      const report = (error: unknown) =>
        log.error(`The end of the render "${job.name}" cannot be shown: ${messageOf(error)}`);
      if (isRunning(job)) {
        shown.add(job.id);
        announce(jobs, job.id, log, () => shown.delete(job.id)).catch(report);
      } else if (isSetAside(job) && !followed.has(job.id)) {
        // The service was killed while it ran, so that no window saw its end.
        announceOnce(jobs, job).catch(report);
      } else continue;
      followed.add(job.id);
    }
  });
}

/** @param onHidden called when the progress is no longer shown */
async function announce(jobs: RenderJobs, id: number, log: Log, onHidden: () => void): Promise<void> {
  // A preview that is visible shows the progress, too.
  const ended = jobs.isWatching ? await jobs.stopped(id) : await showProgress(jobs, id, log);
  onHidden();
  if (ended && hasNews(ended.state)) await announceOnce(jobs, ended);
}

/** One window announces the end. */
async function announceOnce(jobs: RenderJobs, ended: JobInfo): Promise<void> {
  await giveWay(jobs, ended.id);
  if (await jobs.announces(ended.id)) await announceEnd(jobs, ended);
}

/** Whoever canceled or paused a render knows that. */
function hasNews(state: JobState): boolean {
  return state.kind === 'done' || state.kind === 'failed' || (state.kind === 'paused' && state.failure !== null);
}

/**
 * Milliseconds that a window waits for a better one to announce the end of a job: the focused one, or the one that
 * submitted it.
 */
const GIVE_WAY = { submitter: 200, other: 600 } as const;

/** The first window that asks announces the end, so the better one asks earlier. */
async function giveWay(jobs: RenderJobs, id: number): Promise<void> {
  if (window.state.focused) return;
  const time = jobs.hasSubmitted(id) ? GIVE_WAY.submitter : GIVE_WAY.other;
  await new Promise((resolve) => setTimeout(resolve, time));
}

/** Another window may have its own folders open, whose renders it announces itself. */
function isOfThisWindow(jobs: RenderJobs, { id, document }: JobInfo): boolean {
  if (jobs.hasSubmitted(id)) return true;
  const uri = Uri.parse(document);
  const isOpen = workspace.textDocuments.some((each) => each.uri.toString() === uri.toString());
  return isOpen || workspace.getWorkspaceFolder(uri) !== undefined;
}

/** @returns the job when it has ended or was paused; undefined if the service was lost */
function showProgress(jobs: RenderJobs, id: number, log: Log): Thenable<JobInfo | undefined> {
  const job = jobs.jobs.find((each) => each.id === id)!;
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('Rendering {0}', job.name),
    cancellable: true,
  };
  return window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => void cancelSurely(jobs, job, log));
    let percent = 0;
    return jobs.stopped(id, (job) => {
      const increment = Math.max(0, percentOf(job) - percent);
      percent += increment;
      progress.report({ message: stateText(job, jobs.jobs), increment });
    });
  });
}

async function announceEnd(jobs: RenderJobs, job: JobInfo): Promise<void> {
  const { id, name, state } = job;
  if (state.kind === 'done') await announceFiles(jobs, job, state.result);
  if (state.kind === 'paused' && state.failure) {
    const continueRender = l10n.t('Continue');
    const text = l10n.t('{name} is paused. {reason}', { name, reason: state.failure.message });
    const chosen = await window.showWarningMessage(text, continueRender);
    if (chosen === continueRender) await jobs.change(id, 'requeue');
  }
  if (state.kind === 'failed') {
    const saving = failedWhileSaving(state);
    const [again, log] = [saving ? l10n.t('Finish Saving') : l10n.t('Try Again'), l10n.t('Show Log')];
    const list = l10n.t('Show Renders');
    const setAside = isSetAside(job);
    const text = `${name}: ${sentences(setAside ? SET_ASIDE : '', saving ? KEPT : '', state.failure.message)}`;
    const onCpu = l10n.t('Continue on the CPU');
    const first = state.failure.kind === 'device-lost' ? [onCpu] : [];
    const chosen = await window.showErrorMessage(text, ...first, setAside ? list : again, log);
    if (chosen === onCpu) await jobs.change(id, 'continueOnCpu');
    if (chosen === again) await jobs.change(id, 'requeue');
    if (chosen === list) await commands.executeCommand('travel.showRenders');
    if (chosen === log) await commands.executeCommand('travel.showLog');
  }
}

async function announceFiles(jobs: RenderJobs, job: JobInfo, result: RenderSuccess): Promise<void> {
  const [first] = result.files.map((file) => Uri.file(file));
  const text = `${job.name}: ${sentences(resultText(job, result), job.note, await hasChanged(jobs, job))}`;
  if (job.open === 'beside') {
    // A preview that is visible shows it, and is beside the text, too.
    if (first && !jobs.isWatching) {
      const beside = { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: true };
      await commands.executeCommand('vscode.open', first, beside);
    }
    void window.showInformationMessage(text);
    return;
  }
  const [preview, open, show] = [l10n.t('Open Preview'), l10n.t('Open'), l10n.t('Show in Folder')];
  const offered = job.open === 'file' ? [open] : jobs.isWatching ? [] : [preview];
  const chosen = await window.showInformationMessage(text, ...(first ? [...offered, show] : []));
  if (chosen === preview) await commands.executeCommand('travel.openPreview', Uri.parse(job.document));
  if (chosen === open) await commands.executeCommand('vscode.open', first);
  if (chosen === show) await commands.executeCommand('revealFileInOS', first);
}

/** One after another. A single one may come without its period. */
function sentences(...texts: readonly string[]): string {
  const some = texts.filter((text) => text !== '');
  return some.reduce((all, text) => (/[.。]$/.test(all) ? `${all} ${text}` : l10n.t('{0}. {1}', all, text)));
}

const SET_ASIDE = l10n.t('It was interrupted twice, so it is set aside; you can start it in the list of renders.');

const KEPT = l10n.t('All steps are done and kept, but saving failed.');

/** What to add if the text of a job's document is no longer the rendered one. */
async function hasChanged(jobs: RenderJobs, { id, document }: JobInfo): Promise<string> {
  const open = workspace.textDocuments.find((each) => each.uri.toString() === Uri.parse(document).toString());
  if (!open || !jobs.isConnected) return '';
  const plan = await (await jobs.connect()).plan(id);
  return !plan || withoutMark(plan.source) === open.getText()
    ? ''
    : l10n.t('The file has changed since this render was started.');
}
