/**
 * A thin stand-in for the API of VS Code, for tests outside of it: what the code under test shows is recorded, and the
 * user's answers are set beforehand. `test/vscode` tests the same in a real VS Code.
 */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI, Utils } from 'vscode-uri';

export const Uri = Object.assign(URI, Utils);

type Listener<T> = (value: T) => void;

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>) => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

export class RelativePattern {
  readonly base: URI;
  readonly pattern: string;
  constructor(base: URI, pattern: string) {
    this.base = base;
    this.pattern = pattern;
  }
}

export class FileSystemError extends Error {
  static FileNotFound(uri: URI): FileSystemError {
    return new FileSystemError(`not found: ${uri}`);
  }
  static NoPermissions(uri: URI): FileSystemError {
    return new FileSystemError(`no permissions: ${uri}`);
  }
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(...at: [Position, Position] | [number, number, number, number]) {
    const [a, b, c, d] = at;
    this.start = a instanceof Position ? a : new Position(a, b as number);
    this.end = b instanceof Position ? b : new Position(c!, d!);
  }
}

export class Selection extends Range {
  readonly active: Position;
  constructor(anchor: Position, active: Position) {
    super(anchor, active);
    this.active = active;
  }
}

/** An editor whose edits change the text of its document, each call in one step. */
export class FakeEditor {
  readonly document: FakeDocument;
  selection: Selection;
  readonly steps: string[] = [];
  readonly viewColumn = 1;
  revealed: Range | null = null;
  /** Of the last time: a `TextEditorRevealType`. */
  revealedHow: number | undefined;

  constructor(document: FakeDocument, line = 0) {
    this.document = document;
    this.selection = new Selection(new Position(line, 0), new Position(line, 0));
  }

  async edit(build: (builder: { replace(range: Range, text: string): void }) => void): Promise<boolean> {
    const edits: { range: Range; newText: string }[] = [];
    build({ replace: (range, newText) => edits.push({ range, newText }) });
    const source = TextDocument.create(this.document.uri.toString(), 'travel', 1, this.document.text);
    this.steps.push(this.document.text);
    this.document.text = TextDocument.applyEdits(source, edits);
    this.document.version++;
    return true;
  }

  revealRange(range: Range, how?: number): void {
    this.revealed = range;
    this.revealedHow = how;
  }
}

export interface FakeDocument {
  uri: URI;
  languageId: string;
  encoding: string;
  version: number;
  isDirty: boolean;
  isUntitled: boolean;
  isClosed: boolean;
  text: string;
  getText(range?: Range): string;
  save(): Promise<boolean>;
  readonly lineCount: number;
  lineAt(line: number): { readonly range: Range };
  positionAt(offset: number): Position;
  offsetAt(position: Position): number;
}

export function documentAt(path: string, changes: Partial<FakeDocument> = {}): FakeDocument {
  const uri = path.includes(':') ? URI.parse(path) : URI.file(path);
  const state = { version: 1, isDirty: false, isUntitled: false, isClosed: false };
  const fresh = { uri, languageId: 'travel', encoding: 'utf8', text: '', ...state };
  const document: FakeDocument = {
    ...fresh,
    ...changes,
    getText: (range) =>
      range ? document.text.slice(document.offsetAt(range.start), document.offsetAt(range.end)) : document.text,
    async save() {
      document.isDirty = false;
      return true;
    },
    get lineCount() {
      return document.text.split('\n').length;
    },
    lineAt: (line) => ({ range: new Range(line, 0, line, document.text.split('\n')[line]!.length) }),
    offsetAt: ({ line, character }) =>
      document.text
        .split('\n')
        .slice(0, line)
        .reduce((sum, each) => sum + each.length + 1, character),
    positionAt(offset) {
      const before = document.text.slice(0, offset).split('\n');
      return new Position(before.length - 1, before.at(-1)!.length);
    },
  };
  return document;
}

