import { type Disposable, type LogOutputChannel, languages, type TextDocument, window, workspace } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import type { InputPicturesRequest, InputPicturesResult, Watching } from '../../protocol/engine.ts';
import { MISSING_MODEL } from '../../protocol/missing-model.ts';
import type { HostMessage, PageMessage, PreviewState } from '../../protocol/preview.ts';
import type { TimelineAnswer } from '../../protocol/timeline.ts';
import { documentName } from '../document-name.ts';
import type { DocumentRenders } from './document-renders.ts';
import { InputFeed } from './input-feed.ts';
import type { Page } from './page.ts';
import type { PreviewServer } from './preview-server.ts';
import { previewState } from './preview-state.ts';
import { changeHistory, frameAtLine } from './text-sync.ts';
import { TimelineFeed } from './timeline-feed.ts';

/** What previews need of the window they are in. */
export interface PreviewServices {
  readonly server: PreviewServer;
  readonly log: LogOutputChannel;
  /** null in a browser, which cannot render. */
  readonly renders: RenderHost | null;
}

/** The renders of this computer. */
export interface RenderHost {
  of(document: TextDocument, name: string, post: (message: HostMessage) => void): DocumentRenders;
  /** Does something with a finished render. @throws Error with a message for the user */
  act(renders: DocumentRenders, document: TextDocument, path: string, action: ClipAction): Promise<void>;
  /** Which pictures of a running render are wanted. */
  watch(watching: Watching): void;
  /** Source frames and hints. */
  inputPictures(request: Omit<InputPicturesRequest, 'cacheFolder' | 'ffmpeg'>): Promise<InputPicturesResult>;
}

export type ClipAction = Extract<PageMessage, { readonly type: 'clip' }>['action'];

/** In a browser, and for a rendered file. */
const NO_RENDERS: DocumentRenders['sources'] = {
  jobs: [],
  isReconnecting: false,
  withoutProgress: new Set(),
  lastRender: null,
  outdated: [],
};

/** Everything that a page shows of one document, kept up to date while the page listens. */
export class DocumentPreview implements Disposable {
  readonly document: TextDocument;
  readonly renders: DocumentRenders | null;
  /** Without folder and extension. */
  readonly name: string;
  readonly #services: PreviewServices;
  readonly #page: Pick<Page, 'isReady' | 'post' | 'focus'>;
  readonly #isLocked: () => boolean;
  readonly #fixedState: PreviewState | null;
  readonly #feed: TimelineFeed;
  /** null: files are not read. */
  readonly #inputs: InputFeed | null;
  readonly #subscriptions: Disposable[];
  #answer: TimelineAnswer = null;
  #hasRun = false;
  #sentState: string | null = null;
  #sentCursor: number | null = null;
  #keepsPlayhead = false;
  #inspected: number | null = null;
  #step: number | null = null;
  /** The last change of the history; the next one waits for it. */
  #history: Promise<void> = Promise.resolve();

