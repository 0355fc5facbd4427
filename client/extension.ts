import './l10n.ts';
import { setImmediate } from 'node:timers/promises';
import { commands, type ExtensionContext, type LogOutputChannel, tasks, type Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { messageOf } from '../plan/message-of.ts';
import type { LockMachine } from '../rendering/lock-file.ts';
import { registerCommands } from './commands.ts';
import { registerExchange } from './exchange/register.ts';
import { createLog } from './log.ts';
import { chooseModelFolders } from './model-folders.ts';
import { warnAboutPackage } from './package-check.ts';
import { FormerPlaces } from './preview/former-places.ts';
import { registerPreviews } from './preview/register-previews.ts';
import { registerRenderedFiles } from './preview/register-rendered-files.ts';
import type { PreviewsOnMachine } from './preview/start-previews.ts';
import type { RenderJobs } from './render/jobs.ts';
import { renderTasks, TASK_TYPE } from './tasks.ts';

/** Entry on the desktop and on remote machines. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  warnAboutPackage(context, log);
  const client = startLanguageSoon(context, log);
  registerCommands(context, client, log);
  // Loaded when it is needed, because most windows only edit.
  let started: Promise<RenderJobs> | undefined;
  const renders = () => {
    started ??= import('./render/start-renders.ts').then(({ startRenders }) => startRenders(context, log));
    return started;
  };
  let startedPreviews: Promise<PreviewsOnMachine> | undefined;
  const startPreviewsOnce = async () => {
    const { startPreviews } = await import('./preview/start-previews.ts');
    return startPreviews(context, await client, await renders(), log);
  };
  const previews = () => {
    startedPreviews ??= startPreviewsOnce();
    return startedPreviews;
  };
  let startedMachine: Promise<LockMachine> | undefined;
  const machine = () => {
    startedMachine ??= import('./render/lock-machine.ts').then(({ lockMachine }) => lockMachine(context));
    return startedMachine;
  };
  const host = async () => ({ client: await client, jobs: await renders(), machine: await machine() });
  const readFile = async () => {
    const { readOnMachine } = await import('./exchange/read-on-machine.ts');
    const reader = readOnMachine(context.asAbsolutePath('dist/engine.js'));
    context.subscriptions.push(reader);
    return reader.read;
  };
  let startedReader: ReturnType<typeof readFile> | undefined;
  const fileReader = () => {
    startedReader ??= readFile();
    return startedReader;
  };
  void continueRenders(context, renders, log);
  const places = new FormerPlaces(context.workspaceState);
  context.subscriptions.push(
    log,
    commands.registerCommand('travel.render', async (target?: Uri | string) => {
      const { renderClip } = await import('./render/tries.ts');
      return renderClip(await host(), context, target);
    }),
    commands.registerCommand('travel.renderExample', async () => {
      const { renderExample } = await import('./render/tries.ts');
      return renderExample(await host(), context);
    }),
    commands.registerCommand('travel.renderDraft', async (target?: Uri | string) => {
      const { renderDraft } = await import('./render/tries.ts');
      return renderDraft(await host(), target);
    }),
    commands.registerCommand('travel.previewFrame', async (target?: Uri | string, frame?: unknown) => {
      const { previewFrame } = await import('./render/tries.ts');
      return previewFrame(await host(), target, frame);
    }),
    commands.registerCommand('travel.renderFrames', async (target?: Uri | string) => {
      const { renderFrames } = await import('./render/tries.ts');
      return renderFrames(await host(), target);
    }),
    commands.registerCommand('travel.renderSeeds', async (target?: Uri | string) => {
      const { renderSeeds } = await import('./render/sheets.ts');
      return renderSeeds(await host(), target);
    }),
    commands.registerCommand('travel.renderMatrix', async (target?: Uri | string) => {
      const { renderMatrix } = await import('./render/sheets.ts');
      return renderMatrix(await host(), target);
    }),
    commands.registerCommand('travel.renderLocked', async (target?: Uri | string) => {
      const { renderLocked } = await import('./render/lock.ts');
      return renderLocked(await host(), target);
    }),
    commands.registerCommand('travel.writeLock', async (target?: Uri | string) => {
      const { writeLock } = await import('./render/lock.ts');
      return writeLock(await host(), target);
    }),
    commands.registerCommand('travel.showRenders', async () => {
      const { showRenders } = await import('./render/status-item.ts');
      return showRenders(await renders());
    }),
    commands.registerCommand('travel.cancel', async () => {
      const { endRunning } = await import('./render/running-job.ts');
      return endRunning(await renders(), 'cancel');
    }),
    commands.registerCommand('travel.stopHere', async () => {
      const { endRunning } = await import('./render/running-job.ts');
      return endRunning(await renders(), 'stopHere');
    }),
    commands.registerCommand('travel.chooseModelFolders', chooseModelFolders),
    ...registerPreviews(async () => (await previews()).previews),
    ...registerRenderedFiles(previews),
    ...registerExchange(client, fileReader),
    workspace.onDidRenameFiles((renamed) => void places.renamed(renamed, Date.now())),
    commands.registerCommand('travel.clearCache', async () => {
      const { clearCache } = await import('./clear-cache.ts');
      return clearCache();
    }),
    commands.registerCommand('travel.showSystemReport', async () => {
      const { showSystemReport } = await import('./system-report.ts');
      return showSystemReport(context.asAbsolutePath('dist/travel.js'));
    }),
    tasks.registerTaskProvider(TASK_TYPE, renderTasks(context.asAbsolutePath('dist/travel.js'))),
  );
}

/** Loading the client library takes longer than everything else, so VS Code and the commands come first. */
async function startLanguageSoon(context: ExtensionContext, log: LogOutputChannel): Promise<BaseLanguageClient> {
  await setImmediate();
  const { startOnMachine } = await import('./language-on-machine.ts');
  return startOnMachine(context, log);
}

/** Shows renders that go on, as after a reload or in another window, and continues those that were interrupted. */
async function continueRenders(
  context: ExtensionContext,
  renders: () => Promise<RenderJobs>,
  log: LogOutputChannel,
): Promise<void> {
  await setImmediate();
  if (!workspace.isTrusted) return;
  const failed = (error: unknown) => log.error(`Renders cannot be shown: ${messageOf(error)}`);
  const show = async () => {
    try {
      await (await renders()).connect();
    } catch (error) {
      failed(error);
    }
  };
  try {
    const { watchUnfinishedRenders } = await import('./render/unfinished-renders.ts');
    context.subscriptions.push(await watchUnfinishedRenders(() => void show(), failed));
  } catch (error) {
    failed(error);
  }
}
