import { URI } from 'vscode-uri';
import { documentAt, type FakeDocument } from './documents.ts';
import type { WorkspaceEdit } from './edits.ts';
import { alsoReset, events, fake } from './fake.ts';
import { Disposable, EventEmitter, FileSystemError, FileType, type RelativePattern } from './values.ts';

export const workspace = {
  isTrusted: true,
  onDidChangeTextDocument: events.changedText.event,
  onDidOpenTextDocument: events.opened.event,
  onDidCloseTextDocument: events.closed.event,
  onDidRenameFiles: events.renamed.event,
  onDidGrantWorkspaceTrust: events.trusted.event,
  get textDocuments() {
    return fake.documents;
  },
  getConfiguration(section: string) {
    return { get: (name: string, otherwise?: unknown) => fake.settings[`${section}.${name}`] ?? otherwise };
  },
  get workspaceFolders() {
    return fake.folders.map((folder) => ({ uri: URI.file(folder) }));
  },
  createFileSystemWatcher({ base, pattern }: RelativePattern) {
    const watcher = { changed: new EventEmitter<URI>(), isDisposed: false };
    fake.watchers.set(`${base.path}/${pattern}`, watcher);
    const { event } = watcher.changed;
    const dispose = () => {
      watcher.isDisposed = true;
    };
    return { onDidCreate: event, onDidChange: event, onDidDelete: event, dispose };
  },
  async findFiles(_include: string, _exclude: undefined, most: number): Promise<URI[]> {
    return fake.found.slice(0, most).map((path) => URI.file(path));
  },
  asRelativePath(uri: URI): string {
    const folder = fake.folders.find((each) => uri.path.startsWith(`${each}/`));
    return folder === undefined ? uri.fsPath : uri.path.slice(folder.length + 1);
  },
  getWorkspaceFolder(uri: URI): { readonly uri: URI } | undefined {
    const folder = fake.folders.find((each) => uri.path.startsWith(`${each}/`));
    return folder === undefined ? undefined : { uri: URI.file(folder) };
  },
  async openTextDocument(
    uri: URI | { readonly language: string; readonly content: string; readonly encoding?: string },
  ): Promise<FakeDocument> {
    if ('content' in uri) {
      const { language: languageId, content: text, encoding = 'utf8' } = uri;
      return documentAt('untitled:Untitled-1', { languageId, text, encoding, isUntitled: true });
    }
    const document = fake.documents.find((each) => each.uri.toString() === uri.toString());
    if (document) return document;
    const provider = contentProviders.get(uri.scheme);
    if (!provider) throw new Error(`cannot open ${uri}`);
    return documentAt(uri.toString(), { languageId: 'markdown', text: provider.provideTextDocumentContent(uri) });
  },
  registerTextDocumentContentProvider(scheme: string, provider: ContentProvider) {
    contentProviders.set(scheme, provider);
    return new Disposable(() => contentProviders.delete(scheme));
  },
  async applyEdit(edit: WorkspaceEdit): Promise<boolean> {
    if (fake.editable) fake.edits.push(edit);
    return fake.editable;
  },
  async save(uri: URI): Promise<URI | undefined> {
    const document = fake.documents.find((each) => each.uri.toString() === uri.toString());
    if (document?.isUntitled) {
      if (fake.saveAs) fake.documents.push(fake.saveAs);
      return fake.saveAs?.uri;
    }
    if (document) document.isDirty = false;
    return uri;
  },
  fs: {
    async readFile(uri: URI): Promise<Uint8Array> {
      const text = fake.files.get(uri.path);
      if (text === undefined) throw FileSystemError.FileNotFound(uri);
      return new TextEncoder().encode(text);
    },
    async stat(uri: URI) {
      return { type: FileType.File, size: (await workspace.fs.readFile(uri)).length };
    },
    async copy(from: URI, to: URI) {
      fake.files.set(to.path, `copy of ${from.path}`);
      fake.documents.push(documentAt(to.path));
    },
    async readDirectory() {
      return [];
    },
    async writeFile(uri: URI, bytes: Uint8Array) {
      fake.written.set(uri.path, bytes);
    },
    async delete(uri: URI, { useTrash = false } = {}) {
      if (useTrash && !fake.hasTrash) throw new Error('The provider does not support it.');
      fake.deleted.push(uri.path);
    },
  },
  registerFileSystemProvider(_scheme: string, provider: unknown) {
    registered.push(provider);
    return new Disposable(() => undefined);
  },
};

interface ContentProvider {
  provideTextDocumentContent(uri: URI): string;
}

/** By URI scheme. */
const contentProviders = new Map<string, ContentProvider>();

/** File system providers. */
export const registered: unknown[] = [];

alsoReset(() => {
  workspace.isTrusted = true;
});
