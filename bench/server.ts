/**
 * How long the language server takes: start, keystroke to diagnostics, completion, hover, for files of 30, 1,000 and
 * 20,000 keyframes. Over a real connection to a process of its own, so that what is printed is what an editor sees.
 *
 *   npm run bench -- server
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  CompletionRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';

const SERVER = fileURLToPath(new URL('../dist/server.js', import.meta.url));

/** Milliseconds. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
  return `median ${at(0.5).padStart(7)} ms   p95 ${at(0.95).padStart(7)} ms`;
}

function film(keyframes: number): string {
  const settings = `---\nframes: ${keyframes * 8}\nfps: 8\ndefine: {hero: "cute blonde woman with braids"}\n---\n`;
  const lines = Array.from(
    { length: keyframes },
    (_, i) => `${i * 8}: $hero, (bun hair:1.${i % 9}), [a:b:0.5], scene ${i}`,
  );
  return `${settings}best quality, masterpiece\n\n${lines.join('\n')}\n\nfox ears\n`;
}

async function measure(connection: ProtocolConnection, keyframes: number, rounds: number): Promise<void> {
  const uri = `file:///films/${keyframes}.travel`;
  const textDocument = { uri };
  const text = film(keyframes);
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'travel', version: 0, text },
  });
  await connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
  // In the middle of the file, at the end of a keyframe's prompt.
  const line = 7 + (keyframes >> 1);
  const character = text.split('\n')[line]!.length;
  let version = 0;
  const type = () =>
    connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range: { start: { line, character }, end: { line, character } }, text: 'x' }],
    });
  const diagnostics: number[] = [];
  const completion: number[] = [];
  const hover: number[] = [];
  const during: number[] = [];
  for (let round = 0; round < rounds; round++) {
    diagnostics.push(
      await time(async () => {
        await type();
        await connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
      }),
    );
    await type();
    const position = { line, character: character + 1 };
    completion.push(await time(() => connection.sendRequest(CompletionRequest.type, { textDocument, position })));
    hover.push(
      await time(() => connection.sendRequest(HoverRequest.type, { textDocument, position: { line, character: 1 } })),
    );
    await type();
    const pulled = connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
    during.push(await time(() => connection.sendRequest(CompletionRequest.type, { textDocument, position })));
    await pulled;
  }
  console.log(`${keyframes} keyframes, ${(text.length / 1024).toFixed(0)} KB`);
  console.log(`  keystroke to diagnostics           ${summary(diagnostics)}`);
  console.log(`  completion after a keystroke       ${summary(completion)}`);
  console.log(`  completion while a check is asked  ${summary(during)}`);
  console.log(`  hover after a keystroke            ${summary(hover)}`);
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
await measure(connection, 30, 60);
await measure(connection, 1000, 30);
await measure(connection, 20_000, 5);
const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readMemory(server.pid))?.[1];
if (resident) console.log(`memory with all three open: ${(Number(resident) / 1024).toFixed(0)} MB`);
await connection.sendRequest(ShutdownRequest.type);
await connection.sendNotification(ExitNotification.type);
connection.dispose();

/** Linux only; elsewhere nothing is printed. */
function readMemory(pid: number | undefined): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
}
