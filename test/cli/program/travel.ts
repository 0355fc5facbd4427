import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Bundled before the tests. */
const TRAVEL = resolve(import.meta.dirname, '../../../dist/travel.js');

/** The cache of all programs that a test file starts; on Linux. */
const CACHE = mkdtempSync(join(tmpdir(), 'travel-cache-'));
process.on('exit', () => rmSync(CACHE, { recursive: true, force: true }));

export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd: string;
  /** null: stays open. */
  readonly stdin?: string | Uint8Array | null;
  readonly env?: NodeJS.ProcessEnv;
  /** In a process group of its own, so that a signal can be sent to all of it, as a terminal does. */
  readonly group?: boolean;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as the text is on standard error; rejects when the program ends without it. */
  says(text: string): Promise<void>;
  /** Resolves when standard error has this many lines, or the program ends. */
  lines(count: number): Promise<void>;
}

/** Start `travel` as a shell would. */
export function start(args: readonly string[], options: RunOptions): Running {
  return run(process.execPath, [TRAVEL, ...args], options);
}

function run(command: string, args: readonly string[], { cwd, stdin, env = {}, group = false }: RunOptions): Running {
  const { TRAVEL_MODELS: _, ...inherited } = process.env;
  const child = spawn(command, args, {
    cwd,
    env: { ...inherited, XDG_CACHE_HOME: CACHE, ...env },
    detached: group,
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  // A program that refuses its arguments ends without reading what it is given.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  if (stdin !== null) child.stdin.end(stdin ?? '');
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  const until = (enough: () => boolean) =>
    new Promise<void>((found) => {
      const look = () => {
        if (enough()) found();
      };
      waiting.add(look);
      look();
    });
  const says = (text: string) =>
    Promise.race([
      until(() => stderr.includes(text)),
      ended.then(() => {
        if (!stderr.includes(text)) throw new Error(`It ended without saying “${text}”:\n${stderr}`);
      }),
    ]);
  const lines = async (count: number) => {
    await Promise.race([until(() => stderr.split('\n').length > count), ended]);
  };
  return { child, ended, says, lines };
}

/** A line for bash, in which `travel` is the program. */
export function sh(line: string, cwd: string): Promise<Ended> {
  const program = `travel() { ${[process.execPath, TRAVEL].map((word) => `'${word}'`).join(' ')} "$@"; }`;
  return run('bash', ['-c', `${program}; ${line}`], { cwd }).ended;
}

export function travel(args: readonly string[], options: RunOptions): Promise<Ended> {
  return start(args, options).ended;
}
