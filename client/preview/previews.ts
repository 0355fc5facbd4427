import * as l10n from '@vscode/l10n';
import {
  commands,
  type Disposable,
  env,
  type Memento,
  type TextDocument,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
  workspace,
} from 'vscode';
import * as z from 'zod/mini';
import type { PreviewState } from '../../protocol/preview.ts';
import { isEdited, LANGUAGE } from '../language-id.ts';
import { openDocument } from '../render/open-document.ts';
import { DocumentPreview, type PreviewServices } from './document-preview.ts';
import { Page } from './page.ts';
import { answerPage } from './page-requests.ts';
import { PREVIEW } from './view-types.ts';

const NO_FILE: PreviewState = { kind: 'no-file' };

const STATE_KEY = 'travel.preview';

/** What survives a restart. Another version of the extension may have written it. */
const Stored = z.catch(z.object({ document: z.nullable(z.string()), locked: z.boolean() }), {
  document: null,
  locked: false,
});

/** The preview of a window: one panel, which follows the active `.travel` file or is locked to one. */
export class Previews implements Disposable, WebviewPanelSerializer {
  readonly #services: PreviewServices;
  readonly #extension: Uri;
  readonly #state: Memento;
  readonly #subscriptions: Disposable[];
  #panel: WebviewPanel | null = null;
  #page: Page | null = null;
  #shown: DocumentPreview | null = null;
  /** The document was closed while nobody looked. */
  #isClosed = false;
  #locked = false;
  /** In pixels of the longer side; null until the page knows. */
  #shownSide: number | null = null;

  /** @param extension the extension's folder. @param state of the workspace */
  constructor(services: PreviewServices, extension: Uri, state: Memento) {
    this.#services = services;
    this.#extension = extension;
    this.#state = state;
    this.#subscriptions = [
      window.onDidChangeActiveTextEditor((editor) => {
        if (this.#panel && !this.#locked && editor) this.#follow(editor.document);
      }),
      workspace.onDidCloseTextDocument((document) => {
        if (document !== this.#shown?.document) return;
        if (this.#page?.isReady) void this.#reopen(document.uri);
        else this.#isClosed = true;
      }),
      workspace.onDidRenameFiles(({ files }) => {
        const own = this.#shown?.document.uri.toString();
        const renamed = files.find(({ oldUri }) => oldUri.toString() === own);
        if (renamed) void this.#reopen(renamed.newUri);
      }),
    ];
  }

  /** The preview of the shown file; null if there is none. */
  get shown(): DocumentPreview | null {
    return this.#shown;
  }

  /**
   * Opens the preview to the side, or shows it; the keyboard stays where it is.
   * @param target the file to preview; by default the one that is open
   */
  async open(target?: Uri): Promise<void> {
    const wanted = target && (await workspace.openTextDocument(target));
    const document = wanted && isEdited(wanted) ? wanted : await openDocument();
    if (this.#panel) {
      this.#panel.reveal(undefined, true);
      if (document) this.#show(document);
      return;
    }
    this.#locked = false;
    const place = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    this.#adopt(window.createWebviewPanel(PREVIEW, l10n.t('Preview'), place));
    this.#show(document?.languageId === LANGUAGE ? document : null);
  }

  /** After a reload or a restart. The page restores its own arrangement. */
  async deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    const { document, locked } = Stored.parse(this.#state.get(STATE_KEY));
    this.#locked = locked;
    this.#adopt(panel);
    this.#title();
    if (document !== null) await this.#reopen(Uri.parse(document));
    else this.#show((await openDocument()) ?? null);
    this.#shown?.keepPlayhead();
  }

  toggleLock(): void {
    if (!this.#panel) return;
    this.#locked = !this.#locked;
    this.#store();
    this.#title();
    this.#shown?.sendState();
    const active = window.activeTextEditor?.document;
    if (!this.#locked && active) this.#follow(active);
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: WebviewPanel): void {
    this.#panel = panel;
    const icon = (theme: 'light' | 'dark') => Uri.joinPath(this.#extension, 'media', `travel-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const page = new Page(panel, this.#extension, this.#services.log);
    this.#page = page;
    page.onReady(() => this.#sendAll());
    page.onMessage((message) => {
      if (message.type === 'shownSize') {
        this.#shownSide = message.longestSide;
        this.#watch();
      } else void answerPage(message, this.#shown, this.#services);
    });
    panel.onDidChangeViewState(() => this.#viewChanged());
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#page = null;
      this.#shown?.dispose();
      this.#shown = null;
      this.#viewChanged();
    });
    this.#viewChanged();
  }

  #viewChanged(): void {
    const visible = this.#panel?.visible ?? false;
    void commands.executeCommand('setContext', 'travel.previewVisible', visible);
    void commands.executeCommand('setContext', 'travel.previewFocus', this.#panel?.active ?? false);
    this.#watch();
  }

  /** On this computer frames have their full size, also while they are shown in a small pane. */
  #watch(): void {
    const longestSide = env.remoteName === undefined ? null : this.#shownSide;
    this.#services.renders?.watch(this.#panel?.visible ? { longestSide } : null);
  }

  #follow(document: TextDocument): void {
    if (document.languageId === LANGUAGE && isEdited(document)) this.#show(document);
  }

  #show(document: TextDocument | null): void {
    const page = this.#page;
    if (!page) return;
    this.#isClosed = false;
    if (this.#shown && document === this.#shown.document) return;
    const before = this.#shown;
    before?.dispose();
    this.#shown = document && new DocumentPreview(document, this.#services, page, () => this.#locked);
    this.#store();
    this.#title();
    // A page of another file would mix both; one of the same file, opened again, keeps its pictures.
    if (before && before.document.uri.toString() !== document?.uri.toString()) page.load();
    else this.#sendAll();
  }

  #sendAll(): void {
    if (this.#isClosed && this.#shown) void this.#reopen(this.#shown.document.uri);
    else if (this.#shown) this.#shown.sendAll();
    else this.#page?.post({ type: 'state', name: null, subject: 'text', locked: this.#locked, state: NO_FILE });
  }

  /** Opens a file without an editor; without the file, nothing is shown. */
  async #reopen(uri: Uri): Promise<void> {
    const document = await workspace.openTextDocument(uri).then(
      (opened) => (opened.languageId === LANGUAGE ? opened : null),
      () => null,
    );
    this.#show(document);
  }

  #store(): void {
    const document = this.#shown?.document.uri.toString() ?? null;
    void this.#state.update(STATE_KEY, { document, locked: this.#locked });
  }

  #title(): void {
    if (!this.#panel) return;
    const name = this.#shown?.name ?? '';
    this.#panel.title = (this.#locked ? l10n.t('[Preview] {0}', name) : l10n.t('Preview {0}', name)).trim();
  }
}
