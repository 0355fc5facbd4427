import { commands, type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import { isRunning } from '../../rendering/queue.ts';
import { editorCacheFolder } from '../machine.ts';
import { announceRenders } from './announcements.ts';
import { RenderJobs } from './jobs.ts';
import { createStatusItem } from './status-item.ts';

/** How long renders go on after the last window has gone: more than a window takes to reload. */
const GRACE_MS = 15_000;

/** The settings of `preferences`. */
const PREFERENCES = ['travel.keepAwake', 'travel.whenClosed', 'travel.gpuMemory', 'travel.threads', 'travel.ffmpeg'];

/** The renders of this computer, as this window shows them. */
export function startRenders(context: ExtensionContext, log: LogOutputChannel): RenderJobs {
  const jobs = new RenderJobs(
    {
      entry: context.asAbsolutePath('dist/renders.js'),
      cacheFolder: editorCacheFolder(),
      version: String(context.extension.packageJSON.version),
      graceMs: GRACE_MS,
    },
    log,
  );
  const configured = workspace.onDidChangeConfiguration((change) => {
    if (!PREFERENCES.some((setting) => change.affectsConfiguration(setting))) return;
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
