import { commands, type ExtensionContext, TabInputText, type TextDocument, Uri, window, workspace } from 'vscode';
import { isEdited, LANGUAGE } from '../language-id.ts';

/** The `.travel` document of the active editor, of a visible one, or of another tab. */
export async function openDocument(): Promise<TextDocument | undefined> {
  const editors = [...(window.activeTextEditor ? [window.activeTextEditor] : []), ...window.visibleTextEditors];
  const shown = editors.find(({ document }) => document.languageId === LANGUAGE && isEdited(document))?.document;
  if (shown) return shown;
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = new Set(tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : [])));
  const background = workspace.textDocuments.find(
    (document) => document.languageId === LANGUAGE && isEdited(document) && uris.has(document.uri.toString()),
  );
  if (background) return background;
  // A tab that was not shown since VS Code started has no document yet.
  const closed = [...uris]
    .map((uri) => Uri.parse(uri))
    .find((uri) => uri.path.endsWith('.travel') && isEdited({ uri }));
  return closed && workspace.openTextDocument(closed);
}

/** Short, so that it plays within a minute on two cores. */
const EXAMPLE = ['examples', 'hair.travel'] as const;

/**
 * Opens the example beside its preview: a copy that the user may change, in a folder that may be written to. An existing
 * copy is kept.
 */
export async function openExample({
  extensionUri,
  globalStorageUri,
}: Pick<ExtensionContext, 'extensionUri' | 'globalStorageUri'>): Promise<TextDocument> {
  const copy = Uri.joinPath(globalStorageUri, ...EXAMPLE);
  const exists = await workspace.fs.stat(copy).then(
    () => true,
    () => false,
  );
  if (!exists) await workspace.fs.copy(Uri.joinPath(extensionUri, ...EXAMPLE), copy);
  const document = await workspace.openTextDocument(copy);
  await window.showTextDocument(document, { preview: false });
  await commands.executeCommand('travel.openPreview', copy);
  return document;
}
