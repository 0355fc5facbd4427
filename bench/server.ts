/**
 * Times of the language server: start, keystroke to diagnostics and to the timeline, completion and hover for files of
 * 30, 1,000 and 20,000 keyframes, and completion in a small file while a long one is opened or edited. The server runs
 * in its own process and is measured over a real connection, as an editor sees it.
 *
 *   npm run bench -- server
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  CodeLensRequest,
  CompletionRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  ExitNotification,
  FoldingRangeRequest,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  InlayHintRequest,
  type ProtocolConnection,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { FRAME_DETAILS, TIMELINE, TimelineAnswer } from '../protocol/timeline.ts';

const SERVER = fileURLToPath(new URL('../dist/server.js', import.meta.url));

/** Milliseconds. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function print(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return `${value?.toFixed(1).padStart(7)} ms`;
  };
  console.log(`  ${what.padEnd(42)} median ${at(0.5)}   p95 ${at(0.95)}   longest ${at(1)}`);
}

const middle = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;

function documentText(keyframes: number): string {
  const settings = `---\nframes: ${keyframes * 8}\nfps: 8\ndefine: {hero: "cute blonde woman with braids"}\n---\n`;
  const lines = Array.from(
    { length: keyframes },
    (_, i) => `${i * 8}: $hero, (bun hair:1.${i % 9}), [a:b:0.5], scene ${i}`,
  );
  return `${settings}best quality, masterpiece\n\n${lines.join('\n')}\n\nfox ears\n`;
}

/** A document open in the editor, with the cursor in its middle, at the end of a keyframe's prompt. */
class BenchDocument {
  readonly keyframes: number;
  readonly text: string;
  readonly textDocument: { readonly uri: string };
  readonly #connection: ProtocolConnection;
  readonly #line: number;
  readonly #character: number;
  #version = 0;

  constructor(connection: ProtocolConnection, keyframes: number) {
    this.#connection = connection;
    this.keyframes = keyframes;
    this.text = documentText(keyframes);
    this.textDocument = { uri: `file:///videos/${keyframes}.travel` };
    this.#line = 7 + (keyframes >> 1);
    this.#character = this.text.split('\n')[this.#line]!.length;
  }

