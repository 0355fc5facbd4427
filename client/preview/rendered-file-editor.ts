import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type CancellationToken,
  type CustomDocument,
  type CustomDocumentOpenContext,
  type CustomReadonlyEditorProvider,
  commands,
  EventEmitter,
  type LogOutputChannel,
  type Uri,
  type WebviewPanel,
  window,
} from 'vscode';
import type { ExtractResult } from '../../protocol/engine.ts';
import type { HostMessage } from '../../protocol/preview.ts';
import { messageOf } from '../log.ts';
import { clipContent } from './clip-content.ts';
import { offerToSaveFrame, saveFrame } from './frame-files.ts';
import { Page, type PageRequest } from './page.ts';
import { openSource } from './render-actions.ts';
import { nameOf, type RenderedFiles } from './rendered-files.ts';

/** Of files that do not say. */
const USUAL_FPS = 8;

export class RenderedFileDocument implements CustomDocument {
  readonly uri: Uri;
  readonly stored: ExtractResult;

  constructor(uri: Uri, stored: ExtractResult) {
    this.uri = uri;
    this.stored = stored;
  }

  dispose(): void {
    // Nothing is kept open.
  }
}

/** Opens a rendered file with the preview's player, and gives back its source. */
export class RenderedFileEditor implements CustomReadonlyEditorProvider {
  readonly #files: RenderedFiles;
  readonly #extension: Uri;
  readonly #log: LogOutputChannel;
  /** The one that has the focus, or had it last. */
  #active: RenderedFileDocument | null = null;

  constructor(files: RenderedFiles, extension: Uri, log: LogOutputChannel) {
    this.#files = files;
    this.#extension = extension;
    this.#log = log;
  }

  async openCustomDocument(
    uri: Uri,
    _context: CustomDocumentOpenContext,
    _token: CancellationToken,
  ): Promise<RenderedFileDocument> {
    const { mtimeMs } = await stat(uri.fsPath);
    return new RenderedFileDocument(uri, await this.#files.stored(uri.fsPath, mtimeMs));
  }

  resolveCustomEditor(document: CustomDocument, panel: WebviewPanel): void {
    if (!(document instanceof RenderedFileDocument)) throw new Error(`${document.uri} was not opened by this editor.`);
    const page = new Page(panel, this.#extension, this.#log);
    const closed = new EventEmitter<void>();
    this.#active = document;
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#active = document;
    });
    panel.onDidDispose(() => {
      if (this.#active === document) this.#active = null;
      closed.dispose();
    });
    const report = (error: unknown) => void window.showErrorMessage(messageOf(error));
    page.onReady(() => void send(document, (message) => page.post(message)).catch(report));
    page.onMessage((message) => void this.#answer(document, message).catch(report));
  }

  /** Opens the source of the active rendered file as an untitled file. @returns whether it has one */
  async openSource(): Promise<boolean> {
    if (!this.#active) return false;
    const { stored } = this.#active;
    if (!stored.ok) {
      void window.showErrorMessage(stored.message);
      return false;
    }
    await openSource(stored.source);
    return true;
  }

  async #answer(document: RenderedFileDocument, message: PageRequest): Promise<void> {
    const { uri } = document;
    if (message.type === 'saveFrame') await saveFrame(uri, nameOf(uri.fsPath), message.frame, message.png);
    if (message.type === 'copyFrame') await offerToSaveFrame(uri, nameOf(uri.fsPath), message.frame, message.png);
    if (message.type === 'clip' && message.action === 'reveal') await commands.executeCommand('revealFileInOS', uri);
    if (message.type === 'clip' && message.action === 'openSource') await this.openSource();
    if (message.type === 'command' && message.command === 'showLog') await commands.executeCommand('travel.showLog');
  }
}

async function send({ uri, stored }: RenderedFileDocument, post: (message: HostMessage) => void): Promise<void> {
  const plan = stored.ok && stored.plan.ok ? stored.plan.plan : null;
  const summary = plan ? `${plan.frames.length} frames, seed ${plan.sampling.seed}` : stored.ok ? '' : stored.message;
  const fps = plan?.output.fps ?? USUAL_FPS;
  post({
    type: 'state',
    name: basename(uri.fsPath),
    locked: true,
    state: { kind: 'done', summary, outdated: [] },
  });
  const content = await clipContent(uri.fsPath, fps);
  post({ type: 'clip', side: 'a', id: uri.fsPath, label: basename(uri.fsPath), content });
}
