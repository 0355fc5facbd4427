import { describe, expect, it, onTestFinished } from 'vitest';
import { ErrorCodes, HoverRequest, ShutdownRequest } from 'vscode-languageserver/node';
import { PLAN } from '../../protocol/plan-request.ts';
import { type Editor, editorInProcess } from './editor.ts';
import { serverHost, URI } from './hosts.ts';

function newEditor(): Editor {
  const editor = editorInProcess(serverHost());
  onTestFinished(() => editor.connection.dispose());
  return editor;
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => null,
    (error: { code: number }) => error.code,
  );

const hover = (editor: Editor) =>
  editor.connection.sendRequest(HoverRequest.type, { textDocument: { uri: URI }, position: { line: 0, character: 0 } });

describe('the lifecycle', () => {
  it('refuses every request before initialize, and starts normally afterwards', async () => {
    const editor = newEditor();
    expect(await codeOf(hover(editor))).toBe(ErrorCodes.ServerNotInitialized);
    expect(await codeOf(editor.connection.sendRequest(PLAN, { uri: URI, version: 1 }))).toBe(
      ErrorCodes.ServerNotInitialized,
    );
    expect(await codeOf(editor.connection.sendRequest('no/such/method'))).toBe(ErrorCodes.ServerNotInitialized);
    expect(await codeOf(editor.connection.sendRequest(ShutdownRequest.type))).toBe(ErrorCodes.ServerNotInitialized);
    await editor.initialize();
    await editor.open(URI, '0: a\n');
    expect(JSON.stringify(await hover(editor))).toContain('Frame 0');
  });

  it('ignores notifications before initialize', async () => {
    const editor = newEditor();
    await editor.open(URI, '0: a\n');
    await editor.initialize();
    expect(await hover(editor)).toBeNull();
  });

  it('refuses a second initialize', async () => {
    const editor = newEditor();
    await editor.initialize();
    expect(await codeOf(editor.initialize())).toBe(ErrorCodes.InvalidRequest);
    expect(await codeOf(hover(editor))).toBeNull();
  });

  it('refuses requests after shutdown', async () => {
    const editor = newEditor();
    await editor.initialize();
    await editor.connection.sendRequest(ShutdownRequest.type);
    expect(await codeOf(hover(editor))).toBe(ErrorCodes.InvalidRequest);
    expect(await codeOf(editor.connection.sendRequest(ShutdownRequest.type))).toBe(ErrorCodes.InvalidRequest);
    expect(await codeOf(editor.initialize())).toBe(ErrorCodes.InvalidRequest);
  });
});
