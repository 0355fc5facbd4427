import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { DocumentDiagnosticRequest, HoverRequest } from 'vscode-languageserver/node';
import { editorOfProcess, pulledCodes } from './editor.ts';
import { URI } from './hosts.ts';

const TRAVEL = resolve(import.meta.dirname, '../../dist/travel.js');
const textDocument = { uri: URI };

describe('travel language-server --stdio', () => {
  it('includes the documentation of the codes', async () => {
    const { editor, server } = editorOfProcess(process.execPath, [TRAVEL, 'language-server', '--stdio']);
    const ended = once(server, 'exit');
    const publishDiagnostics = { codeDescriptionSupport: true };
    await editor.initialize({ textDocument: { diagnostic: {}, publishDiagnostics } });
    await editor.open(URI, '0: red\n20: blue\n');
    const report = await editor.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
    const pages = report.kind === 'full' ? report.items.map(({ codeDescription }) => codeDescription!.href) : [];
    expect(readFileSync(new URL(pages[0]!), 'utf8')).toContain('`travel/key-beyond-end`');
    await editor.shutdown();
    await ended;
  });

  it('answers, and ends with code 0 after shutdown', async () => {
    const { editor, server } = editorOfProcess(process.execPath, [TRAVEL, 'language-server', '--stdio']);
    const ended = once(server, 'exit');
    await editor.initialize();
    await editor.open(URI, '---\ncheckpoint: pocket\nframes: 16\n---\n0: red\n20: blue\n');
    expect(await pulledCodes(editor)).toEqual(['travel/key-beyond-end']);
    const position = { line: 1, character: 14 };
    const hover = await editor.connection.sendRequest(HoverRequest.type, { textDocument, position });
    expect(JSON.stringify(hover)).toContain('checkpoint');
    await editor.shutdown();
    expect(await ended).toEqual([0, null]);
  });

  it('ends with code 1 on exit without shutdown', async () => {
    const { editor, server } = editorOfProcess(process.execPath, [TRAVEL, 'language-server', '--stdio']);
    const ended = once(server, 'exit');
    await editor.initialize();
    await editor.connection.sendNotification('exit');
    expect(await ended).toEqual([1, null]);
  });

  it.each(['hello\r\n\r\n', 'Content-Length: x\r\n\r\n{}', 'x'.repeat(10_000)])(
    'ends with code 1 and the reason at input that is not LSP: %.20j',
    async (input) => {
      const server = spawn(process.execPath, [TRAVEL, 'language-server', '--stdio']);
      const ended = once(server, 'close');
      const errors = text(server.stderr);
      server.stdin.on('error', () => undefined).write(input);
      expect(await ended).toEqual([1, null]);
      expect(await errors).toContain('The language server ends: the input is not LSP.');
    },
  );
});
