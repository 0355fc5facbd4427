import { afterEach, describe, expect, it } from 'vitest';
import {
  DiagnosticRefreshRequest,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  PublishDiagnosticsNotification,
} from 'vscode-languageserver/node';
import { deferred } from '../deferred.ts';
import { type Editor, editorInProcess } from '../editor.ts';
import { serverHost, URI } from '../hosts.ts';

const TEXT = '---\nfps: fast\nvae: mine\n---\na fox <lora:cats:1>\n';
const ALONE = ['travel/setting-type'];

let editor: Editor | null = null;
afterEach(() => editor?.connection.dispose());

/** A server whose model folders are listed when `listed` is resolved; only then a VAE is found, and no LoRA. */
function serverWithSlowLibrary() {
  const listed = deferred<undefined>();
  const files = { models: { vae: [] as string[] } };
  const host = serverHost(files);
  const server = editorInProcess({
    ...host,
    configure: async () => {
      await listed.promise;
      files.models.vae.push('mine');
      return [];
    },
  });
  editor = server;
  return { server, listed };
}

const codesOf = (report: DocumentDiagnosticReport) => ('items' in report ? report.items.map(({ code }) => code) : null);

describe('until the model folders are listed', () => {
  it('an editor that pulls gets the problems of the text at once, and then is asked to pull again', async () => {
    const { server, listed } = serverWithSlowLibrary();
    const refreshed = deferred<undefined>();
    server.connection.onRequest(DiagnosticRefreshRequest.type, () => refreshed.resolve(undefined));
    await server.initialize({
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true } },
    });
    await server.open(URI, TEXT);
    const pull = () => server.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: URI } });
    expect(codesOf(await pull())).toEqual(ALONE);
    listed.resolve(undefined);
    await refreshed.promise;
    expect(codesOf(await pull())).toEqual([...ALONE, 'travel/unknown-lora']);
  });

  it('an editor that pulls once waits for all of them', async () => {
    const { server, listed } = serverWithSlowLibrary();
    await server.initialize();
    await server.open(URI, TEXT);
    const pulled = server.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: URI } });
    listed.resolve(undefined);
    expect(codesOf(await pulled)).toEqual([...ALONE, 'travel/unknown-lora']);
  });

  it('an editor that is sent problems gets those of the text first', async () => {
    const { server, listed } = serverWithSlowLibrary();
    const [first, second] = [deferred<unknown[]>(), deferred<unknown[]>()];
    let count = 0;
    server.connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) =>
      (count++ === 0 ? first : second).resolve(diagnostics.map(({ code }) => code)),
    );
    await server.initialize({});
    await server.open(URI, TEXT);
    expect(await first.promise).toEqual(ALONE);
    listed.resolve(undefined);
    expect(await second.promise).toEqual([...ALONE, 'travel/unknown-lora']);
  });
});
