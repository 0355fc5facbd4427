import * as l10n from '@vscode/l10n';
import { type Disposable, MarkdownString, StatusBarAlignment, Uri, window } from 'vscode';
import type { Change, JobInfo } from '../../protocol/renders.ts';
import { failedWhileSaving, hasEnded, isRunning } from '../../rendering/queue.ts';
import { extentText } from '../../rendering/render-text.ts';
import { iconOf, stateText } from './job-text.ts';
import type { RenderJobs } from './jobs.ts';

/**
 * The status bar item of the renders: the one that runs, with its step and the time left. A click opens its preview;
 * its tooltip has the commands. If none runs, a click lists those that wait.
 */
export function createStatusItem(jobs: RenderJobs): Disposable {
  const item = window.createStatusBarItem('travel.renders', StatusBarAlignment.Left);
  item.name = l10n.t('Prompt Travel Renders');
  const show = () => {
    const current = currentOf(jobs.jobs);
    if (!current) return item.hide();
    item.text = `${iconOf(current.state)} ${current.name} ${stateText(current, jobs.jobs)}`;
    item.tooltip = tooltipOf(current);
    item.command = isRunning(current)
      ? { title: l10n.t('Open Preview'), command: 'travel.openPreview', arguments: [Uri.parse(current.document)] }
      : 'travel.showRenders';
    item.show();
  };
  const subscription = jobs.onDidChange(show);
  show();
  return {
    dispose() {
      subscription.dispose();
      item.dispose();
    },
  };
}

/** The job that runs, or the first one that waits. Ended ones need no attention. */
function currentOf(jobs: readonly JobInfo[]): JobInfo | undefined {
  const open = jobs.filter(({ state }) => state.kind === 'queued' || state.kind === 'paused');
  return jobs.find(isRunning) ?? open[0];
}

const COMMANDS = {
  'travel.cancel': l10n.t('Cancel'),
  'travel.stopHere': l10n.t('Stop Here and Keep This'),
  'travel.showRenders': l10n.t('Show Renders'),
} as const;

function tooltipOf(job: JobInfo): string | MarkdownString {
  if (!isRunning(job)) return l10n.t('Show the renders: continue, cancel, move up, try again');
  const tooltip = new MarkdownString(undefined, true);
  tooltip.isTrusted = { enabledCommands: Object.keys(COMMANDS) };
  const values = { name: job.name, extent: extentText(job.extent), seed: job.seed };
  tooltip.appendText(l10n.t('{name}: {extent}, seed {seed}', values));
  tooltip.appendMarkdown(`\n\n${l10n.t('Click to open the preview.')}\n\n`);
  tooltip.appendMarkdown(
    Object.entries(COMMANDS)
      .map(([command, title]) => `[${title}](command:${command})`)
      .join(' · '),
  );
  return tooltip;
}

type JobItem = { readonly label: string; readonly description: string; readonly job: JobInfo };
type ActionItem = { readonly label: string; readonly change: Change['change'] };

/** Those that have not ended, in the order of the queue, then those that have, the latest first. */
function inListOrder(jobs: readonly JobInfo[]): JobInfo[] {
  const ended = jobs.filter(({ state }) => hasEnded(state));
  return [...jobs.filter(({ state }) => !hasEnded(state)), ...ended.toReversed()];
}

/** Lists the renders of all windows, then what can be done with the chosen one. */
export async function showRenders(jobs: RenderJobs): Promise<void> {
  await jobs.connect();
  const items = inListOrder(jobs.jobs).map(
    (job): JobItem => ({
      label: `${iconOf(job.state)} ${job.name}`,
      description: `${stateText(job, jobs.jobs)}, ${l10n.t('seed {0}', job.seed)}`,
      job,
    }),
  );
  const placeHolder =
    items.length === 0 ? l10n.t('Nothing is rendering') : l10n.t('Choose a render to pause, cancel or try again');
  const chosen = await window.showQuickPick(items, { title: l10n.t('Renders'), placeHolder });
  if (!chosen) return;
  const actions = actionsOf(chosen.job);
  const action = await window.showQuickPick(actions, { title: chosen.job.name, placeHolder: chosen.description });
  if (action) await jobs.change(chosen.job.id, action.change);
}

const PAUSE: ActionItem = { label: `$(debug-pause) ${l10n.t('Pause')}`, change: 'pause' };

function actionsOf({ state }: JobInfo): ActionItem[] {
  const cancel: ActionItem = { label: `$(circle-slash) ${l10n.t('Cancel')}`, change: 'cancel' };
  const remove: ActionItem = { label: `$(close) ${l10n.t('Remove from List')}`, change: 'remove' };
  switch (state.kind) {
    case 'queued':
      return [{ label: `$(arrow-up) ${l10n.t('Move Up')}`, change: 'moveUp' }, PAUSE, cancel];
    case 'paused':
      return [{ label: `$(debug-continue) ${l10n.t('Continue')}`, change: 'requeue' }, cancel];
    case 'done':
      return [remove];
    case 'cancelled':
    case 'failed':
      return [
        {
          label: failedWhileSaving(state) ? `$(save) ${l10n.t('Finish Saving')}` : `$(refresh) ${l10n.t('Try Again')}`,
          change: 'requeue',
        },
        remove,
      ];
    case 'decoding':
    case 'interpolating':
    case 'writing':
      return [PAUSE, cancel];
    default:
      return [PAUSE, { label: `$(debug-stop) ${l10n.t('Stop Here and Keep This')}`, change: 'stopHere' }, cancel];
  }
}