/** A webview whose page is the test. */
export class FakePanel {
  readonly viewType: string;
  readonly viewColumn = 2;
  title: string;
  visible = true;
  active = false;
  iconPath: unknown;
  revealed = 0;
  readonly posted: { readonly type: string }[] = [];
  readonly #message = new EventEmitter<unknown>();
  readonly #view = new EventEmitter<unknown>();
  readonly #disposed = new EventEmitter<void>();
  readonly onDidChangeViewState = this.#view.event;
  readonly onDidDispose = this.#disposed.event;
  readonly webview = {
    html: '',
    options: {} as { enableScripts?: boolean; localResourceRoots?: readonly URI[] },
    cspSource: 'https://webview.test',
    asWebviewUri: (uri: URI) => uri.with({ scheme: 'https', authority: 'webview.test' }),
    onDidReceiveMessage: this.#message.event,
    postMessage: async (message: { readonly type: string }) => {
      this.posted.push(message);
      return true;
    },
  };
  constructor(viewType: string, title: string) {
    this.viewType = viewType;
    this.title = title;
  }
  /** What the page says. */
  say(message: unknown): void {
    this.#message.fire(message);
  }
  show(visible: boolean): void {
    this.visible = visible;
    this.#view.fire(undefined);
  }
  reveal(): void {
    this.revealed++;
    this.show(true);
  }
  dispose(): void {
    this.visible = false;
    this.#disposed.fire();
  }
  /** The last message of a type; undefined if there is none. */
  last(type: string): Record<string, unknown> | undefined {
    return this.posted.findLast((message) => message.type === type) as Record<string, unknown> | undefined;
  }
}

/** The events of the editor, which a test fires. */
export const events = {
  changedText: new EventEmitter<{ document: FakeDocument }>(),
  opened: new EventEmitter<FakeDocument>(),
  closed: new EventEmitter<FakeDocument>(),
  renamed: new EventEmitter<{ files: readonly { oldUri: URI; newUri: URI }[] }>(),
  trusted: new EventEmitter<void>(),
  active: new EventEmitter<FakeEditor | undefined>(),
  selected: new EventEmitter<{ textEditor: FakeEditor; selections: Selection[]; kind?: number }>(),
  diagnosed: new EventEmitter<{ uris: readonly URI[] }>(),
};

/** A place for an extension's data. */
export function memento(data: Record<string, unknown> = {}) {
  return {
    data,
    get: (key: string) => data[key],
    update: async (key: string, value: unknown) => {
      data[key] = value;
    },
  };
}

export class MarkdownString {
  value = '';
  isTrusted: unknown;
  appendText(text: string): void {
    this.value += text;
  }
  appendMarkdown(text: string): void {
    this.value += text;
  }
}

export const StatusBarAlignment = { Left: 1 };

export const ViewColumn = { Beside: -2, One: 1 };

export const TextEditorRevealType = { InCenterIfOutsideViewport: 2 };

export class WorkspaceEdit {
  readonly replaced: { readonly uri: string; readonly range: Range; readonly text: string }[] = [];
  replace(uri: URI, range: Range, text: string): void {
    this.replaced.push({ uri: uri.toString(), range, text });
  }
  insert(uri: URI, at: Position, text: string): void {
    this.replace(uri, new Range(at, at), text);
  }
  /** Line ends, by the document. */
  readonly ends = new Map<string, number>();
  set(uri: URI, edits: readonly FakeTextEdit[]): void {
    for (const edit of edits) {
      if ('newEol' in edit) this.ends.set(uri.toString(), edit.newEol);
      else this.replace(uri, edit.range, edit.newText);
    }
  }
}

type FakeTextEdit = { readonly newEol: number } | { readonly range: Range; readonly newText: string };

export const ProgressLocation = { Window: 10, Notification: 15 };

export const FileType = { File: 1, Directory: 2 };

interface FakeStatusItem {
  text: string;
  command?: unknown;
  tooltip?: unknown;
  visible: boolean;
}

interface FakeProgress {
  readonly title: string;
  messages: string[];
  ended: boolean;
  cancel(): void;
}

interface ShownEditor {
  readonly document: FakeDocument;
  readonly selection?: Range;
}

