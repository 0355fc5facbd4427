import './l10n.ts';
import { type ExtensionContext, Uri, workspace } from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { registerCommands } from './commands.ts';
import { readThroughEditor } from './exchange/read-file.ts';
import { registerExchange } from './exchange/register.ts';
import { clientOptions, startLanguage } from './language.ts';
import { createLog } from './log.ts';
import type { Previews } from './preview/previews.ts';
import { registerPreviews } from './preview/register-previews.ts';
import { answerFileRequests } from './web-files.ts';

/** The browser's Worker: the project is type-checked with Node's, which differs. */
declare const Worker: new (script: string) => EndableWorker;
type EndableWorker = Worker & { terminate(): void };

/** Entry in a browser without a remote machine: the language server is a worker, and rendering is not available. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const script = Uri.joinPath(context.extensionUri, 'dist/web/server.js');
  let worker: EndableWorker | null = null;
  const startWorker = async () => {
    // Read through VS Code, because a worker cannot be started from every address that an extension may have.
    const code = new Blob([new Uint8Array(await workspace.fs.readFile(script))], { type: 'text/javascript' });
    worker?.terminate();
    worker = new Worker(URL.createObjectURL(code));
    // A reader and a writer, because the client library does not recognize VS Code's workers.
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  const client = new LanguageClient('travel', 'Prompt Travel', startWorker, clientOptions(log, 'browser'));
  answerFileRequests(client, context.extensionUri);
  registerCommands(context, Promise.resolve(client), log);
  let started: Promise<Previews> | undefined;
  const startPreviews = async () => {
    const [{ Previews }, { PreviewServer }] = await Promise.all([
      import('./preview/previews.ts'),
      import('./preview/preview-server.ts'),
    ]);
    const services = { server: new PreviewServer(client), log, renders: null };
    return new Previews(services, context.extensionUri, context.workspaceState);
  };
  const previews = () => {
    started ??= startPreviews();
    return started;
  };
  context.subscriptions.push(
    log,
    { dispose: () => worker?.terminate() },
    ...registerPreviews(previews),
    ...registerExchange(Promise.resolve(client), async () => readThroughEditor),
  );
  void startLanguage(context, client, log);
}
