import * as l10n from '@vscode/l10n';
import {
  type Disposable,
  DocumentDropOrPasteEditKind,
  DocumentPasteEdit,
  type DocumentPasteEditProvider,
  languages,
  Position,
  WorkspaceEdit,
} from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { CONVERT_SCHEDULE, ConvertScheduleAnswer, type ConvertScheduleRequest } from '../protocol/language-server.ts';
import { LANGUAGE } from './language-id.ts';

/**
 * Pastes a JSON, FizzNodes or Python schedule as keyframes, and generation parameters of A1111 as settings. As plain
 * text, they would end up in the prompts; VS Code's paste widget still offers that.
 */
export function registerPaste(client: BaseLanguageClient): Disposable {
  const kind = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'keyframes');
  const provider: DocumentPasteEditProvider = {
    async provideDocumentPasteEdits(document, ranges, dataTransfer, _context, token) {
      const text = await dataTransfer.get('text/plain')?.asString();
      const range = ranges.length === 1 ? ranges[0] : undefined;
      if (!text || !range || client.needsStart()) return undefined;
      const request: ConvertScheduleRequest = {
        uri: client.code2ProtocolConverter.asUri(document.uri),
        position: client.code2ProtocolConverter.asPosition(range.start),
        text,
      };
      const answer = ConvertScheduleAnswer.parse(await client.sendRequest(CONVERT_SCHEDULE, request, token));
      if (answer.text === null) return [];
      const edit = new DocumentPasteEdit(answer.text, l10n.t('Insert as Keyframes'), kind);
      if (answer.settings) {
        const { line, character } = answer.settings.position;
        edit.additionalEdit = new WorkspaceEdit();
        edit.additionalEdit.insert(document.uri, new Position(line, character), answer.settings.text);
      }
      return [edit];
    },
  };
  return languages.registerDocumentPasteEditProvider(LANGUAGE, provider, {
    providedPasteEditKinds: [kind],
    pasteMimeTypes: ['text/plain'],
  });
}
