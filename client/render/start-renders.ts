import { commands, type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import { cacheFolder } from '../../library/cache-folder.ts';
import { isRunning } from '../../rendering/queue.ts';
import { messageOf } from '../log.ts';
import { announceRenders } from './announcements.ts';
import { RenderJobs } from './jobs.ts';
import { createStatusItem } from './status-item.ts';

/** How long renders go on after the last window has gone: more than a window takes to reload. */
const GRACE_MS = 15_000;

/** What `preferences` reads. */
const SETTINGS = ['keepAwake', 'whenClosed', 'threads'] as const;

/** The renders of this computer, as this window shows them. */
export function startRenders(context: ExtensionContext, log: LogOutputChannel): RenderJobs {
  const jobs = new RenderJobs(
    {
      entry: context.asAbsolutePath('dist/renders.js'),
      cacheFolder: cacheFolder(),
      version: String(context.extension.packageJSON.version),
      graceMs: GRACE_MS,
    },
    log,
  );
  const configured = workspace.onDidChangeConfiguration((change) => {
    if (!SETTINGS.some((setting) => change.affectsConfiguration(`travel.${setting}`))) return;
    jobs.configure().catch((error: unknown) => log.error(`The settings of renders do not apply: ${messageOf(error)}`));
  });
  let rendering = false;
  const contextKey = jobs.onDidChange((all) => {
    if (all.some(isRunning) === rendering) return;
    rendering = !rendering;
    void commands.executeCommand('setContext', 'travel.rendering', rendering);
  });
  context.subscriptions.push(jobs, configured, contextKey, createStatusItem(jobs), announceRenders(jobs, log));
  return jobs;
}
