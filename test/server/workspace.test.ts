import { describe, expect, it, onTestFinished } from 'vitest';
import {
  ConfigurationRequest,
  DiagnosticRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticRequest,
  FileChangeType,
  type FileEvent,
  HoverRequest,
} from 'vscode-languageserver/node';
import type { ServerHost, WildcardFolders } from '../../server/hosts/server-host.ts';
import { type Editor, editorInProcess } from './editor.ts';
import { serverHost, travelEnvironment } from './hosts.ts';

function newEditor(host: ServerHost): Editor {
  const editor = editorInProcess(host);
  onTestFinished(() => editor.connection.dispose());
  return editor;
}

describe('file events', () => {
  it('cause one scan and one refresh, however many come', async () => {
    let scans = 0;
    const editor = newEditor({
      ...serverHost(),
      async rescan() {
        scans++;
        return [];
      },
    });
    let refreshes = 0;
    let next: (() => void) | undefined;
    const refreshed = () => new Promise<void>((resolve) => (next = resolve));
    editor.connection.onRequest(DiagnosticRefreshRequest.type, () => {
      refreshes++;
      next?.();
    });
    const configured = refreshed();
    await editor.initialize({
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true } },
    });
    await configured;
    const flood = async (count: number) => {
      const after = refreshed();
      for (let i = 0; i < count; i++) {
        const changes: FileEvent[] = [{ uri: `file:///models/m${i}.safetensors`, type: FileChangeType.Created }];
        await editor.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes });
      }
      await after;
    };
    await flood(500);
    expect([scans, refreshes]).toEqual([1, 2]);
    // By the refresh of another event, further refreshes of the flood would have come.
    await flood(1);
    expect([scans, refreshes]).toEqual([2, 3]);
  });
});

describe('settings', () => {
  /** A host whose wildcard `folder` is one of the document's wildcard folders. */
  function foldersHost(): ServerHost {
    let foldersOf: WildcardFolders = async () => [];
    return {
      ...serverHost(),
      async configure(_, of) {
        foldersOf = of ?? foldersOf;
        return [];
      },
      async settle(uri, work) {
        const folders = await foldersOf(uri);
        return work({ ...travelEnvironment(), wildcard: (name) => (name === 'folder' ? folders : null) });
      },
    };
  }

  it('are asked for each document, and again when they change', async () => {
    const editor = newEditor(foldersHost());
    const settings: Record<string, string> = { 'file:///a/': 'of-a', 'file:///b/': 'of-b' };
    editor.connection.onRequest(ConfigurationRequest.type, ({ items }) =>
      items.map(({ scopeUri }) => {
        const folder = Object.keys(settings).find((root) => scopeUri?.startsWith(root));
        return { wildcardFolders: [folder === undefined ? 'of-all' : settings[folder]] };
      }),
    );
    await editor.initialize({ textDocument: { diagnostic: {} }, workspace: { configuration: true } });
    const shown = async (uri: string) => {
      const textDocument = { uri };
      const position = { line: 0, character: 5 };
      return JSON.stringify(await editor.connection.sendRequest(HoverRequest.type, { textDocument, position }));
    };
    const uris = ['file:///a/x.travel', 'file:///b/x.travel', 'file:///c/x.travel'];
    for (const uri of uris) await editor.open(uri, '0: __folder__\n');
    await expect.poll(() => shown(uris[0]!)).toContain('of-a');
    expect(await shown(uris[1]!)).toContain('of-b');
    expect(await shown(uris[2]!)).toContain('of-all');
    settings['file:///b/'] = 'another';
    await editor.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    await expect.poll(() => shown(uris[1]!)).toContain('another');
    expect(await shown(uris[0]!)).toContain('of-a');
  });
});

describe('URIs that editors should not send', () => {
  const WEIRD = [
    'file://host/share/a.travel',
    'file:////x/a.travel',
    'file:///a%2Fb.travel',
    'file:///100%.travel',
    'file:///%.travel',
    'file:///%00.travel',
    'untitled:%',
    '::',
    '1x:abc',
    'a.travel',
  ];

  it('have diagnostics, and so has every other document', async () => {
    const editor = newEditor(serverHost());
    await editor.initialize();
    const codes = async (uri: string) => {
      const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
      return report.kind === 'full' ? report.items.map(({ code }) => code) : [];
    };
    for (const uri of [...WEIRD, 'file:///a.travel']) await editor.open(uri, '99: a\n');
    for (const uri of [...WEIRD, 'file:///a.travel']) expect(await codes(uri), uri).toContain('travel/key-beyond-end');
  });
});
