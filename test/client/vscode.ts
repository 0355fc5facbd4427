/**
 * A thin stand-in for the API of VS Code, for tests outside of it: what the code under test shows is recorded, and the
 * user's answers are set beforehand. `test/vscode` tests the same in a real VS Code.
 */
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

export class FileSystemError extends Error {
  static FileNotFound(uri: URI): FileSystemError {
    return new FileSystemError(`not found: ${uri}`);
  }
  static NoPermissions(uri: URI): FileSystemError {
    return new FileSystemError(`no permissions: ${uri}`);
  }
}

export interface FakeDocument {
  uri: URI;
  languageId: string;
  version: number;
  isDirty: boolean;
  isUntitled: boolean;
  isClosed: boolean;
  text: string;
  getText(): string;
  readonly lineCount: number;
  lineAt(line: number): { readonly range: Range };
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
  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number) {
    this.start = new Position(startLine, startCharacter);
    this.end = new Position(endLine, endCharacter);
  }
}

export class Selection {
  readonly active: Position;
  constructor(anchor: Position | number, active: Position | number, line?: number, character?: number) {
    if (typeof anchor === 'number') this.active = new Position(line ?? 0, character ?? 0);
    else this.active = active as Position;
  }
}

export class WorkspaceEdit {
  readonly replaced: { readonly uri: string; readonly range: Range; readonly text: string }[] = [];
  replace(uri: URI, range: Range, text: string): void {
    this.replaced.push({ uri: uri.toString(), range, text });
  }
}

export const TextEditorRevealType = { InCenterIfOutsideViewport: 2 };
export const ViewColumn = { Active: -1, Beside: -2, One: 1, Two: 2 };

export interface FakeEditor {
  document: FakeDocument;
  viewColumn?: number;
  selection: Selection;
  revealed: { readonly range: Range; readonly how: number }[];
  revealRange(range: Range, how: number): void;
}

export function editorOf(document: FakeDocument, line = 0): FakeEditor {
  const editor: FakeEditor = {
    document,
    viewColumn: 1,
    selection: new Selection(0, 0, line, 0),
    revealed: [],
    revealRange: (range, how) => editor.revealed.push({ range, how }),
  };
  return editor;
}

export function documentAt(path: string, changes: Partial<FakeDocument> = {}): FakeDocument {
  const uri = path.includes(':') ? URI.parse(path) : URI.file(path);
  const fresh = { uri, languageId: 'travel', version: 1, isDirty: false, isUntitled: false, isClosed: false, text: '' };
  const document: FakeDocument = {
    ...fresh,
    ...changes,
    getText: () => document.text,
    get lineCount() {
      return document.text.split('\n').length;
    },
    lineAt: (line) => ({ range: new Range(line, 0, line, document.text.split('\n')[line]!.length) }),
  };
  return document;
}

