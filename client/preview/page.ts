import * as l10n from '@vscode/l10n';
import {
  type Disposable,
  type Event,
  EventEmitter,
  type LogOutputChannel,
  l10n as translations,
  Uri,
  type ViewColumn,
  type Webview,
  window,
} from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import { type HostMessage, PageMessage } from '../../protocol/preview.ts';
import { textLanguage } from '../l10n.ts';
import { pageHtml } from './page-html.ts';

/** How long a page may take to come up, in milliseconds. */
const READY_MS = 10_000;

/** What a page asks of its host. */
export type PageRequest = Exclude<PageMessage, { readonly type: 'ready' | 'error' }>;

/** Where a page is shown: a panel or a custom editor. */
export interface PagePlace {
  readonly webview: Webview;
  readonly visible: boolean;
  readonly viewColumn?: ViewColumn | undefined;
  reveal(viewColumn?: ViewColumn, preserveFocus?: boolean): void;
  readonly onDidChangeViewState: Event<unknown>;
  readonly onDidDispose: Event<void>;
}

/**
 * The preview page in a webview. It is loaded whenever it becomes visible, and then says that it is ready; what is sent
 * while it does not listen is dropped, because `onReady` sends everything.
 */
export class Page implements Disposable {
  readonly #place: PagePlace;
  readonly #folder: Uri;
  readonly #log: LogOutputChannel;
  readonly #ready = new EventEmitter<void>();
  /** The page listens, for the first time or again. */
  readonly onReady = this.#ready.event;
  readonly #message = new EventEmitter<PageRequest>();
  /** What the page sends, checked. */
  readonly onMessage = this.#message.event;
  readonly #subscriptions: Disposable[];
  #isReady = false;
  #timer: NodeJS.Timeout | number | undefined;

  /** @param extension the extension's folder */
  constructor(place: PagePlace, extension: Uri, log: LogOutputChannel) {
    this.#place = place;
    this.#folder = Uri.joinPath(extension, 'dist');
    this.#log = log;
    place.webview.options = { enableScripts: true, localResourceRoots: [this.#folder] };
    this.#subscriptions = [
      place.webview.onDidReceiveMessage((value: unknown) => this.#receive(value)),
      place.onDidChangeViewState(() => this.#visibilityChanged()),
      place.onDidDispose(() => this.dispose()),
    ];
    this.load();
  }

  /** Whether the page is visible and listens. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Loads the page anew. */
  load(): void {
    this.#isReady = false;
    const { webview } = this.#place;
    const address = (name: string) => webview.asWebviewUri(Uri.joinPath(this.#folder, name)).toString();
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      script: address('preview.js'),
      style: address('preview.css'),
      nonce: crypto.randomUUID().replaceAll('-', ''),
      language: textLanguage(),
      strings: translations.bundle ?? {},
    });
    this.#expect();
  }

  /** Sends a message if the page listens. */
  post(message: HostMessage): void {
    if (!this.#isReady) return;
    this.#place.webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#log.error(`The preview could not be sent “${message.type}”: ${messageOf(error)}`);
    });
  }

  /** Moves the keyboard to the page. */
  focus(): void {
    this.#place.reveal(this.#place.viewColumn, false);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#isReady = false;
    for (const each of this.#subscriptions.splice(0)) each.dispose();
    this.#ready.dispose();
    this.#message.dispose();
  }

  #receive(value: unknown): void {
    const message = PageMessage.safeParse(value);
    if (!message.success) {
      this.#log.error(`The preview sent a message that cannot be read: ${message.error.message}`);
      return;
    }
    if (message.data.type === 'error') {
      this.#log.error(`Preview: ${message.data.message}`);
      return;
    }
    if (message.data.type === 'ready') {
      clearTimeout(this.#timer);
      this.#isReady = true;
      this.#ready.fire();
      return;
    }
    this.#message.fire(message.data);
  }

  #visibilityChanged(): void {
    if (!this.#place.visible) {
      // VS Code unloads a page that is hidden.
      clearTimeout(this.#timer);
      this.#isReady = false;
    } else if (!this.#isReady) this.#expect();
  }

  #expect(): void {
    clearTimeout(this.#timer);
    if (this.#place.visible) this.#timer = setTimeout(() => void this.#reportAbsence(), READY_MS);
  }

  async #reportAbsence(): Promise<void> {
    const [reload, showLog] = [l10n.t('Reload'), l10n.t('Show Log')];
    this.#log.error(`The preview did not load within ${READY_MS / 1000} seconds.`);
    const why = l10n.t('The preview did not load within {0} seconds.', READY_MS / 1000);
    const chosen = await window.showErrorMessage(why, reload, showLog);
    if (chosen === reload && this.#subscriptions.length > 0) this.load();
    if (chosen === showLog) this.#log.show(true);
  }
}
