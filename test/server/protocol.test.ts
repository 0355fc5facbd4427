import { afterEach, describe, expect, it } from 'vitest';
import {
  CodeActionRequest,
  DiagnosticRefreshRequest,
  DidCloseTextDocumentNotification,
  DocumentDiagnosticRequest,
  DocumentFormattingRequest,
  DocumentSymbolRequest,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  RenameRequest,
} from 'vscode-languageserver/node';
import {
  A1111_PROMPT,
  A1111PromptAnswer,
  CONVERT_SCHEDULE,
  type ConvertScheduleRequest,
  EXPORT,
  ExportAnswer,
  IMPORT,
  ImportAnswer,
} from '../../protocol/language-server.ts';
import { PLAN, PlanAnswer, ROLL_SEED, RollSeedAnswer } from '../../protocol/plan-request.ts';
import type { Editor } from './editor.ts';
import { editorInProcess, pulledCodes } from './editor.ts';
import { serverHost, URI } from './hosts.ts';

const textDocument = { uri: URI };
const open: Editor[] = [];

afterEach(() => {
  for (const editor of open.splice(0)) editor.connection.dispose();
});

async function started(...args: Parameters<Editor['initialize']>) {
  const editor = editorInProcess(serverHost());
  open.push(editor);
  return { editor, result: await editor.initialize(...args) };
}

describe('a client that pulls', () => {
  it('gets the capabilities of the server', async () => {
    const { result } = await started();
    expect(result.capabilities.diagnosticProvider).toMatchObject({ interFileDependencies: true });
    expect(result.capabilities.textDocumentSync).toMatchObject({ openClose: true });
  });

  it('gets the problems of the newest text', async () => {
    const { editor } = await started();
    await editor.open(URI, 'a cat\n\n0: red\n20: blue\n');
    expect(await pulledCodes(editor)).toContain('travel/key-beyond-end');
    const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 2 } };
    await editor.change(URI, { range, text: '15' });
    expect(await pulledCodes(editor)).not.toContain('travel/key-beyond-end');
  });

  it('gets “unchanged” if nothing has changed', async () => {
    const { editor } = await started();
    await editor.open(URI, '20: blue\n');
    const first = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
    const previousResultId = first.resultId!;
    expect(
      await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument, previousResultId }),
    ).toEqual({ kind: 'unchanged', resultId: previousResultId });
  });

  it('gets the problems of a new version although it has a result id', async () => {
    const { editor } = await started();
    await editor.open(URI, '20: blue\n');
    const first = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
    await editor.change(URI, { text: '0: a\n21: blue\n' });
    const previousResultId = first.resultId!;
    const second = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument,
      previousResultId,
    });
    expect(second).toMatchObject({ kind: 'full', items: [{ range: { start: { line: 1 } } }] });
  });

  it('gets the problems of the same version again when another seed is rolled', async () => {
    const editor = editorInProcess(serverHost());
    open.push(editor);
    let refreshes = 0;
    const configured = new Promise<void>((resolve) => {
      editor.connection.onRequest(DiagnosticRefreshRequest.type, () => {
        refreshes++;
        resolve();
      });
    });
    await editor.initialize({
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true } },
    });
    await configured;
    await editor.open(URI, '0: a\n');
    const first = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
    const rolled = RollSeedAnswer.parse(await editor.connection.sendRequest(ROLL_SEED, { uri: URI }));
    if (rolled.kind !== 'rolled') throw new Error(`The seed was not rolled: ${rolled.kind}`);
    expect(refreshes).toBe(2);
    const previousResultId = first.resultId!;
    const second = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, {
      textDocument,
      previousResultId,
    });
    expect(second).toMatchObject({ kind: 'full', items: [] });
    const answer = PlanAnswer.parse(await editor.connection.sendRequest(PLAN, { uri: URI, version: 1 }));
    expect(answer).toMatchObject({ kind: 'plan', version: 1, plan: { sampling: { seed: rolled.seed } } });
  });

  it('gets an error for a plan request of another shape', async () => {
    const { editor } = await started();
    await expect(editor.connection.sendRequest(PLAN, { uri: URI })).rejects.toThrow('version');
  });

  it('gets nothing for a document that is not open', async () => {
    const { editor } = await started();
    expect(await pulledCodes(editor)).toEqual([]);
    const position = { line: 0, character: 0 };
    const range = { start: position, end: position };
    const everything = {
      textDocument,
      position,
      positions: [position],
      range,
      context: { diagnostics: [], includeDeclaration: true },
      options: { tabSize: 2, insertSpaces: true },
      newName: 'x',
    };
    const methods = [
      'codeAction',
      'codeLens',
      'completion',
      'definition',
      'documentHighlight',
      'documentLink',
      'documentSymbol',
      'foldingRange',
      'formatting',
      'hover',
      'inlayHint',
      'prepareRename',
      'references',
      'rename',
      'selectionRange',
      'semanticTokens/full',
      'semanticTokens/range',
    ];
    for (const method of methods) {
      expect(await editor.connection.sendRequest(`textDocument/${method}`, everything), method).toBeNull();
    }
    expect(await editor.connection.sendRequest(A1111_PROMPT, { uri: URI })).toBeNull();
    expect(await editor.connection.sendRequest(PLAN, { uri: URI, version: 1 })).toEqual({ kind: 'outdated' });
    expect(await editor.connection.sendRequest(ROLL_SEED, { uri: URI })).toEqual({ kind: 'not-open' });
  });
});

