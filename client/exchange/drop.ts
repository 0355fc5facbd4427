import * as l10n from '@vscode/l10n';
import {
  type Disposable,
  DocumentDropEdit,
  type DocumentDropEditProvider,
  DocumentDropOrPasteEditKind,
  FileType,
  languages,
  type Position,
  type TextDocument,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { SURE_VIDEO_ENDING } from '../../plan/input-endings.ts';
import { fileName } from '../../plan/paths.ts';
import { NAME_INPUT, NameInputAnswer, type NameInputRequest } from '../../protocol/language-server.ts';
import { isImportName } from '../file-endings.ts';
import { LANGUAGE } from '../language-id.ts';
import { type ImportServices, importFile, importFiles } from './import-files.ts';
import { IMPORT_KIND, OPEN_KIND } from './kinds.ts';
import { forgetOffered, newDocument, replaceAll, whenOpened, whenTextIs } from './offered-edits.ts';
import { pathFrom } from './path-from.ts';

const URI_LIST = 'text/uri-list';

const INPUT_KIND = DocumentDropOrPasteEditKind.Empty.append(LANGUAGE, 'input');

/** Of paths, which VS Code inserts. What yields to them puts them in this order. */
const PATH_KINDS = ['relative', 'absolute'].map((kind) =>
  DocumentDropOrPasteEditKind.Empty.append('uri', 'path', kind),
);

/** Reading the source of a longer file would take longer than a person waits. */
const LONGEST_BYTES = 200_000_000;

/**
 * What VS Code offers for files of other tools, or files that a render wrote, that are dropped on a `.travel` document:
 * an empty one becomes the first file, and the others are opened as new documents; from one with text, all are. A video,
 * or a folder, becomes the input of the document. VS Code itself offers their paths.
 */
export function registerDrop(services: () => Promise<ImportServices>): Disposable {
  const provider: DocumentDropEditProvider = {
    async provideDocumentDropEdits(document, position, dataTransfer, token) {
      forgetOffered();
      const files = urisIn((await dataTransfer.get(URI_LIST)?.asString()) ?? '');
      const [first] = files;
      if (first === undefined) return undefined;
      const input = await inputOf(document, position, first, services);
      const isEmpty = document.getText().trim() === '';
      const possible = isEmpty ? files : await quicklyRead(files);
      const found = await firstImported(possible, await services(), () => token.isCancellationRequested);
      const inputs = input ? [input] : [];
      if (!found) return inputs;
      const openOthers = async (opened: TextDocument) => {
        const imported = { name: fileName(found.file.path), notes: found.notes, document: opened };
        await importFiles(
          await services(),
          possible.filter((file) => file !== found.file),
          [imported],
        );
      };
      const edit = isEmpty
        ? conversion(document, found.travel, openOthers)
        : opening(fileName(found.file.path), found.travel, openOthers);
      return isEmpty ? [edit, ...inputs] : [...inputs, edit];
    },
  };
  return languages.registerDocumentDropEditProvider(LANGUAGE, provider, {
    providedDropEditKinds: [IMPORT_KIND, INPUT_KIND, OPEN_KIND],
    dropMimeTypes: [URI_LIST],
  });
}

const urisIn = (list: string): Uri[] =>
  list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => Uri.parse(line));

/** Files that may be imported, without those for which a person who drops a video would wait. */
async function quicklyRead(files: readonly Uri[]): Promise<Uri[]> {
  const named = files.filter(({ path }) => isImportName(path));
  const sizes = await Promise.all(
    named.map((file) =>
      workspace.fs.stat(file).then(
        ({ size }) => size,
        () => Infinity,
      ),
    ),
  );
  return named.filter((_, i) => sizes[i]! <= LONGEST_BYTES);
}

interface Found {
  readonly file: Uri;
  readonly travel: string;
  readonly notes: readonly string[];
}

async function firstImported(
  files: readonly Uri[],
  services: ImportServices,
  isCancelled: () => boolean,
): Promise<Found | undefined> {
  for (const file of files) {
    if (isCancelled()) return undefined;
    const answer = await importFile(services, file);
    if (answer.ok) return { file, ...answer };
  }
  return undefined;
}

/** An edit that makes the document a file. @param then runs when it is */
function conversion(document: TextDocument, travel: string, then: (document: TextDocument) => Promise<void>) {
  const edit = new DocumentDropEdit('', l10n.t('Convert to Travel'), IMPORT_KIND);
  edit.additionalEdit = replaceAll(document, travel);
  whenTextIs(document, travel, () => void then(document));
  return edit;
}

/** An edit that opens a file as a document of its own. @param then runs when it is open */
function opening(name: string, travel: string, then: (document: TextDocument) => Promise<void>) {
  const edit = new DocumentDropEdit('', l10n.t('Open as Travel'), OPEN_KIND);
  const { uri, edit: additional } = newDocument(name, travel);
  edit.additionalEdit = additional;
  edit.yieldTo = [INPUT_KIND, ...PATH_KINDS];
  whenOpened(uri, async (document) => {
    await window.showTextDocument(document, { preview: false });
    await then(document);
  });
  return edit;
}

/** An edit that names a video or a folder; undefined: it is something else, or the document names one already. */
async function inputOf(
  document: TextDocument,
  position: Position,
  file: Uri,
  services: () => Promise<ImportServices>,
): Promise<DocumentDropEdit | undefined> {
  const isFolder = await isFolderAt(file);
  if (!isFolder && !SURE_VIDEO_ENDING.test(file.path)) return undefined;
  const isBeside = document.uri.scheme === file.scheme && document.uri.authority === file.authority;
  const relative = isBeside ? pathFrom(document.uri.path, file.path) : null;
  const { client } = await services();
  const request: NameInputRequest = {
    uri: client.code2ProtocolConverter.asUri(document.uri),
    position: client.code2ProtocolConverter.asPosition(position),
    // An absolute one is written as the system has it.
    path: relative === null || relative === file.path ? file.fsPath : relative,
    kind: isFolder ? 'folder' : 'video',
  };
  const answer = NameInputAnswer.parse(await client.sendRequest(NAME_INPUT, request));
  if (!answer) return undefined;
  const title = answer.isUnit ? l10n.t('Use as Input of This Unit') : l10n.t('Use as Video');
  const edit = new DocumentDropEdit('', title, INPUT_KIND);
  edit.additionalEdit = new WorkspaceEdit();
  edit.additionalEdit.insert(document.uri, client.protocol2CodeConverter.asPosition(answer.position), answer.text);
  return edit;
}

async function isFolderAt(uri: Uri): Promise<boolean> {
  // What cannot be found is no folder: its name decides.
  return workspace.fs.stat(uri).then(
    ({ type }) => (type & FileType.Directory) !== 0,
    () => false,
  );
}
