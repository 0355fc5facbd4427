import { commands, type Disposable, type LogOutputChannel, ProgressLocation, Uri, window, workspace } from 'vscode';
import { type JobInfo, MOST_CRASHES } from '../../protocol/renders.ts';
import { isRunning } from '../../rendering/queue.ts';
import { resultText } from '../../rendering/render-text.ts';
import { messageOf } from '../log.ts';
import { percentOf, stateText } from './job-text.ts';
import type { RenderJobs } from './jobs.ts';

/**
 * Tells about the renders of this window's files: a notification with Cancel while one runs, and one message when it has
 * ended.
 */
export function announceRenders(jobs: RenderJobs, log: Pick<LogOutputChannel, 'error'>): Disposable {
  /** Jobs whose progress is shown or will be. */
  const shown = new Set<number>();
  return jobs.onDidChange((all) => {
    for (const job of all) {
      if (shown.has(job.id) || !isRunning(job) || !isOfThisWindow(job)) continue;
      shown.add(job.id);
      announce(jobs, job.id, () => shown.delete(job.id)).catch((error: unknown) =>
        log.error(`The end of the render "${job.name}" cannot be shown: ${messageOf(error)}`),
      );
    }
  });
}

/** @param onHidden called when the progress is no longer shown */
async function announce(jobs: RenderJobs, id: number, onHidden: () => void): Promise<void> {
  const ended = await showProgress(jobs, id);
  onHidden();
  if (ended) await announceEnd(jobs, ended);
}

/** Another window may have its own folders open, whose renders it announces itself. */
function isOfThisWindow({ document }: JobInfo): boolean {
  const uri = Uri.parse(document);
  const isOpen = workspace.textDocuments.some((each) => each.uri.toString() === uri.toString());
  return isOpen || workspace.getWorkspaceFolder(uri) !== undefined;
}

/** @returns the job when it has ended or was paused; undefined if the service was lost */
function showProgress(jobs: RenderJobs, id: number): Thenable<JobInfo | undefined> {
  const { name } = jobs.jobs.find((job) => job.id === id)!;
  const options = { location: ProgressLocation.Notification, title: `Rendering ${name}`, cancellable: true };
  return window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => jobs.change(id, 'cancel'));
    let percent = 0;
    return new Promise<JobInfo | undefined>((resolve) => {
      const update = () => {
        const job = jobs.jobs.find((each) => each.id === id);
        if (job && isRunning(job)) {
          const increment = Math.max(0, percentOf(job) - percent);
          percent += increment;
          progress.report({ message: stateText(job, jobs.jobs), increment });
          return;
        }
        subscription.dispose();
        resolve(job);
      };
      const subscription = jobs.onDidChange(update);
      update();
    });
  });
}

async function announceEnd(jobs: RenderJobs, job: JobInfo): Promise<void> {
  const { id, name, state, crashes } = job;
  if (state.kind === 'done') {
    const [open, show] = ['Open', 'Show in Folder'];
    const { files } = state.result;
    const text = `${name}: ${resultText(job, state.result)}${await hasChanged(jobs, job)}`;
    const chosen = await window.showInformationMessage(text, ...(files.length > 0 ? [open, show] : []));
    if (chosen === open) await commands.executeCommand('vscode.open', Uri.file(files[0]!));
    if (chosen === show) await commands.executeCommand('revealFileInOS', Uri.file(files[0]!));
  }
  if (state.kind === 'paused' && state.failure) {
    const continueRender = 'Continue';
    const chosen = await window.showWarningMessage(`${name} is paused. ${state.failure.message}`, continueRender);
    if (chosen === continueRender) await jobs.change(id, 'requeue');
  }
  if (state.kind === 'failed') {
    const [again, log] = ['Try Again', 'Show Log'];
    // Then it can be tried again in the list of renders.
    const buttons = crashes < MOST_CRASHES ? [again, log] : [log];
    const chosen = await window.showErrorMessage(`${name}: ${state.failure.message}`, ...buttons);
    if (chosen === again) await jobs.change(id, 'requeue');
    if (chosen === log) await commands.executeCommand('travel.showLog');
  }
}

/** What to add if the text of a job's document is no longer the rendered one. */
async function hasChanged(jobs: RenderJobs, { id, document }: JobInfo): Promise<string> {
  const open = workspace.textDocuments.find((each) => each.uri.toString() === Uri.parse(document).toString());
  if (!open || !jobs.isConnected) return '';
  const plan = await (await jobs.connect()).plan(id);
  return !plan || plan.source === open.getText() ? '' : '. The file has changed since this render was started.';
}
