import { type ChildProcess, fork } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

/** A child process that answers JSON-RPC over its IPC channel. */
export interface EngineProcess {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  /** Resolves when the process has ended, with a message for the user. */
  readonly ended: Promise<string>;
}

/** Lines of output that a crash report shows. */
const LAST_LINES = 20;

/**
 * Starts the engine in a process of its own: ONNX Runtime blocks its thread, and can crash.
 *
 * @param entry absolute path of the program
 * @param onLine receives each line that the process prints
 */
export function startEngineProcess(entry: string, onLine: (line: string) => void): EngineProcess {
  const child = fork(entry, [], {
    // VS Code's executable is Electron, which runs as Node only if this is set. ONNX Runtime sends telemetry unless it
    // is told not to.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ORT_DISABLE_TELEMETRY: '1' },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Structured clone: frames and latents travel as bytes, which JSON would turn into text.
    serialization: 'advanced',
  });
  const lines: string[] = [];
  const collect = (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line.trim() === '') continue;
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      onLine(line);
    }
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The engine (${entry}) could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      connection.dispose();
      resolve(endMessage(code, signal, lines));
    });
  });
  return { child, connection, ended };
}

/** The exit code of a Windows process whose mapped file could not be read (STATUS_IN_PAGE_ERROR). */
const IN_PAGE_ERROR = 0xc0000006;
/** The exit code of a Windows process that ran an instruction that its processor lacks (STATUS_ILLEGAL_INSTRUCTION). */
const ILLEGAL_INSTRUCTION = 0xc000001d;
/** The exit code of a Windows process that accessed memory that it has not (STATUS_ACCESS_VIOLATION). */
const ACCESS_VIOLATION = 0xc0000005;

/**
 * Why the process ended, for the user.
 *
 * @param lines that it printed last
 */
export function endMessage(code: number | null, signal: NodeJS.Signals | null, lines: readonly string[]): string {
  if (signal === 'SIGBUS' || code === IN_PAGE_ERROR) {
    const sentence = 'A model file was probably changed or truncated during the render.';
    return [
      `${sentence} The engine could not read it any more and stopped (${signal ?? code}). Render again.`,
      ...lines,
    ].join('\n');
  }
  if (signal === 'SIGILL' || code === ILLEGAL_INSTRUCTION) {
    const sentence = 'The processor of this computer lacks instructions that ONNX Runtime needs; use a newer computer.';
    return [`The engine stopped (${signal ?? code}). ${sentence}`, ...lines].join('\n');
  }
  if (code === ACCESS_VIOLATION) {
    const todo = `install https://aka.ms/vs/17/release/vc_redist.${process.arch}.exe, and render again`;
    const sentence = `The Microsoft Visual C++ Redistributable may be too old for ONNX Runtime; ${todo}.`;
    return [`The engine stopped unexpectedly (${code}). ${sentence}`, ...lines].join('\n');
  }
  const how = signal ? `by ${signal}` : `with exit code ${code}`;
  // A process that is killed has no time to say why: what it printed before is about something else.
  const reasons = signal === 'SIGKILL' ? [] : lines;
  return [`The engine stopped unexpectedly, ${how}. ${adviceAfter(signal, reasons.length > 0)}`, ...reasons].join('\n');
}

function adviceAfter(signal: NodeJS.Signals | null, hasOutput: boolean): string {
  switch (signal) {
    case 'SIGKILL':
    case 'SIGABRT':
      return 'The system may have run out of memory: try a smaller size or context, or close other programs.';
    default:
      return hasOutput
        ? 'Render again; if it happens again, report it with the lines below.'
        : 'Render again; if it happens again, report it.';
  }
}
