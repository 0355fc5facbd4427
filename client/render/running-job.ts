import * as l10n from '@vscode/l10n';
import { type LogOutputChannel, window } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import type { Change, JobInfo } from '../../protocol/renders.ts';
import { hasEnded, isRunning } from '../../rendering/queue.ts';
import { extentText } from '../../rendering/render-text.ts';
import type { RenderJobs } from './jobs.ts';

/** Ends the render that runs: at once, or after its step with what there is. */
export async function endRunning(
  jobs: RenderJobs,
  how: Extract<Change['change'], 'cancel' | 'stopHere'>,
): Promise<void> {
  await jobs.connect();
  const running = jobs.jobs.find(isRunning);
  if (!running) {
    void window.showInformationMessage(l10n.t('Nothing is rendering.'));
    return;
  }
  if (how === 'stopHere' && ['decoding', 'interpolating', 'writing'].includes(running.state.kind)) {
    void window.showInformationMessage(l10n.t('{0} has made all steps, and is being saved.', running.name));
    return;
  }
  await jobs.change(running.id, how);
}

/** Cancels a job, also if the service dies meanwhile and the next one continues it. Errors are in the log. */
export async function cancelSurely(
  jobs: RenderJobs,
  job: JobInfo,
  log: Pick<LogOutputChannel, 'error'>,
): Promise<void> {
  const report = (error: unknown) => log.error(`The render "${job.name}" cannot be canceled: ${messageOf(error)}`);
  try {
    return await jobs.change(job.id, 'cancel');
  } catch (error) {
    report(error);
  }
  // A service that is alive has refused, and still has the job.
  if (await jobs.stopped(job.id)) return;
  await jobs.reconnected();
  const again = jobs.jobs.find((each) => isSameWork(each, job) && !hasEnded(each.state));
  if (again) await jobs.change(again.id, 'cancel').catch(report);
}

/** The next service gives its jobs other ids, but keeps their order, so the first such job is the one that ran. */
function isSameWork(a: JobInfo, b: JobInfo): boolean {
  const same = a.document === b.document && a.name === b.name && a.seed === b.seed;
  return same && extentText(a.extent) === extentText(b.extent);
}