  /** @param fixedState the state of what never changes, as a rendered file; null: that of the document's renders */
  constructor(
    document: TextDocument,
    services: PreviewServices,
    page: Pick<Page, 'isReady' | 'post' | 'focus'>,
    isLocked: () => boolean,
    fixedState: PreviewState | null = null,
  ) {
    this.document = document;
    this.#fixedState = fixedState;
    this.name = documentName(document.uri);
    this.#services = services;
    this.#page = page;
    this.#isLocked = isLocked;
    const { server, log } = services;
    this.#feed = new TimelineFeed(
      document,
      () => server.timeline(document),
      (answer) => this.#received(answer),
      (error) => log.error(`The timeline of ${this.name} cannot be shown: ${messageOf(error)}`),
    );
    this.renders = services.renders?.of(document, this.name, (message) => page.post(message)) ?? null;
    const { renders: host } = services;
    this.#inputs =
      host &&
      new InputFeed({
        // What a folder that is not trusted names is not read.
        ask: async () => (workspace.isTrusted ? server.inputs(document) : null),
        make: (request) => host.inputPictures(request),
        post: (message) => page.post(message),
        fail: (error) => log.error(`The inputs of ${this.name} cannot be shown: ${messageOf(error)}`),
      });
    this.#hasRun = server.isRunning;
    this.#subscriptions = [
      workspace.onDidChangeTextDocument((change) => {
        if (this.#isThis(change.document)) this.#update();
      }),
      window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        if (!this.#isThis(textEditor.document)) return;
        // VS Code itself puts the cursor back where it was; a person, or a command, moves it.
        if (kind !== undefined) this.#keepsPlayhead = false;
        this.#sendCursor(selections[0]?.active.line ?? 0);
      }),
      languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => uri.toString() === document.uri.toString())) this.sendState();
      }),
      workspace.onDidGrantWorkspaceTrust(() => this.sendState()),
      server.onChange(() => this.#serverChanged()),
      ...(this.renders ? [this.renders.onDidChange(() => this.sendState())] : []),
    ];
  }

  /** The page knows where its playhead was: the cursor of the editor leads only once a person moves it. */
  keepPlayhead(): void {
    this.#keepsPlayhead = true;
  }

  /** Everything, for a page that listens now. */
  sendAll(): void {
    this.#sentState = null;
    this.sendState();
    if (this.#answer) this.#sendTimeline(this.#answer);
    this.#sendCursorOfEditor();
    this.renders?.sendAll();
    this.#inputs?.sendAll();
    this.#update();
  }

  /** The state, if it differs from the one that the page has. */
  sendState(): void {
    if (!this.#page.isReady) return;
    const state = this.#fixedState ?? this.#currentState();
    const subject = this.#fixedState ? 'render' : 'text';
    const message: HostMessage = { type: 'state', name: this.name, subject, locked: this.#isLocked(), state };
    const sent = JSON.stringify(message);
    if (sent === this.#sentState) return;
    this.#sentState = sent;
    this.#page.post(message);
  }

  #currentState(): PreviewState {
    const { document, renders } = this;
    const { server } = this.#services;
    const sources = renders?.sources ?? NO_RENDERS;
    return previewState({
      document: document.uri.toString(),
      canRender: renders !== null,
      isTrusted: workspace.isTrusted,
      missingModel: this.#missingModel(),
      ...sources,
      // Before the first start, nothing was connected.
      isReconnecting: sources.isReconnecting || (this.#hasRun && !server.isRunning),
    });
  }

  /** @param frame at which the playhead rests */
  async inspect(frame: number): Promise<void> {
    this.#inspected = frame;
    const details = await this.#services.server.frameDetails(this.document, frame);
    if (this.#inspected === frame) this.#page.post({ type: 'details', details });
  }

  async showStep(step: number): Promise<void> {
    this.#step = step;
    const windows = await this.#services.server.stepWindows(this.document, step);
    if (this.#step === step) this.#page.post({ type: 'stepWindows', step, windows });
  }

  /** @param numbers of source frames and hints that the page shows now */
  wantInputs(numbers: readonly number[]): void {
    this.#inputs?.want(numbers);
  }

  /** Undoes or redoes in the text, and moves the keyboard back to the page. */
  changeHistory(command: 'undo' | 'redo'): Promise<void> {
    const change = async () => {
      try {
        await changeHistory(this.document, command);
      } finally {
        this.#page.focus();
      }
    };
    this.#history = this.#history.then(change, change);
    return this.#history;
  }

  dispose(): void {
    this.#feed.dispose();
    this.#inputs?.dispose();
    for (const each of this.#subscriptions) each.dispose();
    this.renders?.dispose();
  }

  #isThis({ uri }: TextDocument): boolean {
    return uri.toString() === this.document.uri.toString();
  }

  /** Asks for the timeline, unless nobody looks; `sendAll` asks again. */
  #update(): void {
    if (this.#page.isReady && this.#services.server.isRunning) this.#feed.update();
  }

  #serverChanged(): void {
    this.#hasRun ||= this.#services.server.isRunning;
    this.sendState();
    this.#update();
  }

  #received(answer: NonNullable<TimelineAnswer>): void {
    this.#answer = answer;
    this.#sendTimeline(answer);
    this.#sendCursorOfEditor();
    this.renders?.checked(answer.outputFolder, answer.timeline.fps);
    void this.#inputs?.update();
    this.sendState();
  }

  #sendTimeline({ version, timeline }: NonNullable<TimelineAnswer>): void {
    this.#page.post({ type: 'timeline', version, timeline });
  }

  #sendCursorOfEditor(): void {
    const editor = window.visibleTextEditors.find((each) => this.#isThis(each.document));
    if (editor) this.#sendCursor(editor.selection.active.line);
  }

  #sendCursor(line: number): void {
    const frame = this.#answer && frameAtLine(this.#answer.timeline.keys, line);
    if (frame === null || frame === this.#sentCursor || !this.#page.isReady) return;
    this.#sentCursor = frame;
    if (!this.#keepsPlayhead) this.#page.post({ type: 'cursor', frame });
  }

  #missingModel(): string | null {
    const problem = languages.getDiagnostics(this.document.uri).find(({ code }) => {
      const value = typeof code === 'object' ? code.value : code;
      return typeof value === 'string' && MISSING_MODEL.test(value);
    });
    return problem?.message ?? null;
  }
}
