import {
  commands,
  ProcessExecution,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  type TextDocument,
  tasks,
  Uri,
  window,
  workspace,
} from 'vscode';
import { LANGUAGE } from './language-id.ts';

/**
 * Renders a file in a terminal of its own, where progress can be seen and Ctrl+C cancels.
 *
 * @param program absolute path of the bundled command-line program
 * @param target the file to render, as a menu or a code lens names it; the active editor's when there is none
 */
export async function render(program: string, target: Uri | string | undefined): Promise<void> {
  if (!workspace.isTrusted) {
    void askForTrust();
    return;
  }
  const uri = typeof target === 'string' ? Uri.parse(target) : target;
  const document = uri ? await workspace.openTextDocument(uri) : window.activeTextEditor?.document;
  const file = document && (await onDisk(document));
  if (!file) return;
  await tasks.executeTask(renderTask(program, file));
}

async function askForTrust(): Promise<void> {
  const manage = 'Manage Trust';
  const why = 'Rendering reads and writes files that the text names. Trust this folder first.';
  if ((await window.showWarningMessage(why, manage)) === manage)
    await commands.executeCommand('workbench.trust.manage');
}

/** The file's path once what is on the screen is what is on the disk; null when it cannot be or was refused. */
async function onDisk(document: TextDocument): Promise<string | null> {
  if (document.languageId !== LANGUAGE) {
    void window.showWarningMessage('Only .travel files can be rendered. Open one and try again.');
    return null;
  }
  if (document.uri.scheme !== 'file' && document.uri.scheme !== 'untitled') {
    void window.showWarningMessage('Rendering needs a file on disk. Save a copy of this one there and open it.');
    return null;
  }
  const saved = document.isDirty || document.isUntitled ? await workspace.save(document.uri) : document.uri;
  return saved?.fsPath ?? null;
}

function renderTask(program: string, file: string): Task {
  const folders = workspace.getConfiguration('travel').get<string[]>('modelFolders', []);
  const models = folders.flatMap((folder) => ['--models', folder]);
  // The editor's own runtime is the one Node that is surely there.
  const execution = new ProcessExecution(process.execPath, [program, 'render', file, ...models], {
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  const scope = workspace.getWorkspaceFolder(Uri.file(file)) ?? TaskScope.Workspace;
  const task = new Task({ type: 'travel' }, scope, 'Render', 'Travel', execution, []);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Dedicated, clear: true };
  return task;
}