/** A webview whose page is the test. */
export class FakePanel {
  readonly viewType: string;
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
  closed: new EventEmitter<FakeDocument>(),
  renamed: new EventEmitter<{ files: readonly { oldUri: URI; newUri: URI }[] }>(),
  trusted: new EventEmitter<void>(),
  active: new EventEmitter<FakeEditor | undefined>(),
  selected: new EventEmitter<{ textEditor: FakeEditor; selections: Selection[] }>(),
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

export const StatusBarAlignment = { Left: 1 };

export const ProgressLocation = { Notification: 15 };

interface FakeStatusItem {
  text: string;
  visible: boolean;
}

interface FakeProgress {
  readonly title: string;
  messages: string[];
  ended: boolean;
  cancel(): void;
}

/** What happened, and what the user will answer. */
export const fake = {
  messages: [] as { readonly kind: 'information' | 'warning' | 'error' | 'status'; readonly text: string }[],
  executed: [] as string[],
  /** The arguments of each of `executed`. */
  arguments: [] as (readonly unknown[])[],
  context: {} as Record<string, unknown>,
  panels: [] as FakePanel[],
  edits: [] as WorkspaceEdit[],
  diagnostics: [] as { readonly code: unknown; readonly message: string }[],
  /** Of the Git extension; undefined: it is disabled. */
  git: undefined as unknown,
  saveDialog: undefined as URI | undefined,
  openDialog: undefined as URI | undefined,
  written: new Map<string, Uint8Array>(),
  deleted: [] as string[],
  statusItems: [] as FakeStatusItem[],
  progress: [] as FakeProgress[],
  /** The labels that the user picks, one in each list; what was listed. */
  picks: [] as string[],
  lists: [] as string[][],
  folders: ['/clips'],
  documents: [] as FakeDocument[],
  files: new Map<string, string>(),
  clipboard: '',
  /** The button that the user chooses in the next messages; the first that a message has. */
  answers: [] as string[],
  /** Where an untitled document is saved; undefined: the user declines. */
  saveAs: undefined as FakeDocument | undefined,
  reset(): void {
    Object.assign(fake, {
      messages: [],
      executed: [],
      arguments: [],
      context: {},
      panels: [],
      edits: [],
      diagnostics: [],
      git: undefined,
      saveDialog: undefined,
      openDialog: undefined,
      written: new Map(),
      deleted: [],
      statusItems: [],
      progress: [],
      picks: [],
      lists: [],
      folders: ['/clips'],
      documents: [],
      answers: [],
      saveAs: undefined,
      clipboard: '',
    });
    fake.files.clear();
    workspace.isTrusted = true;
    window.activeTextEditor = undefined;
    window.visibleTextEditors = [];
    window.tabGroups = { all: [] };
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
  activeTextEditor: undefined as { document: FakeDocument } | undefined,
  visibleTextEditors: [] as { document: FakeDocument }[],
  onDidChangeActiveTextEditor: events.active.event,
  onDidChangeTextEditorSelection: events.selected.event,
  createWebviewPanel(viewType: string, title: string) {
    const panel = new FakePanel(viewType, title);
    fake.panels.push(panel);
    return panel;
  },
  showSaveDialog: async () => fake.saveDialog,
  showOpenDialog: async () => fake.openDialog && [fake.openDialog],
  tabGroups: { all: [] as { tabs: { input: unknown }[] }[] },
  async showTextDocument(document: FakeDocument) {
    const editor = editorOf(document);
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
  async showQuickPick<T extends { readonly label: string }>(items: readonly T[]): Promise<T | undefined> {
    fake.lists.push(items.map(({ label }) => label));
    const wanted = fake.picks.shift();
    return items.find(({ label }) => wanted !== undefined && label.includes(wanted));
  },
};

export const workspace = {
  isTrusted: true,
  onDidChangeTextDocument: events.changedText.event,
  onDidCloseTextDocument: events.closed.event,
  onDidRenameFiles: events.renamed.event,
  onDidGrantWorkspaceTrust: events.trusted.event,
  async applyEdit(edit: WorkspaceEdit) {
    fake.edits.push(edit);
    return true;
  },
  get textDocuments() {
    return fake.documents;
  },
  getWorkspaceFolder(uri: URI): { readonly uri: URI } | undefined {
    const folder = fake.folders.find((each) => uri.path.startsWith(`${each}/`));
    return folder === undefined ? undefined : { uri: URI.file(folder) };
  },
  async openTextDocument(uri: URI | { readonly language: string; readonly content: string }): Promise<FakeDocument> {
    if ('content' in uri) {
      return documentAt('untitled:Untitled-1', { languageId: uri.language, text: uri.content, isUntitled: true });
    }
    const document = fake.documents.find((each) => each.uri.toString() === uri.toString());
    if (!document) throw new Error(`cannot open ${uri}`);
    return document;
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
      return { size: (await workspace.fs.readFile(uri)).length };
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
    async delete(uri: URI) {
      fake.deleted.push(uri.path);
    },
  },
  registerFileSystemProvider(_scheme: string, provider: unknown) {
    registered.push(provider);
    return new Disposable(() => undefined);
  },
};

/** File system providers. */
export const registered: unknown[] = [];

export const env = {
  clipboard: {
    async writeText(text: string): Promise<void> {
      fake.clipboard = text;
    },
  },
  openExternal: async () => true,
};

export const commands = {
  async executeCommand(name: string, ...rest: readonly unknown[]): Promise<void> {
    if (name === 'setContext') {
      fake.context[String(rest[0])] = rest[1];
      return;
    }
    fake.executed.push(name);
    fake.arguments.push(rest);
  },
};

export const languages = {
  getDiagnostics: () => fake.diagnostics,
  onDidChangeDiagnostics: events.diagnosed.event,
};

export const extensions = {
  getExtension: () => fake.git && { activate: async () => fake.git },
};
