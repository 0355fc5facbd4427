import { afterEach, describe, expect, it } from 'vitest';
import { CompletionRequest, type Diagnostic, HoverRequest } from 'vscode-languageserver/node';
import type { ServerHost } from '../../server/hosts/server-host.ts';
import { serverHost, travelEnvironment, URI } from '../server/hosts.ts';
import { RECORDINGS, RecordedEditor } from './recorded-editor.ts';

const FOLDER = '/home/me/stable-diffusion-webui';

/** Problems come when the editor asks (pull), or by themselves. Zed's page gives it no folder. */
const EXPECTED: Readonly<Record<string, { pulls: boolean; markdown: boolean; folders: readonly string[] }>> = {
  emacs: { pulls: false, markdown: false, folders: [FOLDER] },
  helix: { pulls: true, markdown: true, folders: [FOLDER] },
  'helix-25.01': { pulls: false, markdown: true, folders: [FOLDER] },
  neovim: { pulls: true, markdown: true, folders: [FOLDER] },
  zed: { pulls: true, markdown: true, folders: [] },
};

/** A computer that has the checkpoint `toonyou` while it is told of a model folder. */
function computer(): { host: ServerHost; configured: (readonly string[])[] } {
  const configured: (readonly string[])[] = [];
  const host: ServerHost = {
    ...serverHost(),
    configure: async ({ modelFolders }) => {
      configured.push(modelFolders);
      return [];
    },
    settle: async (_uri, work) => work(travelEnvironment(configured.at(-1)?.length ? { models: TOONYOU } : {})),
    watched: () => [
      { folder: null, glob: '**/*.ckpt' },
      { folder: 'file:///home/me/stable-diffusion-webui', glob: '**/*.ckpt' },
    ],
  };
  return { host, configured };
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

it('knows what to expect of every recorded editor', () => {
  expect([...RECORDINGS.keys()].sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(Object.entries(EXPECTED))('%s', (name, { pulls, markdown, folders }) => {
  it('gives the server its settings once, and shows the problems there are with them', async () => {
    const { host, configured } = computer();
    const recorded = editorCalled(name, host);
    await recorded.start(EXAMPLE);
    expect(recorded.pulls).toBe(pulls);
    await recorded.shown(folders.length > 0 ? hasNot(UNKNOWN) : has(UNKNOWN));
    expect(configured).toEqual([folders]);
  });

  it('shows other problems when its settings change, even where it cannot watch files', async () => {
    const recorded = editorCalled(name, computer().host, { watches: false });
    await recorded.start(EXAMPLE);
    await recorded.shown(folders.length > 0 ? hasNot(UNKNOWN) : has(UNKNOWN));
    await recorded.configure({ modelFolders: folders.length > 0 ? [] : [FOLDER] });
    await recorded.shown(folders.length > 0 ? has(UNKNOWN) : hasNot(UNKNOWN));
  });

  it('counts characters as the server does', async () => {
    const recorded = editorCalled(name, computer().host);
    const { capabilities } = await recorded.start(EXAMPLE);
    // Which is UTF-16 where nothing is said; every client has to know that one.
    expect(capabilities.positionEncoding ?? 'utf-16').toBe('utf-16');
    const shown = await recorded.shown(has(UNCLOSED));
    const at = LINE.indexOf('(');
    expect(shown.find(({ code }) => code === UNCLOSED)?.range).toEqual({
      start: { line: 4, character: at },
      end: { line: 4, character: at + 1 },
    });
  });

  it('is told of what it can show', async () => {
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
      // No placeholders: Emacs has none without yasnippet.
      expect(insertTextFormat).toBeUndefined();
    }
  });
});

describe('file watchers', () => {
  it('are in the model folder where the editor can watch outside of its own', async () => {
    const recorded = editorCalled('helix', computer().host);
    await recorded.start(EXAMPLE);
    expect(await recorded.watched()).toEqual([
      { globPattern: '**/*.ckpt' },
      { globPattern: { baseUri: 'file:///home/me/stable-diffusion-webui', pattern: '**/*.ckpt' } },
    ]);
  });

  it('are each asked for once where it cannot', async () => {
    const recorded = editorCalled('emacs', computer().host);
    await recorded.start(EXAMPLE);
    expect(await recorded.watched()).toEqual([{ globPattern: '**/*.ckpt' }]);
  });

  it('that fail are in the log', async () => {
    const recorded = editorCalled('emacs', computer().host, { watches: false });
    await recorded.start(EXAMPLE);
    expect(await recorded.logged('Files cannot be watched')).toContain('Internal error');
  });
});
