import * as l10n from '@vscode/l10n';
import {
  type Disposable,
  DocumentDropEdit,
  type DocumentDropEditProvider,
  DocumentDropOrPasteEditKind,
  EndOfLine,
  languages,
  TextEdit,
  Uri,
  WorkspaceEdit,
} from 'vscode';
import { LANGUAGE } from '../language-id.ts';
import { type ImportServices, importFile } from './import-files.ts';

const URI_LIST = 'text/uri-list';

/**
 * Converts a file of another tool, or one that a render wrote, that is dropped on an empty `.travel` document. VS Code's
 * widget offers its path instead.
 */
export function registerDrop(services: () => Promise<ImportServices>): Disposable {
  const kind = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'import');
  const provider: DocumentDropEditProvider = {
    async provideDocumentDropEdits(document, _position, dataTransfer, token) {
      const list = await dataTransfer.get(URI_LIST)?.asString();
      const [file] = list?.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')) ?? [];
      // A conversion is a whole file.
      if (file === undefined || document.getText() !== '') return undefined;
      const answer = await importFile(await services(), Uri.parse(file));
      if (!answer.ok || token.isCancellationRequested) return undefined;
      const edit = new DocumentDropEdit(answer.travel, l10n.t('Convert'), kind);
      if (answer.travel.includes('\r\n')) {
        edit.additionalEdit = new WorkspaceEdit();
        edit.additionalEdit.set(document.uri, [TextEdit.setEndOfLine(EndOfLine.CRLF)]);
      }
      return edit;
    },
  };
  return languages.registerDocumentDropEditProvider(LANGUAGE, provider, {
    providedDropEditKinds: [kind],
    dropMimeTypes: [URI_LIST],
  });
}
