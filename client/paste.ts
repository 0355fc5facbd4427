import * as l10n from '@vscode/l10n';
import {
  type Disposable,
  DocumentDropOrPasteEditKind,
  DocumentPasteEdit,
  type DocumentPasteEditProvider,
  languages,
  Position,
  Range,
  type TextDocument,
  WorkspaceEdit,
  window,
} from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  CONVERT_SCHEDULE,
  ConvertScheduleAnswer,
  type ConvertScheduleRequest,
  type ImportAnswer,
} from '../protocol/language-server.ts';
import { importTexts } from './exchange/import-files.ts';
import { IMPORT_KIND, KEYFRAMES_KIND, OPEN_KIND } from './exchange/kinds.ts';
import { offerNotes } from './exchange/notes.ts';
import { forgetOffered, newDocument, replaceAll, textAfter, whenOpened, whenTextIs } from './exchange/offered-edits.ts';
import { LANGUAGE } from './language-id.ts';

type Imported = Extract<ImportAnswer, { readonly ok: true }>;

/** Formats that any text has, or that need no conversion. */
const AS_IT_IS = new Set(['a1111-prompt', 'travel']);
/** Formats of which a part of a document is written. */
const PARTS = new Set(['fizz', 'ade']);
/** JSON that a person may want to read first. */
const PROGRAMS = new Set(['comfy', 'webui-api']);

/**
 * Pastes a JSON, FizzNodes or Python schedule as keyframes, generation parameters of A1111 as settings, and a whole file
 * of another tool as what its import is. VS Code itself offers the plain text.
 */
export function registerPaste(client: BaseLanguageClient): Disposable {
  const provider: DocumentPasteEditProvider = {
    async provideDocumentPasteEdits(document, ranges, dataTransfer, _context, token) {
      forgetOffered();
      const text = await dataTransfer.get('text/plain')?.asString();
      const range = ranges.length === 1 ? ranges[0] : undefined;
      if (!text || !range || client.needsStart()) return undefined;
      const answer = await importTexts(client, [{ text }]);
      const file = answer.ok && !AS_IT_IS.has(answer.format) ? answer : null;
      if (file && isEmptyAround(document, range)) return [conversionOf(document, file)];
      const request: ConvertScheduleRequest = {
        uri: client.code2ProtocolConverter.asUri(document.uri),
        position: client.code2ProtocolConverter.asPosition(range.start),
        text,
      };
      const converted = ConvertScheduleAnswer.parse(await client.sendRequest(CONVERT_SCHEDULE, request, token));
      return [
        ...(converted.text === null ? [] : [partOf(document, range, { ...converted, text: converted.text })]),
        ...(file && !PARTS.has(file.format) ? [openingOf(file)] : []),
      ];
    },
  };
  return languages.registerDocumentPasteEditProvider(LANGUAGE, provider, {
    providedPasteEditKinds: [KEYFRAMES_KIND, IMPORT_KIND, OPEN_KIND],
    pasteMimeTypes: ['text/plain'],
  });
}

/** Whether nothing is left of a document when a range is replaced. */
const isEmptyAround = (document: TextDocument, { start, end }: Range): boolean =>
  document.getText(new Range(new Position(0, 0), start)).trim() === '' &&
  document.getText(new Range(end, new Position(document.lineCount, 0))).trim() === '';

/** An edit that makes an empty document a file of another tool. */
function conversionOf(document: TextDocument, { format, travel, warnings }: Imported): DocumentPasteEdit {
  const edit = new DocumentPasteEdit('', l10n.t('Convert to Travel'), IMPORT_KIND);
  edit.additionalEdit = replaceAll(document, travel);
  if (PROGRAMS.has(format)) edit.yieldTo = [DocumentDropOrPasteEditKind.Text];
  whenTextIs(document, travel, () => void offerPasteNotes(document, warnings));
  return edit;
}

/** An edit that inserts keyframes, and adds settings. */
function partOf(
  document: TextDocument,
  range: Range,
  { text, settings, notes }: ConvertScheduleAnswer & { readonly text: string },
): DocumentPasteEdit {
  const edit = new DocumentPasteEdit(text, l10n.t('Convert to Travel'), KEYFRAMES_KIND);
  const changes = [{ range, text }];
  if (settings) {
    const { line, character } = settings.position;
    const at = new Position(line, character);
    edit.additionalEdit = new WorkspaceEdit();
    edit.additionalEdit.insert(document.uri, at, settings.text);
    changes.push({ range: new Range(at, at), text: settings.text });
  }
  whenTextIs(document, textAfter(document, changes), () => void offerPasteNotes(document, notes));
  return edit;
}

/** An edit that opens a file of another tool as a document of its own. */
function openingOf({ travel, warnings }: Imported): DocumentPasteEdit {
  const edit = new DocumentPasteEdit('', l10n.t('Open as Travel'), OPEN_KIND);
  const { uri, edit: additional } = newDocument(l10n.t('Pasted'), travel);
  edit.additionalEdit = additional;
  edit.yieldTo = [DocumentDropOrPasteEditKind.Text];
  whenOpened(uri, async (document) => {
    await window.showTextDocument(document, { preview: false });
    await offerPasteNotes(document, warnings);
  });
  return edit;
}

const offerPasteNotes = (document: TextDocument, notes: readonly string[]) =>
  offerNotes([{ name: l10n.t('The pasted text'), notes, document }]);
