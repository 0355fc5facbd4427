import { stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import {
  type CancellationToken,
  type CustomDocument,
  type CustomDocumentOpenContext,
  type CustomReadonlyEditorProvider,
  commands,
  type Disposable,
  Uri,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import { shownFrames } from '../../plan/interpolation.ts';
import { messageOf } from '../../plan/message-of.ts';
import type { ExtractResult } from '../../protocol/engine.ts';
import type { PreviewState } from '../../protocol/preview.ts';
import { SOURCES } from '../language-id.ts';
import { clipContent } from './clip-content.ts';
import { DocumentPreview, type PreviewServices } from './document-preview.ts';
import { Page, type PageRequest } from './page.ts';
import { answerPage } from './page-requests.ts';
import { openSource } from './render-actions.ts';
import { clipOf, nameOf, type RenderedFiles, stoppedOf } from './rendered-files.ts';

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

/** Opens a rendered file with the preview: its clip, and the timeline of its source, which it gives back. */
export class RenderedFileEditor implements CustomReadonlyEditorProvider, Disposable {
  readonly #files: RenderedFiles;
  readonly #extension: Uri;
  readonly #services: PreviewServices;
  /** By the URI of the document that has it. */
  readonly #sources = new Map<string, string>();
  readonly #provider: Disposable;
  /** The file that has the focus, or had it last. */
  #active: RenderedFileDocument | null = null;

  /** @param extension the extension's folder */
  constructor(files: RenderedFiles, extension: Uri, services: PreviewServices) {
    this.#files = files;
    this.#extension = extension;
    this.#services = { ...services, renders: null };
    this.#provider = workspace.registerTextDocumentContentProvider(SOURCES, {
      provideTextDocumentContent: (uri) => this.#sources.get(uri.toString()) ?? '',
    });
  }

  async openCustomDocument(
    uri: Uri,
    _context: CustomDocumentOpenContext,
    _token: CancellationToken,
  ): Promise<RenderedFileDocument> {
    const { mtimeMs } = await stat(uri.fsPath);
    return new RenderedFileDocument(uri, await this.#files.stored(uri.fsPath, mtimeMs));
  }

  async resolveCustomEditor(document: CustomDocument, panel: WebviewPanel): Promise<void> {
    if (!(document instanceof RenderedFileDocument)) throw new Error(`${document.uri} was not opened by this editor.`);
    this.#active = document;
    const page = new Page(panel, this.#extension, this.#services.log);
    let preview: DocumentPreview | null = null;
    let isDisposed = false;
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#active = document;
    });
    panel.onDidDispose(() => {
      isDisposed = true;
      preview?.dispose();
      if (this.#active === document) this.#active = null;
    });
    const { uri, stored } = document;
    if (stored.ok) preview = await this.#previewOf(uri, stored, page);
    if (isDisposed) {
      preview?.dispose();
      return;
    }
    const send = () =>
      sendClip(document, preview, page).catch((error: unknown) => window.showErrorMessage(messageOf(error)));
    page.onReady(() => void send());
    page.onMessage((message) => void this.#answer(preview, message));
    if (page.isReady) void send();
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

  dispose(): void {
    this.#provider.dispose();
  }

  async #previewOf(
    file: Uri,
    stored: Extract<ExtractResult, { readonly ok: true }>,
    page: Page,
  ): Promise<DocumentPreview> {
    const uri = Uri.from({ scheme: SOURCES, path: `${file.path}.travel` });
    this.#sources.set(uri.toString(), stored.source);
    const source = await workspace.openTextDocument(uri);
    return new DocumentPreview(source, this.#services, page, () => true, stateOf(stored));
  }

  async #offerSource(): Promise<void> {
    const open = l10n.t('Open Source');
    const message = l10n.t(
      'The keyframes of a rendered file cannot be changed. Open its source, and change them there.',
    );
    if ((await window.showInformationMessage(message, open)) === open) await this.openSource();
  }

  async #answer(preview: DocumentPreview | null, message: PageRequest): Promise<void> {
    const renders = message.type === 'command' && (message.command === 'render' || message.command === 'draft');
    if (renders) await commands.executeCommand('travel.renderAgain');
    else if (message.type === 'clip' && message.action === 'openSource') await this.openSource();
    // The clip would no longer be what its timeline shows.
    else if (message.type === 'edit') await this.#offerSource();
    // It has nothing that was changed.
    else if (message.type === 'command' && ['undo', 'redo', 'save'].includes(message.command)) return;
    // The pictures of a file have one size.
    else if (message.type !== 'shownSize') await answerPage(message, preview, this.#services);
  }
}

function stateOf(stored: ExtractResult): PreviewState {
  if (!stored.ok) return { kind: 'failed', message: stored.message, resumable: false };
  const plan = stored.plan.ok ? stored.plan.plan : null;
  const stopped = plan && stoppedOf(plan);
  const parts = plan ? [framesText(shownFrames(plan.output)), l10n.t('seed {0}', plan.sampling.seed)] : [];
  if (stopped) parts.push(l10n.t('stopped after step {0} of {1}', stopped.after, stopped.of));
  const summary = parts.join(', ');
  return { kind: 'done', summary, outdated: [] };
}

const framesText = (count: number) => (count === 1 ? l10n.t('1 frame') : l10n.t('{0} frames', count));

async function sendClip(
  { uri, stored }: RenderedFileDocument,
  preview: DocumentPreview | null,
  page: Page,
): Promise<void> {
  const name = nameOf(uri.fsPath);
  if (preview) preview.sendAll();
  else page.post({ type: 'state', name, subject: 'render', locked: true, state: stateOf(stored) });
  const fps = stored.ok && stored.plan.ok ? stored.plan.plan.output.fps : USUAL_FPS;
  const content = await clipContent(await clipOf(uri.fsPath), fps);
  page.post({ type: 'clip', side: 'a', id: uri.fsPath, label: name, content });
}
