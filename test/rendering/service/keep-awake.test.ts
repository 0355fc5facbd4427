import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awakeProgram, KeepAwake } from '../../../rendering/service/keep-awake.ts';

let folder: string;
const lines: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-awake-'));
  lines.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * Writes its process id for each start. @param until what ends it by itself; whatever does not read its input is killed
 */
const standIn = (until = 'process.stdin.resume()') => ({
  command: process.execPath,
  args: ['-e', `require('fs').appendFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + '\\n'); ${until}`],
});

function pids(): number[] {
  try {
    return readFileSync(join(folder, 'pids'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const keepAwake = (program = awakeProgram()) => new KeepAwake((line) => lines.push(line), program);

describe('keeping the computer awake', () => {
  it('starts the program once, ends it, and starts it again', async () => {
    const awake = keepAwake(standIn());
    awake.set(true);
    awake.set(true);
    await vi.waitUntil(() => pids().length === 1);
    awake.set(false);
    awake.set(false);
    await vi.waitUntil(() => !isAlive(pids()[0]!));
    awake.set(true);
    await vi.waitUntil(() => pids().length === 2);
    awake.set(false);
    await vi.waitUntil(() => !pids().some(isAlive));
    expect(lines).toEqual([]);
  });

  it('ends a program that does not read its input', async () => {
    const awake = keepAwake(standIn('setInterval(() => undefined, 1000)'));
    awake.set(true);
    await vi.waitUntil(() => pids().length === 1);
    awake.set(false);
    await vi.waitUntil(() => !isAlive(pids()[0]!));
    expect(lines).toEqual([]);
  });

  it.each([
    ['is missing', { command: join('none', 'caffeinate'), args: [] }, /sleep during renders: .*ENOENT/],
    [
      'fails',
      { command: process.execPath, args: ['-e', 'console.error("Access denied"); process.exit(1)'] },
      /sleep during renders: .* ended \(1\)\. Access denied$/,
    ],
    ['is not known', null, /sleep during renders: no program is known on /],
  ])('logs one line if the program %s, and does not try again', async (_, program, line) => {
    const awake = keepAwake(program);
    awake.set(true);
    await vi.waitUntil(() => lines.length > 0);
    awake.set(false);
    awake.set(true);
    expect(lines).toEqual([expect.stringMatching(line)]);
  });

  it.each([
    ['darwin', 'caffeinate', '-i -w 12'],
    ['linux', 'systemd-inhibit', /^--what=idle:sleep --mode=block .* cat$/],
    ['win32', 'powershell.exe', /SetThreadExecutionState\(2147483649\); Wait-Process -Id 12 /],
  ] as const)('uses what %s has, which ends with this process', (platform, command, args) => {
    const program = awakeProgram(platform, 12)!;
    expect(program.command).toBe(command);
    expect(program.args.join(' ')).toEqual(typeof args === 'string' ? args : expect.stringMatching(args));
    expect(awakeProgram('aix')).toBeNull();
  });
});
