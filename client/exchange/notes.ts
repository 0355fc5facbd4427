import { type Disposable, EventEmitter, Uri, ViewColumn, window, workspace } from 'vscode';

/** URI scheme of notes about what another format cannot hold: documents that are never saved. */
const NOTES = 'travel-notes';

const changed = new EventEmitter<Uri>();
/** By URI. */
const contents = new Map<string, string>();

/** Notes about one file. */
export interface FileNotes {
  /** Name of the file. */
  readonly name: string;
  readonly notes: readonly string[];
}

/** Provides the documents that `showNotes` opens. */
export function registerNotes(): Disposable {
  return workspace.registerTextDocumentContentProvider(NOTES, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => contents.get(uri.toString()) ?? '',
  });
}

/** Opens notes beside the active editor, as Markdown. @param title of the document's tab */
export async function showNotes(title: string, files: readonly FileNotes[]): Promise<void> {
  const uri = Uri.from({ scheme: NOTES, path: `/${title}.md` });
  const parts = files.map(({ name, notes }) =>
    [`# ${name}`, '', ...notes.map((note) => `* ${onOneLine(note)}`)].join('\n'),
  );
  contents.set(uri.toString(), `${parts.join('\n\n')}\n`);
  changed.fire(uri);
  const document = await workspace.openTextDocument(uri);
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: true });
}

export const onOneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');