describe('the documentation of a code', () => {
  const links = { textDocument: { diagnostic: {}, publishDiagnostics: { codeDescriptionSupport: true } } };
  const pulledPages = async (editor: Editor) => {
    await editor.open(URI, '0: red\n20: blue\n');
    const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
    return report.kind === 'full' ? report.items.map(({ codeDescription }) => codeDescription?.href) : [];
  };

  it('is linked if the client shows links', async () => {
    const { editor } = await started(links);
    expect(await pulledPages(editor)).toEqual(['file:///program/docs/diagnostics/key-beyond-end.md']);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 2 } };
    const context = { diagnostics: [] };
    const actions = await editor.connection.sendRequest(CodeActionRequest.type, { textDocument, range, context });
    const described = (actions ?? []).flatMap((action) => ('diagnostics' in action ? (action.diagnostics ?? []) : []));
    expect(described.map(({ codeDescription }) => codeDescription?.href)).toContain(
      'file:///program/docs/diagnostics/key-beyond-end.md',
    );
  });

  it('is not linked otherwise', async () => {
    const { editor } = await started();
    expect(await pulledPages(editor)).toEqual([undefined]);
  });
});

describe('a client that cannot pull', () => {
  it('is sent the problems after each change, and none after closing', async () => {
    const { editor } = await started({});
    const sent: PublishDiagnosticsParams[] = [];
    let heard = () => {};
    editor.connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      sent.push(params);
      heard();
    });
    const until = (wanted: (params: PublishDiagnosticsParams) => boolean) =>
      new Promise<void>((done) => {
        heard = () => {
          if (sent.some(wanted)) done();
        };
        heard();
      });
    await editor.open(URI, '20: blue\n');
    await until(({ diagnostics }) => diagnostics.some(({ code }) => code === 'travel/key-beyond-end'));
    sent.length = 0;
    await editor.change(URI, { text: '0: blue\n' });
    await until(({ diagnostics }) => diagnostics.length === 0);
    sent.length = 0;
    await editor.change(URI, { text: '99: blue\n' });
    await until(({ diagnostics }) => diagnostics.length > 0);
    sent.length = 0;
    await editor.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument });
    await until(({ diagnostics }) => diagnostics.length === 0);
  });
});

describe('pasting a schedule', () => {
  const schedule = '{\n  "0": "red hair",\n  "8": "blue \\"hair\\""\n}';
  const pasted = async (document: string, line: number, character: number, text = schedule) => {
    const { editor } = await started();
    await editor.open(URI, document);
    const request: ConvertScheduleRequest = { uri: URI, position: { line, character }, text };
    return editor.connection.sendRequest(CONVERT_SCHEDULE, request);
  };

  it('converts schedules to keyframes and keeps the rest of the text', async () => {
    expect(await pasted('a cat\n\n', 2, 0)).toEqual({ text: '0: red hair\n8: blue "hair"', settings: null, notes: [] });
    expect(await pasted('', 0, 0, `---\nfps: 8\n---\na head\n${schedule}\na tail\n`)).toEqual({
      text: '---\nfps: 8\n---\na head\n0: red hair\n8: blue "hair"\na tail\n',
      settings: null,
      notes: [],
    });
    expect(await pasted('a cat\r\n\r\n', 2, 0, "0: 'a',\r\n4: 'b',\r\n")).toEqual({
      text: '0: a\r\n4: b\r\n',
      settings: null,
      notes: [],
    });
  });

  it('converts generation parameters and configurations to settings', async () => {
    const infotext = 'fox\nNegative prompt: blurry\nSteps: 9, Sampler: Euler a, Seed: 5';
    const config = '{"head_prompt": "h", "prompt_map": {"0": "a", "max_f/2": "b"}, "seed": [7]}';
    expect(await pasted('', 0, 0, infotext)).toEqual({
      text: '---\nseed: 5\nrng: gpu\nsteps: 9\nnegative_prompt: blurry\n---\n\nfox\n',
      settings: null,
      notes: [],
    });
    const own = 'seed: 7\nsteps: 25\nsampler: DPM++ 2M\nschedule: karras\ncfg_scale: 7.5\nsave: [gif]\n';
    // What the file sets already stays.
    expect(await pasted('---\nframes: 32\n---\n\n', 3, 0, config)).toEqual({
      text: 'h\n0-8: a\n16-24: b',
      settings: { position: { line: 2, character: 0 }, text: `closed_loop: R+P\n${own}` },
      notes: ['`frames: 32` was not added, because the file already sets `frames`.'],
    });
    expect(await pasted('a cat\n\n', 1, 0, config)).toEqual({
      text: 'h\n0-4: a\n8-12: b',
      settings: { position: { line: 0, character: 0 }, text: `---\n${own}---\n` },
      notes: [],
    });
  });

  it('imports a schedule into an empty document, with the length that FizzNodes would give it', async () => {
    expect(await pasted('', 0, 0)).toEqual({
      text: '---\nframes: 120\nmix: lerp\n---\n\n0: red hair\n8: blue "hair"\n',
      settings: null,
      notes: [],
    });
  });

  it('makes room for the last keyframe, unless the file sets its length', async () => {
    const long = '"0": "a",\n"max_f/2": "b",\n"60": "c"';
    expect(await pasted('---\nfps: 8\n---\n\n', 3, 0, long)).toEqual({
      text: '0: a\n32: b\n60: c',
      settings: { position: { line: 2, character: 0 }, text: 'frames: 64\n' },
      notes: [],
    });
    expect(await pasted('---\nframes: 32\n---\n\n', 3, 0, long)).toEqual({
      text: '0: a\n16: b\n60: c',
      settings: null,
      notes: [],
    });
    expect(await pasted('', 0, 0, `---\nframes: 80\n---\n${long}`)).toEqual({
      text: '---\nframes: 80\n---\n0: a\n40: b\n60: c',
      settings: null,
      notes: [],
    });
  });

  it('keeps the text if a keyframe is not possible at the position', async () => {
    expect(await pasted('a cat', 0, 2)).toEqual({ text: null, settings: null, notes: [] });
    expect(await pasted('---\nfps: 8\n\n---\n', 2, 0)).toEqual({ text: null, settings: null, notes: [] });
  });

  it('keeps text without a schedule', async () => {
    expect(await pasted('', 0, 0, 'a cat, "red" hair\n0: b\n')).toEqual({ text: null, settings: null, notes: [] });
    expect(await pasted('', 0, 0, '')).toEqual({ text: null, settings: null, notes: [] });
    expect(await pasted('', 0, 0, '{"0": "a", "x": "b"}')).toEqual({ text: null, settings: null, notes: [] });
  });

  it('does nothing in a document that is not open', async () => {
    const { editor } = await started();
    const request: ConvertScheduleRequest = { uri: URI, position: { line: 0, character: 0 }, text: schedule };
    expect(await editor.connection.sendRequest(CONVERT_SCHEDULE, request)).toEqual({
      text: null,
      settings: null,
      notes: [],
    });
  });
});