  open(): Promise<void> {
    return this.#connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { ...this.textDocument, languageId: 'travel', version: 0, text: this.text },
    });
  }

  type(): Promise<void> {
    const cursor = { line: this.#line, character: this.#character };
    return this.#connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { ...this.textDocument, version: ++this.#version },
      contentChanges: [{ range: { start: cursor, end: cursor }, text: 'x' }],
    });
  }

  diagnostics(): Promise<unknown> {
    return this.#connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: this.textDocument });
  }

  /** Checked, as the preview's host does. */
  async timeline(): Promise<TimelineAnswer> {
    return TimelineAnswer.parse(await this.#connection.sendRequest(TIMELINE, { uri: this.textDocument.uri }));
  }

  frameDetails(): Promise<unknown> {
    return this.#connection.sendRequest(FRAME_DETAILS, { uri: this.textDocument.uri, frame: this.keyframes * 4 });
  }

  complete(): Promise<unknown> {
    const position = { line: this.#line, character: this.#character + 1 };
    return this.#connection.sendRequest(CompletionRequest.type, { textDocument: this.textDocument, position });
  }

  hover(): Promise<unknown> {
    const position = { line: this.#line, character: 1 };
    return this.#connection.sendRequest(HoverRequest.type, { textDocument: this.textDocument, position });
  }

  /** The requests that VS Code sends at once when it shows a file. */
  shown(): Promise<unknown> {
    const { textDocument } = this;
    const params = { textDocument };
    const range = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
    return Promise.all([
      this.diagnostics(),
      this.#connection.sendRequest(SemanticTokensRangeRequest.type, { textDocument, range }),
      this.#connection.sendRequest(SemanticTokensRequest.type, params),
      this.#connection.sendRequest(DocumentSymbolRequest.type, params),
      this.#connection.sendRequest(FoldingRangeRequest.type, params),
      this.#connection.sendRequest(CodeLensRequest.type, params),
      this.#connection.sendRequest(DocumentLinkRequest.type, params),
      this.#connection.sendRequest(InlayHintRequest.type, { textDocument, range }),
    ]);
  }
}

async function measure(open: BenchDocument, rounds: number): Promise<void> {
  await open.open();
  await open.diagnostics();
  const diagnostics: number[] = [];
  const completion: number[] = [];
  const hover: number[] = [];
  const completionMeanwhile: number[] = [];
  const hoverMeanwhile: number[] = [];
  const timeline: number[] = [];
  const details: number[] = [];
  for (let round = 0; round < rounds; round++) {
    diagnostics.push(
      await time(async () => {
        await open.type();
        await open.diagnostics();
      }),
    );
    await open.type();
    completion.push(await time(() => open.complete()));
    hover.push(await time(() => open.hover()));
    await open.type();
    const pulled = open.diagnostics();
    const hovered = time(() => open.hover());
    completionMeanwhile.push(await time(() => open.complete()));
    hoverMeanwhile.push(await hovered);
    await pulled;
    await open.type();
    timeline.push(await time(() => open.timeline()));
    details.push(await time(() => open.frameDetails()));
  }
  console.log(`${open.keyframes} keyframes, ${(open.text.length / 1024).toFixed(0)} KB`);
  print('keystroke to diagnostics', diagnostics);
  print('completion after a keystroke', completion);
  print('completion while a check is asked for', completionMeanwhile);
  print('hover after a keystroke', hover);
  print('hover while a check is asked for', hoverMeanwhile);
  print('keystroke to timeline, checked', timeline);
  print('details of a frame', details);
  const limit = open.keyframes > 1000 ? 500 : 100;
  const share = `${(middle(timeline) / limit).toFixed(2)} of the ${limit} ms that it may take`;
  console.log(`  timeline: ${share}, ${(middle(timeline) / middle(diagnostics)).toFixed(2)} of the diagnostics`);
}

/** Repeats completion in a small file while another operation runs. */
async function completionDuring(what: string, small: BenchDocument, work: Promise<unknown>): Promise<void> {
  const times: number[] = [];
  let going = true;
  const done = work.finally(() => {
    going = false;
  });
  while (going) times.push(await time(() => small.complete()));
  await done;
  print(what, times);
}

const begun = performance.now();
const server = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
const connection = createProtocolConnection(
  new StreamMessageReader(server.stdout),
  new StreamMessageWriter(server.stdin),
);
connection.listen();
const capabilities = { textDocument: { diagnostic: {} } };
await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities });
console.log(`start to initialized: ${(performance.now() - begun).toFixed(0)} ms`);
await connection.sendNotification(InitializedNotification.type, {});
const small = new BenchDocument(connection, 30);
await measure(small, 100);
await measure(new BenchDocument(connection, 1000), 60);
const long = new BenchDocument(connection, 20_000);
console.log('completion in the file of 30 keyframes while');
const opened = performance.now();
await long.open();
await completionDuring('20,000 keyframes are opened', small, long.diagnostics());
console.log(`  (opened to diagnostics: ${(performance.now() - opened).toFixed(0)} ms)`);
await long.type();
await completionDuring('20,000 keyframes are typed in', small, long.diagnostics());
await completionDuring('20,000 keyframes are shown by VS Code', small, long.shown());
await measure(long, 20);
const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readMemory(server.pid))?.[1];
if (resident) console.log(`memory with all three files open: ${(Number(resident) / 1024).toFixed(0)} MB`);
await connection.sendRequest(ShutdownRequest.type);
await connection.sendNotification(ExitNotification.type);
connection.dispose();

/** Linux only; empty on other systems. */
function readMemory(pid: number | undefined): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
}
