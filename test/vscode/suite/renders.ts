import assert from 'node:assert/strict';
import { commands, extensions, Uri, window, workspace } from 'vscode';
import { RenderJobs } from '../../../client/render/jobs.ts';
import { cacheFolder } from '../../../library/cache-folder.ts';
import type { RenderResult } from '../../../protocol/engine.ts';
import type { JobInfo } from '../../../protocol/renders.ts';
import * as processes from '../processes.ts';
import { eventually, open, write } from './documents.ts';

export const render = () => commands.executeCommand<RenderResult | undefined>('travel.render');

/** Files that a render has written, which exist. */
export async function filesOf(result: RenderResult | undefined): Promise<readonly string[]> {
  assert.ok(result?.ok, JSON.stringify(result));
  assert.ok(result.files.length > 0);
  for (const file of result.files) await workspace.fs.stat(Uri.file(file));
  return result.files;
}

/** Opens a file of the current test with other values of its settings. */
export async function openWith(name: string, settings: Readonly<Record<string, string | number>>) {
  const editor = await open(name);
  const text = Object.entries(settings).reduce(
    (all, [key, value]) => all.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`),
    editor.document.getText(),
  );
  await write(editor, text);
  await editor.document.save();
  return editor;
}

/** Names in a folder of the current test; none if it does not exist. */
export async function namesIn(folder: Uri): Promise<string[]> {
  try {
    return (await workspace.fs.readDirectory(folder)).map(([name]) => name);
  } catch {
    return [];
  }
}

/** The jobs as another window sees them. The window of the tests has its own connection, which tests cannot use. */
export interface WatchedJobs extends AsyncDisposable {
  readonly jobs: RenderJobs;
  /** The job of a document, once it is as wanted. */
  jobOf(uri: Uri, wanted: (job: JobInfo) => boolean): Promise<JobInfo>;
}

export async function watchJobs(): Promise<WatchedJobs> {
  const extension = extensions.getExtension('prompt-travel.prompt-travel')!;
  const log = window.createOutputChannel('Renders in tests', { log: true });
  const jobs = new RenderJobs(
    {
      entry: Uri.joinPath(extension.extensionUri, 'dist/renders.js').fsPath,
      cacheFolder: cacheFolder(),
      version: extension.packageJSON.version,
      graceMs: 15_000,
    },
    log,
  );
  await jobs.connect();
  return {
    jobs,
    jobOf: (uri, wanted) =>
      eventually(jobs.onDidChange, () => jobs.jobs.find((job) => job.document === uri.toString() && wanted(job))),
    async [Symbol.asyncDispose]() {
      jobs.dispose();
      log.dispose();
    },
  };
}

/** Steps that a job has made so far. */
export function stepsOf({ state, steps }: JobInfo): number {
  if (!('progress' in state) || state.progress?.stage !== 'sample') return 0;
  return Math.floor((state.progress.done / state.progress.total) * steps);
}

/** Kills the engine, as the system does if memory runs out. */
export function killEngine(): void {
  process.kill(processes.renderEngine(process.env.XDG_CACHE_HOME!), 'SIGKILL');
}

/** Stops the engine until the result is disposed, so that a render does not end before it was looked at. */
export function holdEngine(): Disposable {
  return processes.holdEngine(process.env.XDG_CACHE_HOME!);
}
