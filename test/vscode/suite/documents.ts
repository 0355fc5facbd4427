import {
  commands,
  type Disposable,
  type Event,
  Range,
  type TextDocument,
  type TextEditor,
  Uri,
  window,
  workspace,
} from 'vscode';

let folders = 0;

/** The folder of the current test. */
const folderUri = () => Uri.joinPath(workspaceUri(), `test-${folders}`);

function workspaceUri(): Uri {
  const folder = workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No folder is open.');
  return folder.uri;
}

/**
 * Gives the test that begins its own copy of all files, so that it does not depend on what other tests do to theirs.
 */
export async function newFolder(): Promise<void> {
  folders++;
  await workspace.fs.copy(Uri.joinPath(workspaceUri(), 'template'), folderUri());
}

/** Closes what the test before has left open. Each test starts with one group of editors, and the keyboard in none. */
export async function closeEditors(): Promise<void> {
  await workspace.saveAll();
  await commands.executeCommand('workbench.action.closeAllEditors');
  await commands.executeCommand('notifications.clearAll');
}

/** A file of the current test. */
export const fileUri = (name: string): Uri => Uri.joinPath(folderUri(), name);

/** Opens a file of the current test. */
export async function open(name: string): Promise<TextEditor> {
  const uri = folders === 0 ? Uri.joinPath(workspaceUri(), 'template', name) : fileUri(name);
  return window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
}

/** Replaces all text of an editor. */
export async function write(editor: TextEditor, text: string): Promise<void> {
  const all = new Range(0, 0, editor.document.lineCount, 0);
  if (!(await editor.edit((edit) => edit.replace(all, text)))) throw new Error('The text could not be replaced.');
}

/**
 * What `look` finds, as soon as it finds something: now, or after one of the events.
 * The test's own time limit ends the wait.
 */
export async function eventually<T>(event: Event<unknown>, look: () => T | undefined): Promise<T> {
  const listeners: Disposable[] = [];
  try {
    return await new Promise<T>((resolve) => {
      const check = () => {
        const found = look();
        if (found !== undefined) resolve(found);
      };
      listeners.push(event(check));
      check();
    });
  } finally {
    for (const listener of listeners) listener.dispose();
  }
}

/** The range of the first `text` in a document. */
export function rangeOf(document: TextDocument, text: string): Range {
  const start = document.getText().indexOf(text);
  if (start < 0) throw new Error(`"${text}" is not in ${document.uri.path}.`);
  return new Range(document.positionAt(start), document.positionAt(start + text.length));
}

/** The text of a document once it is as wanted. */
export function textWhen(document: TextDocument, wanted: (text: string) => boolean): Promise<string> {
  return eventually(workspace.onDidChangeTextDocument, () => {
    const text = document.getText();
    return wanted(text) ? text : undefined;
  });
}
