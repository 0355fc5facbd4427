import * as l10n from '@vscode/l10n';
import {
  type Disposable,
  EventEmitter,
  type TextDocument,
  Uri,
  ViewColumn,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
// zod/mini, because the full package would double the time that the extension takes to load.
import * as z from 'zod/mini';
import { fileName } from '../../plan/paths.ts';

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

/** A document that was made of another file, and what could not be carried over. */
export interface ImportedFile extends FileNotes {
  readonly document: TextDocument;
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

/**
 * Offers the notes of a quick fix, which has converted a part of a document.
 *
 * @param given the URI of the document, and the notes, as the language server sends them
 */
export function offerNotesOfFix(...given: readonly unknown[]): void {
  const [uri, notes] = FixNotes.parse(given);
  const document = workspace.textDocuments.find((each) => each.uri.toString() === Uri.parse(uri).toString());
  // Not awaited: it ends when the user has chosen.
  if (document) void offerNotes([{ name: l10n.t('Text in {0}', fileName(document.uri.path)), notes, document }]);
}

const FixNotes = z.tuple([z.string(), z.array(z.string())]);

/**
 * A message with what could not be carried over, which becomes comments of the documents only if asked for. Resolves when
 * the user has chosen.
 */
export async function offerNotes(imported: readonly ImportedFile[]): Promise<void> {
  const files = imported.filter(({ notes }) => notes.length > 0);
  const [first] = files;
  if (!first) return;
  const [show, add] = [l10n.t('Show Notes'), l10n.t('Add as Comments')];
  const answer = await window.showWarningMessage(messageAbout(first, files.length), show, add);
  if (answer === show) await showNotes(l10n.t('Import Notes'), files);
  else if (answer === add) await addComments(files);
}

function messageAbout({ name, notes }: FileNotes, files: number): string {
  if (files > 1) return l10n.t('{0} files were imported. Not everything could be carried over.', files);
  return notes.length === 1
    ? l10n.t('{0} was imported. Not everything could be carried over (1 note).', name)
    : l10n.t('{0} was imported. Not everything could be carried over ({1} notes).', name, notes.length);
}

/** Inserts the notes of each file at the top of its document. */
async function addComments(files: readonly ImportedFile[]): Promise<void> {
  const edit = new WorkspaceEdit();
  for (const { document, notes } of files) {
    const { at, text } = notesAsComments(document.getText(), notes);
    edit.insert(document.uri, document.positionAt(at), text);
  }
  if (await workspace.applyEdit(edit)) return;
  void window.showErrorMessage(l10n.t('The notes could not be added, because the file could not be edited.'));
}

const onOneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

/** Notes as comments of a `.travel` file, and where they belong: into its settings, which are always first. */
function notesAsComments(travel: string, notes: readonly string[]): { readonly at: number; readonly text: string } {
  const end = travel.includes('\r\n') ? '\r\n' : '\n';
  return {
    at: /^---[ \t]*\r?\n/.exec(travel)?.[0].length ?? 0,
    text: notes.map((note) => `# ${onOneLine(note)}${end}`).join(''),
  };
}