describe('requests over the connection', () => {
  it('return fixes, edits and an outline', async () => {
    const { editor } = await started();
    await editor.open(URI, '0:red\n20: blue\n');
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } };
    const actions = await editor.connection.sendRequest(CodeActionRequest.type, {
      textDocument,
      range,
      context: { diagnostics: [] },
    });
    expect(actions?.length).toBeGreaterThan(0);
    const edits = await editor.connection.sendRequest(DocumentFormattingRequest.type, {
      textDocument,
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(edits).toHaveLength(1);
    const symbols = await editor.connection.sendRequest(DocumentSymbolRequest.type, { textDocument });
    expect(symbols?.map(({ name }) => name)).toEqual(['0', '20']);
  });

  it('convert a document for A1111 with the settings of the files that it extends', async () => {
    const editor = editorInProcess(serverHost({ travel: { 'base.travel': '---\ndefine: {hero: a knight}\n---\n' } }));
    open.push(editor);
    await editor.initialize();
    await editor.open(URI, '---\nextends: base.travel\n---\n0: $hero\n');
    const { prompt } = A1111PromptAnswer.parse(await editor.connection.sendRequest(A1111_PROMPT, { uri: URI }));
    expect(prompt).toContain('a knight');
  });

  it('convert text of other tools, and documents for them', async () => {
    const { editor } = await started();
    const imported = async (text: string) =>
      ImportAnswer.parse(await editor.connection.sendRequest(IMPORT, { texts: [{ text }] }));
    expect(await imported('"0": "red",\n"8": "blue"')).toMatchObject({ ok: true, format: 'fizz' });
    expect(await imported('{"prompt": ')).toMatchObject({ ok: false, message: expect.stringMatching(/\w/) });
    await editor.open(URI, '---\nfps: 12\n---\n0: red\n8 ease: blue\n');
    const exported = async (to: string) =>
      ExportAnswer.parse(await editor.connection.sendRequest(EXPORT, { uri: URI, to }));
    expect(await exported('a1111-prompt')).toEqual({
      text: '0: red\n8: blue\n',
      isJson: false,
      hasLostEasing: true,
      notes: [expect.stringContaining('fps: 12'), expect.stringContaining('ease')],
    });
    const request = await exported('webui-api');
    expect(request.isJson).toBe(true);
    expect(JSON.parse(request.text)).toMatchObject({ prompt: '0: red\n8: blue' });
    expect(await editor.connection.sendRequest(EXPORT, { uri: 'file:///closed.travel', to: 'fizz' })).toBeNull();
  });

  it('report why a name cannot be renamed', async () => {
    const { editor } = await started();
    await editor.open(URI, '0: $nobody\n');
    const position = { line: 0, character: 5 };
    await expect(
      editor.connection.sendRequest(RenameRequest.type, { textDocument, position, newName: 'x' }),
    ).rejects.toThrow('Only names that this file defines');
  });
});