/** What happened, and what the user will answer. */
export const fake = {
  messages: [] as { readonly kind: 'information' | 'warning' | 'error' | 'status'; readonly text: string }[],
  executed: [] as string[],
  /** The arguments of each. */
  executedWith: [] as unknown[][],
  /** Context keys. */
  context: {} as Record<string, unknown>,
  panels: [] as FakePanel[],
  diagnostics: [] as { readonly code: unknown; readonly message: string }[],
  /** Of the Git extension; undefined: it is disabled. */
  git: undefined as unknown,
  saveDialog: undefined as URI | undefined,
  openDialog: undefined as URI | readonly URI[] | undefined,
  written: new Map<string, Uint8Array>(),
  deleted: [] as string[],
  hasTrash: true,
  statusItems: [] as FakeStatusItem[],
  progress: [] as FakeProgress[],
  /** The labels that the user picks, one in each list; what was listed. */
  picks: [] as string[],
  lists: [] as string[][],
  /** The same with all that the items show. */
  items: [] as unknown[][],
  /** What the user types into the next input boxes; undefined: the user declines. What each one showed. */
  typed: [] as (string | undefined)[],
  /** By the pattern that each watches. */
  watchers: new Map<string, { readonly changed: EventEmitter<URI>; isDisposed: boolean }>(),
  inputs: [] as { readonly title: string; readonly value: string; readonly complaint: string | null }[],
  edits: [] as WorkspaceEdit[],
  /** Whether documents can be edited. */
  editable: true,
  folders: ['/clips'],
  /** Paths of files that `findFiles` finds. */
  found: [] as string[],
  documents: [] as FakeDocument[],
  /** In the order in which they were shown. */
  shown: [] as FakeDocument[],
  files: new Map<string, string>(),
  clipboard: '',
  /** What the user has set, by the settings' whole names. */
  settings: {} as Record<string, unknown>,
  /** The button that the user chooses in the next messages; the first that a message has. */
  answers: [] as string[],
  /** Where an untitled document is saved; undefined: the user declines. */
  saveAs: undefined as FakeDocument | undefined,
  reset(): void {
    Object.assign(fake, {
      messages: [],
      executed: [],
      executedWith: [],
      context: {},
      panels: [],
      diagnostics: [],
      git: undefined,
      saveDialog: undefined,
      openDialog: undefined,
      written: new Map(),
      deleted: [],
      hasTrash: true,
      statusItems: [],
      progress: [],
      picks: [],
      lists: [],
      items: [],
      typed: [],
      watchers: new Map(),
      inputs: [],
      edits: [],
      editable: true,
      folders: ['/clips'],
      found: [],
      documents: [],
      shown: [],
      answers: [],
      saveAs: undefined,
      clipboard: '',
      settings: {},
    });
    fake.files.clear();
    workspace.isTrusted = true;
    window.activeTextEditor = undefined;
    window.visibleTextEditors = [];
    window.tabGroups = { all: [] };
    window.state = { focused: true };
  },
};

function message(kind: 'information' | 'warning' | 'error') {
  return async (text: string, ...items: (string | { readonly modal: boolean })[]): Promise<string | undefined> => {
    const buttons = items.filter((item) => typeof item === 'string');
    fake.messages.push({ kind, text });
    const index = fake.answers.findIndex((answer) => buttons.includes(answer));
    return index < 0 ? undefined : fake.answers.splice(index, 1)[0];
  };
}

export class TabInputText {
  readonly uri: URI;
  constructor(uri: URI) {
    this.uri = uri;
  }
}

export const window = {
  activeTextEditor: undefined as ShownEditor | undefined,
  visibleTextEditors: [] as ShownEditor[],
  state: { focused: true },
  onDidChangeActiveTextEditor: events.active.event,
  onDidChangeTextEditorSelection: events.selected.event,
  createWebviewPanel(viewType: string, title: string) {
    const panel = new FakePanel(viewType, title);
    fake.panels.push(panel);
    return panel;
  },
  showSaveDialog: async () => fake.saveDialog,
  showOpenDialog: async () => fake.openDialog && [fake.openDialog].flat(),
  tabGroups: { all: [] as { tabs: { input: unknown }[] }[] },
  async showTextDocument(document: FakeDocument) {
    fake.shown.push(document);
    const editor = new FakeEditor(document);
    window.activeTextEditor = editor;
    return editor;
  },
  showInformationMessage: message('information'),
  showWarningMessage: message('warning'),
  showErrorMessage: message('error'),
  setStatusBarMessage(text: string) {
    fake.messages.push({ kind: 'status', text });
    return new Disposable(() => undefined);
  },
  createStatusBarItem() {
    const item = {
      text: '',
      visible: false,
      show() {
        item.visible = true;
      },
      hide() {
        item.visible = false;
      },
      dispose() {
        item.visible = false;
      },
    };
    fake.statusItems.push(item);
    return item;
  },
  async withProgress<T>(
    { title }: { title: string },
    task: (
      progress: { report(value: { message?: string }): void },
      token: { onCancellationRequested(listener: () => void): void },
    ) => Promise<T>,
  ): Promise<T> {
    let cancel: () => void = () => undefined;
    const shown: FakeProgress = { title, messages: [], ended: false, cancel: () => cancel() };
    fake.progress.push(shown);
    const report = ({ message }: { message?: string }) => shown.messages.push(message ?? '');
    const onCancellationRequested = (listener: () => void) => {
      cancel = listener;
    };
    try {
      return await task({ report }, { onCancellationRequested });
    } finally {
      shown.ended = true;
    }
  },
  async showInputBox(options: {
    title: string;
    value?: string;
    validateInput(text: string): string | null | undefined | Promise<string | null>;
  }): Promise<string | undefined> {
    const { title, value = '' } = options;
    const typed = fake.typed.shift();
    const complaint = typed === undefined ? null : ((await options.validateInput(typed)) ?? null);
    fake.inputs.push({ title, value, complaint });
    // VS Code does not close the box as long as its text is invalid.
    return complaint === null ? typed : undefined;
  },
  async showQuickPick<T extends { readonly label: string }>(
    items: readonly T[],
    { canPickMany = false } = {},
  ): Promise<T | readonly T[] | undefined> {
    fake.lists.push(items.map(({ label }) => label));
    fake.items.push([...items]);
    if (canPickMany) {
      const chosen = items.filter(({ label }) => fake.picks.some((pick) => label.includes(pick)));
      return fake.picks.splice(0).length > 0 ? chosen : undefined;
    }
    const wanted = fake.picks.shift();
    return items.find(({ label }) => wanted !== undefined && label.includes(wanted));
  },
};

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

