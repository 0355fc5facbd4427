import * as l10n from '@vscode/l10n';
import { ProgressLocation, type TextDocument, type Uri, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { messageOf } from '../../plan/message-of.ts';
import { fileName } from '../../plan/paths.ts';
import { type ClipChoice, IMPORT, ImportAnswer, type ImportRequest } from '../../protocol/language-server.ts';
import { IMPORT_ENDINGS } from '../file-endings.ts';
import { LANGUAGE } from '../language-id.ts';
import { askForClip } from './ask-for-clip.ts';
import { type ImportedFile, offerNotes } from './notes.ts';
import type { ReadFile } from './read-file.ts';

export interface ImportServices {
  readonly client: BaseLanguageClient;
  readonly read: ReadFile;
}

/**
 * Opens files of other tools as untitled `.travel` documents, one for each file, and shows what could not be carried
 * over.
 *
 * @param files what to import; undefined: asks for it
 * @param earlier what was imported with them, whose notes are part of the same message
 */
export async function importFiles(
  services: ImportServices,
  files?: readonly Uri[],
  earlier: readonly ImportedFile[] = [],
): Promise<void> {
  const chosen = files ?? (await chooseFiles()) ?? [];
  const imported = [...earlier];
  const failures: string[] = [];
  await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('Importing…') }, async () => {
    for (const uri of chosen) {
      const name = fileName(uri.path);
      const answer = await askForClip(name, (clip) => importFile(services, uri, clip));
      if (!answer) continue;
      if (answer.ok) imported.push({ name, notes: answer.notes, document: await open(answer.travel) });
      else failures.push(l10n.t('{0} could not be imported: {1}', name, answer.message));
    }
  });
  if (failures.length > 0) void window.showErrorMessage(failures.join('\n'));
  // Not awaited: it ends when the user has chosen.
  void offerNotes(imported);
}

/** A file as a `.travel` file, or why it is not one. @param clip undefined: the first one */
export async function importFile({ client, read }: ImportServices, uri: Uri, clip?: ClipChoice): Promise<ImportAnswer> {
  try {
    const { sources, notes } = await read(uri);
    const answer = await importTexts(client, [...sources], clip);
    return answer.ok ? { ...answer, notes: [...notes.map(({ message }) => message), ...answer.notes] } : answer;
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

/** Texts of one file, or text of the clipboard. */
export async function importTexts(
  client: BaseLanguageClient,
  texts: ImportRequest['texts'],
  clip: ClipChoice = { kind: 'first' },
): Promise<ImportAnswer> {
  const request: ImportRequest = { texts, clip };
  return ImportAnswer.parse(await client.sendRequest(IMPORT, request));
}

async function open(travel: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument({ language: LANGUAGE, content: travel });
  await window.showTextDocument(document, { preview: false });
  return document;
}

async function chooseFiles(): Promise<readonly Uri[] | undefined> {
  return window.showOpenDialog({
    canSelectMany: true,
    title: l10n.t('Import'),
    openLabel: l10n.t('Import'),
    filters: {
      [l10n.t('Images, videos, JSON and text')]: [...IMPORT_ENDINGS],
      [l10n.t('All files')]: ['*'],
    },
  });
}
