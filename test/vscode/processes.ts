import { readdirSync, readFileSync } from 'node:fs';

export type ProcessKind = 'extension host' | 'render service' | 'engine' | 'other';

export interface RunningProcess {
  readonly pid: number;
  /** Of the process that started it. */
  readonly parent: number;
  readonly kind: ProcessKind;
}

const KINDS: readonly (readonly [text: string, kind: ProcessKind])[] = [
  ['--type=extensionHost', 'extension host'],
  ['dist/renders.js', 'render service'],
  ['dist/engine.js', 'engine'],
];

/**
 * Processes that use a cache of their own, wherever they come from; on Linux.
 *
 * @param cacheHome the value of XDG_CACHE_HOME in their environment
 */
export function processesWith(cacheHome: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(pid, 'environ').split('\0').includes(`XDG_CACHE_HOME=${cacheHome}`))
    .map((pid) => {
      const command = read(pid, 'cmdline');
      return {
        pid: Number(pid),
        parent: Number(statOf(pid)[1]),
        kind: KINDS.find(([text]) => command.includes(text))?.[1] ?? 'other',
      };
    });
}

/** @throws Error unless there is exactly one */
export function onlyProcess(kind: ProcessKind, cacheHome: string): number {
  const pids = processesWith(cacheHome).flatMap((each) => (each.kind === kind ? [each.pid] : []));
  if (pids.length !== 1) throw new Error(`There are ${pids.length} processes of the kind "${kind}": ${pids}.`);
  return pids[0]!;
}

/** The engine that renders. A preview has another one, which reads files. @throws Error unless there is exactly one */
export function renderEngine(cacheHome: string): number {
  const all = processesWith(cacheHome);
  const service = onlyProcess('render service', cacheHome);
  const pids = all.flatMap(({ pid, parent, kind }) => (kind === 'engine' && parent === service ? [pid] : []));
  if (pids.length !== 1) throw new Error(`The render service has ${pids.length} engines: ${pids}.`);
  return pids[0]!;
}

/**
 * Stops the engine that renders until the result is disposed, so that a test can look at a render for as long as the
 * machine needs, however fast the engine is. Whoever asked the engine meanwhile has its answer afterwards.
 */
export function holdEngine(cacheHome: string): Disposable {
  const pid = renderEngine(cacheHome);
  process.kill(pid, 'SIGSTOP');
  return {
    [Symbol.dispose]() {
      // The render service kills an engine that does not answer, which ends it even while it is stopped.
      if (processesWith(cacheHome).some((each) => each.pid === pid)) process.kill(pid, 'SIGCONT');
    },
  };
}

/** Files that a process has mapped into its memory, such as its libraries. */
export function mappedFiles(pid: number): string[] {
  const paths = read(String(pid), 'maps').match(/\/.*$/gm) ?? [];
  return [...new Set(paths)];
}

/** Seconds on the CPU since a process started, of all its threads. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(String(pid));
  // Fields 14 and 15 of all count ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The fields of a process's `stat` after the name of the program, which is in parentheses and may have spaces. */
function statOf(pid: string): string[] {
  const stat = read(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Empty if the process has ended, or belongs to another user. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
