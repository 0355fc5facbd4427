import type { URI } from 'vscode-uri';
import { EventEmitter } from './values.ts';

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
