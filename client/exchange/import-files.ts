import * as l10n from '@vscode/l10n';
import { ProgressLocation, type TextDocument, type Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { fileName } from '../../plan/paths.ts';
import { IMPORT, ImportAnswer, type ImportRequest } from '../../protocol/language-server.ts';
import { LANGUAGE } from '../language-id.ts';
import { messageOf } from '../log.ts';
import { type FileNotes, onOneLine, showNotes } from './notes.ts';
import type { ReadFile } from './read-file.ts';

export interface ImportServices {
  readonly client: BaseLanguageClient;
  readonly read: ReadFile;
}

interface ImportedFile extends FileNotes {
  readonly document: TextDocument;
}

/**
 * Opens files of other tools as untitled `.travel` documents, one for each file, and shows what could not be carried
 * over.
 *
 * @param files what to import; undefined: asks for it
 */
export async function importFiles(services: ImportServices, files?: readonly Uri[]): Promise<void> {
  const chosen = files ?? (await chooseFiles());
  if (!chosen || chosen.length === 0) return;
  const imported: ImportedFile[] = [];
  const failures: string[] = [];
  await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('Importing…') }, async () => {
    for (const uri of chosen) {
      const name = fileName(uri.path);
      const answer = await importFile(services, uri);
      if (answer.ok) imported.push({ name, notes: answer.notes, document: await open(answer.travel) });
      else failures.push(l10n.t('{0} could not be imported: {1}', name, answer.message));
    }
  });
  if (failures.length > 0) void window.showErrorMessage(failures.join('\n'));
  // Not awaited: it ends when the user has chosen.
  void offerNotes(imported.filter(({ notes }) => notes.length > 0));
}

/** A file as a `.travel` file, or why it is not one. */
export async function importFile({ client, read }: ImportServices, uri: Uri): Promise<ImportAnswer> {
  try {
    const { sources, notes } = await read(uri);
    const answer = await importTexts(client, [...sources]);
    return answer.ok ? { ...answer, notes: [...notes.map(({ message }) => message), ...answer.notes] } : answer;
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

/** Texts of one file, or text of the clipboard. */
export async function importTexts(client: BaseLanguageClient, texts: ImportRequest['texts']): Promise<ImportAnswer> {
  return ImportAnswer.parse(await client.sendRequest(IMPORT, { texts }));
}

async function chooseFiles(): Promise<readonly Uri[] | undefined> {
  return window.showOpenDialog({
    canSelectMany: true,
    title: l10n.t('Import'),
    openLabel: l10n.t('Import'),
    filters: {
      [l10n.t('Images, videos, JSON and text')]: ['png', 'webp', 'jpg', 'jpeg', 'gif', 'mp4', 'webm', 'json', 'txt'],
      [l10n.t('All files')]: ['*'],
    },
  });
}

async function open(travel: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument({ language: LANGUAGE, content: travel });
  await window.showTextDocument(document, { preview: false });
  return document;
}

async function offerNotes(files: readonly ImportedFile[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  const [show, add] = [l10n.t('Show Notes'), l10n.t('Add as Comments')];
  const message =
    files.length === 1
      ? l10n.t('{0} was imported. Not everything could be carried over ({1} notes).', first.name, first.notes.length)
      : l10n.t('{0} files were imported. Not everything could be carried over.', files.length);
  const answer = await window.showWarningMessage(message, show, add);
  if (answer === show) await showNotes(l10n.t('Import Notes'), files);
  else if (answer === add) await addComments(files);
}

/** Inserts the notes of each file at the top of its document: into its settings, which are always first. */
async function addComments(files: readonly ImportedFile[]): Promise<void> {
  const edit = new WorkspaceEdit();
  for (const { document, notes } of files) {
    const text = document.getText();
    const at = /^---[ \t]*\r?\n/.exec(text)?.[0].length ?? 0;
    edit.insert(document.uri, document.positionAt(at), notes.map((note) => `# ${onOneLine(note)}\n`).join(''));
  }
  if (await workspace.applyEdit(edit)) return;
  void window.showErrorMessage(l10n.t('The notes could not be added, because the file could not be edited.'));
}
