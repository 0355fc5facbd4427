import * as l10n from '@vscode/l10n';
import { commands, type ExtensionContext, type LogOutputChannel, type Uri, window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { messageOf } from '../../plan/message-of.ts';
import { LocalEngine } from '../../rendering/local-engine.ts';
import { hasProgress } from '../../rendering/unfinished.ts';
import { machine } from '../machine.ts';
import type { RenderJobs } from '../render/jobs.ts';
import type { PreviewServices } from './document-preview.ts';
import { DocumentRenders, type RenderServices } from './document-renders.ts';
import { FormerPlaces } from './former-places.ts';
import { compareWithHead } from './head-comparison.ts';
import { PreviewServer } from './preview-server.ts';
import { Previews } from './previews.ts';
import { actOnRender } from './render-actions.ts';
import { RenderedFileEditor } from './rendered-file-editor.ts';
import { RenderedFiles } from './rendered-files.ts';
import { Stars } from './stars.ts';

/** A process that reads what files hold ends soon after the last one. */
const READER_IDLE_MS = 30_000;

export interface PreviewsOnMachine {
  readonly previews: Previews;
  readonly renderedFiles: RenderedFileEditor;
  /** Opens the preview of a file and compares it with the last commit. */
  compareWithHead(target?: Uri): Promise<void>;
}

/** The previews of a window on a computer that renders. */
export function startPreviews(
  context: ExtensionContext,
  client: BaseLanguageClient,
  jobs: RenderJobs,
  log: LogOutputChannel,
): PreviewsOnMachine {
  const server = new PreviewServer(client);
  // A process of its own, because the one that renders does nothing else meanwhile.
  const reader = new LocalEngine({
    entry: context.asAbsolutePath('dist/engine.js'),
    // Hints that were made for the preview are not made again by a render.
    cacheFolder: jobs.cacheFolder,
    machine,
    idleMs: READER_IDLE_MS,
  });
  const files = new RenderedFiles((path) => reader.extract(path));
  const renders: RenderServices = {
    jobs,
    files,
    server,
    stars: new Stars(context.workspaceState),
    formerPlaces: new FormerPlaces(context.workspaceState),
    hasProgress: (plan) => hasProgress(jobs.cacheFolder, plan),
    convert: (request) => reader.convert(request),
    log,
  };
  const services: PreviewServices = {
    server,
    log,
    renders: {
      of: (document, name, post) => new DocumentRenders(document, name, renders, post),
      act: actOnRender,
      inputPictures: (request) => reader.inputPictures(request),
      watch(watching) {
        jobs
          .watch(watching)
          .catch((error: unknown) => log.error(`Pictures of the render cannot be shown: ${messageOf(error)}`));
      },
    },
  };
  const previews = new Previews(services, context.extensionUri, context.workspaceState);
  const renderedFiles = new RenderedFileEditor(files, context.extensionUri, services);
  context.subscriptions.push(previews, renderedFiles, { dispose: () => reader.stop() });
  return {
    previews,
    renderedFiles,
    async compareWithHead(target) {
      await previews.open(target);
      const { shown } = previews;
      if (!shown) {
        void window.showWarningMessage(l10n.t('Open the .travel file to compare and try again.'));
        return;
      }
      try {
        await compareWithHead(shown, server);
      } catch (error) {
        const log = l10n.t('Show Log');
        if ((await window.showErrorMessage(messageOf(error), log)) === log) {
          await commands.executeCommand('travel.showLog');
        }
      }
    },
  };
}
