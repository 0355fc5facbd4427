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
import { importTexts } from './exchange/import-files.ts';
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
      if (answer.text === null) return document.getText() === '' ? wholeFile(client, text) : [];
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
    providedPasteEditKinds: [kind, WHOLE_FILE],
    pasteMimeTypes: ['text/plain'],
  });
}

const WHOLE_FILE = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'import');

/** Formats that any text has, or that need no conversion. */
const AS_IT_IS = new Set(['a1111-prompt', 'travel']);

/** A workflow, a request or a configuration of another tool, which the paste widget offers to convert. */
async function wholeFile(client: BaseLanguageClient, text: string): Promise<DocumentPasteEdit[]> {
  const answer = await importTexts(client, [{ text }]);
  if (!answer.ok || AS_IT_IS.has(answer.format)) return [];
  const edit = new DocumentPasteEdit(answer.travel, l10n.t('Convert'), WHOLE_FILE);
  edit.yieldTo = [DocumentDropOrPasteEditKind.Text];
  return [edit];
}
