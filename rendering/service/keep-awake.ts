import { type ChildProcess, spawn } from 'node:child_process';

/** A program that keeps the computer awake until it ends. */
export interface AwakeProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The program of a platform; null if none is known. It ends by itself when this process has ended, however that
 * happens: on Linux because its standard input, a pipe of this process, is then closed; elsewhere because it waits for
 * this process.
 */
export function awakeProgram(platform = process.platform, pid = process.pid): AwakeProgram | null {
  switch (platform) {
    case 'darwin':
      return { command: 'caffeinate', args: ['-i', '-w', String(pid)] };
    case 'linux':
      return {
        command: 'systemd-inhibit',
        args: ['--what=idle:sleep', '--mode=block', '--who=Prompt Travel', '--why=Rendering', 'cat'],
      };
    case 'win32':
      return { command: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', windowsScript(pid)] };
    default:
      return null;
  }
}

/** ES_CONTINUOUS | ES_SYSTEM_REQUIRED, which holds as long as the thread that set it. */
const EXECUTION_STATE = 0x80000001;

const windowsScript = (pid: number) =>
  [
    `$kernel = Add-Type -PassThru -Name Kernel -Namespace PromptTravel -MemberDefinition '[DllImport("kernel32.dll")] ` +
      `public static extern uint SetThreadExecutionState(uint state);'`,
    `[void]$kernel::SetThreadExecutionState(${EXECUTION_STATE})`,
    `Wait-Process -Id ${pid} -ErrorAction Stop`,
  ].join('; ');

/**
 * Keeps the computer from going to sleep while something renders. That it cannot is one line in the log, never an
 * error.
 */
export class KeepAwake {
  readonly #log: (line: string) => void;
  readonly #program: AwakeProgram | null;
  #running: ChildProcess | null = null;
  #failed = false;

  constructor(log: (line: string) => void, program = awakeProgram()) {
    this.#log = log;
    this.#program = program;
  }

  /** @param awake whether the computer has to stay awake from now on */
  set(awake: boolean): void {
    if (awake) this.#start();
    else this.#stop();
  }

  #start(): void {
    if (this.#running || this.#failed) return;
    if (!this.#program) {
      this.#fail(`no program is known on ${process.platform}`);
      return;
    }
    const { command, args } = this.#program;
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true });
    this.#running = child;
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    // Whatever happens to the pipe, how the program ended says more.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => this.#ended(child, error.message));
    child.once('close', (code, signal) => this.#ended(child, `${command} ended (${signal ?? code}). ${output.trim()}`));
  }

  /** Nothing happens if it was stopped before. */
  #ended(child: ChildProcess, reason: string): void {
    if (this.#running !== child) return;
    this.#running = null;
    this.#fail(reason);
  }

  #fail(reason: string): void {
    this.#failed = true;
    this.#log(`The computer may go to sleep during renders: ${reason}`);
  }

  #stop(): void {
    const child = this.#running;
    this.#running = null;
    child?.stdin?.end();
    child?.kill();
  }
}
