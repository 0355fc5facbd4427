import { type Disposable, type Event, Range, type TextDocument, type TextEditor, Uri, window, workspace } from 'vscode';

/** A file of the test workspace. */
export function fileUri(name: string): Uri {
  const folder = workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No folder is open.');
  return Uri.joinPath(folder.uri, name);
}

/** Opens a file of the test workspace in the only editor. */
export async function open(name: string): Promise<TextEditor> {
  return window.showTextDocument(await workspace.openTextDocument(fileUri(name)), { preview: false });
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