export const version = '1.139.0';

export const UIKind = { Desktop: 1, Web: 2 };

/** Null stands for English. */
export const l10n: { bundle: Readonly<Record<string, string>> | undefined } = { bundle: undefined };

export const env = {
  language: 'en',
  appName: 'VS Code',
  uiKind: UIKind.Desktop,
  remoteName: undefined as string | undefined,
  clipboard: {
    async writeText(text: string): Promise<void> {
      fake.clipboard = text;
    },
  },
  openExternal: async () => true,
};

/** Providers of edits for what is dropped or pasted, by the first type that they take. */
export const editProviders = new Map<string, unknown>();

export const languages = {
  setTextDocumentLanguage: async (document: FakeDocument, languageId: string) =>
    Object.assign(document, { languageId }),
  getDiagnostics: () => fake.diagnostics,
  onDidChangeDiagnostics: events.diagnosed.event,
  registerDocumentDropEditProvider(_selector: string, provider: unknown, metadata: { dropMimeTypes: string[] }) {
    editProviders.set(`drop ${metadata.dropMimeTypes[0]}`, provider);
    return new Disposable(() => undefined);
  },
  registerDocumentPasteEditProvider(_selector: string, provider: unknown, metadata: { pasteMimeTypes: string[] }) {
    editProviders.set(`paste ${metadata.pasteMimeTypes[0]}`, provider);
    return new Disposable(() => undefined);
  },
};

export class DocumentDropOrPasteEditKind {
  static readonly Empty = new DocumentDropOrPasteEditKind('');
  static readonly Text = new DocumentDropOrPasteEditKind('text');
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
  append(...parts: string[]): DocumentDropOrPasteEditKind {
    return new DocumentDropOrPasteEditKind([this.value, ...parts].filter(Boolean).join('.'));
  }
}

/** Of a drop or a paste. */
export class DocumentDropEdit {
  yieldTo: readonly DocumentDropOrPasteEditKind[] = [];
  additionalEdit: WorkspaceEdit | undefined;
  readonly insertText: string;
  readonly title: string;
  readonly kind: DocumentDropOrPasteEditKind;
  constructor(insertText: string, title: string, kind: DocumentDropOrPasteEditKind) {
    this.insertText = insertText;
    this.title = title;
    this.kind = kind;
  }
}

export { DocumentDropEdit as DocumentPasteEdit };

export const EndOfLine = { LF: 1, CRLF: 2 };

export const TextEdit = {
  replace: (range: Range, newText: string) => ({ range, newText }),
  insert: (at: Position, newText: string) => ({ range: new Range(at, at), newText }),
  setEndOfLine: (end: number) => ({ newEol: end }),
};

export const extensions = {
  getExtension: () => fake.git && { activate: async () => fake.git },
};

export class ProcessExecution {
  constructor(process: string, args: readonly string[], options = {}) {
    Object.assign(this, { process, args, options });
  }
}

export class Task {
  constructor(
    definition: unknown,
    scope: unknown,
    name: string,
    source: string,
    execution?: unknown,
    problemMatchers: string | readonly string[] = [],
  ) {
    Object.assign(this, { definition, scope, name, source, execution, problemMatchers: [problemMatchers].flat() });
  }
}

export const commands = {
  async executeCommand(name: string, ...args: unknown[]): Promise<void> {
    if (name === 'setContext') {
      fake.context[String(args[0])] = args[1];
      return;
    }
    fake.executed.push(name);
    fake.executedWith.push(args);
  },
};
