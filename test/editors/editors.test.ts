import { afterEach, describe, expect, it } from 'vitest';
import { CompletionRequest, type Diagnostic, HoverRequest } from 'vscode-languageserver/node';
import type { ServerHost } from '../../server/hosts/server-host.ts';
import { deferred } from '../server/deferred.ts';
import { serverHost, travelEnvironment, URI } from '../server/hosts.ts';
import { RECORDINGS, RecordedEditor } from './recorded-editor.ts';

const FOLDER = '/home/me/stable-diffusion-webui';

/**
 * `pulls`: requests diagnostics, instead of getting them pushed. Zed's setup in docs/editors.md has no model folder.
 */
const EXPECTED: Readonly<Record<string, { pulls: boolean; markdown: boolean; folders: readonly string[] }>> = {
  emacs: { pulls: false, markdown: false, folders: [FOLDER] },
  helix: { pulls: true, markdown: true, folders: [FOLDER] },
  'helix-25.01': { pulls: false, markdown: true, folders: [FOLDER] },
  neovim: { pulls: true, markdown: true, folders: [FOLDER] },
  zed: { pulls: true, markdown: true, folders: [] },
};

/** A computer that has the checkpoint `toonyou` while a model folder is configured. */
function computer(): { host: ServerHost; configured: (readonly string[])[]; firstConfigured: Promise<void> } {
  const configured: (readonly string[])[] = [];
  const first = deferred<void>();
  const host: ServerHost = {
    ...serverHost(),
    configure: async ({ modelFolders }) => {
      configured.push(modelFolders);
      first.resolve();
      return [];
    },
    settle: async (_uri, work) => work(travelEnvironment(configured.at(-1)?.length ? { models: TOONYOU } : {})),
    watched: () => [
      { folder: null, glob: '**/*.ckpt' },
      { folder: 'file:///home/me/stable-diffusion-webui', glob: '**/*.ckpt' },
    ],
  };
  return { host, configured, firstConfigured: first.promise };
}

const TOONYOU = { checkpoint: ['toonyou'], 'motion-module': ['mm'] };
const LINE = '😀 中文 $hero (red';
const EXAMPLE = `---\ncheckpoint: toonyou\ndefine: {hero: a cat}\n---\n${LINE}\n\n0: a\n`;

const UNKNOWN = 'travel/unknown-model';
const UNCLOSED = 'travel/unclosed-bracket';
const textDocument = { uri: URI };

const has = (code: string) => (shown: readonly Diagnostic[]) => shown.some((problem) => problem.code === code);
const hasNot = (code: string) => (shown: readonly Diagnostic[]) => !has(code)(shown);

const started: RecordedEditor[] = [];
afterEach(async () => {
  for (const recorded of started.splice(0)) await recorded.end();
});

function editorCalled(name: string, ...args: [ServerHost, { watches: boolean }?]) {
  const recorded = new RecordedEditor(RECORDINGS.get(name)!, ...args);
  started.push(recorded);
  return recorded;
}

it('has an expectation for every recorded editor', () => {
  expect([...RECORDINGS.keys()].sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(Object.entries(EXPECTED))('%s', (name, { pulls, markdown, folders }) => {
  it('sends its settings once, and shows the problems that they cause', async () => {
    const { host, configured, firstConfigured } = computer();
    const recorded = editorCalled(name, host);
    await recorded.start(EXAMPLE);
    expect(recorded.pulls).toBe(pulls);
    // Without a model folder, the problems before the settings arrive are those that they cause.
    await firstConfigured;
    await recorded.shown(folders.length > 0 ? hasNot(UNKNOWN) : has(UNKNOWN));
    expect(configured).toEqual([folders]);
  });

  it('shows other problems when its settings change, even if it cannot watch files', async () => {
    const recorded = editorCalled(name, computer().host, { watches: false });
    await recorded.start(EXAMPLE);
    await recorded.shown(folders.length > 0 ? hasNot(UNKNOWN) : has(UNKNOWN));
    await recorded.configure({ modelFolders: folders.length > 0 ? [] : [FOLDER] });
    await recorded.shown(folders.length > 0 ? has(UNKNOWN) : hasNot(UNKNOWN));
  });

  it('counts characters as the server does', async () => {
    const recorded = editorCalled(name, computer().host);
    const { capabilities } = await recorded.start(EXAMPLE);
    // The default is UTF-16, which every client has to support.
    expect(capabilities.positionEncoding ?? 'utf-16').toBe('utf-16');
    const shown = await recorded.shown(has(UNCLOSED));
    const at = LINE.indexOf('(');
    expect(shown.find(({ code }) => code === UNCLOSED)?.range).toEqual({
      start: { line: 4, character: at },
      end: { line: 4, character: at + 1 },
    });
  });

  it('gets markup that it can show', async () => {
    const recorded = editorCalled(name, computer().host);
    await recorded.start(EXAMPLE);
    const { connection } = recorded.editor;
    const hover = await connection.sendRequest(HoverRequest.type, {
      textDocument,
      position: { line: 1, character: 2 },
    });
    const kind = markdown ? 'markdown' : 'plaintext';
    expect(hover?.contents).toMatchObject({
      kind,
      value: expect.stringMatching(markdown ? /^\*\*c/ : /^checkpoint\n/),
    });
    const list = await connection.sendRequest(CompletionRequest.type, {
      textDocument,
      position: { line: 3, character: 0 },
    });
    const items = Array.isArray(list) ? list : (list?.items ?? []);
    expect(items.length).toBeGreaterThan(10);
    for (const { documentation, insertTextFormat } of items) {
      expect(documentation).toMatchObject({ kind });
      // No snippets: Emacs does not support them without yasnippet.
      expect(insertTextFormat).toBeUndefined();
    }
  });
});

describe('file watchers', () => {
  it('include the model folder if the editor can watch outside of the workspace', async () => {
    const recorded = editorCalled('helix', computer().host);
    await recorded.start(EXAMPLE);
    expect(await recorded.watched()).toEqual([
      { globPattern: '**/*.ckpt' },
      { globPattern: { baseUri: 'file:///home/me/stable-diffusion-webui', pattern: '**/*.ckpt' } },
    ]);
  });

  it('are registered once each if it cannot', async () => {
    const recorded = editorCalled('emacs', computer().host);
    await recorded.start(EXAMPLE);
    expect(await recorded.watched()).toEqual([{ globPattern: '**/*.ckpt' }]);
  });

  it('are in the log if they fail', async () => {
    const recorded = editorCalled('emacs', computer().host, { watches: false });
    await recorded.start(EXAMPLE);
    expect(await recorded.logged('Files cannot be watched')).toContain('Internal error');
  });
});
