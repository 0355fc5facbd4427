import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, endpointOf, listenAlone } from '../../../rendering/service/endpoint.ts';

let runtime: string;
const open: (Server | Socket)[] = [];
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'travel-run-'));
});
afterEach(() => {
  for (const each of open.splice(0)) 'close' in each ? each.close() : each.destroy();
  rmSync(runtime, { recursive: true });
});

const own = () => join(runtime, `prompt-travel-${userInfo().uid}`);

describe.skipIf(process.platform === 'win32')('the address of the render service', () => {
  it('is in a folder that only this user can open, another one for each cache', async () => {
    const a = await endpointOf('/cache/a', 'linux', runtime);
    expect(dirname(a)).toBe(own());
    expect(statSync(own()).mode & 0o777).toBe(0o700);
    expect(await endpointOf('/cache/b', 'linux', runtime)).not.toBe(a);
    expect(await endpointOf('/cache/a', 'linux', runtime)).toBe(a);
    // The longest path of a Unix socket on macOS is 103 bytes.
    expect(a.length - runtime.length).toBeLessThan(50);
  });

  it('does not need the folder of the session', async () => {
    for (const missing of ['', join(runtime, 'none')]) {
      expect(await endpointOf('/cache/a', 'linux', missing)).toContain(join(tmpdir(), 'prompt-travel-'));
    }
  });

  it('is in the temporary folder if its path would be too long for a socket', async () => {
    const long = join(runtime, 'x'.repeat(100));
    mkdirSync(long);
    expect(await endpointOf('/cache/a', 'linux', long)).toContain(join(tmpdir(), 'prompt-travel-'));
  });

  it.each<[string, () => void]>([
    ['a folder that others can open', () => mkdirSync(own())],
    ['a file', () => writeFileSync(own(), '')],
  ])('is not in %s', async (_, make) => {
    make();
    chmodSync(own(), 0o755);
    await expect(endpointOf('/cache/a', 'linux', runtime)).rejects.toThrow(/only you can open\. Remove it/);
  });

  it('is a named pipe on Windows', async () => {
    expect(await endpointOf('C:\\cache', 'win32')).toMatch(/^\\\\\.\\pipe\\prompt-travel-.+-renders-[0-9a-f]{12}$/);
  });
});

describe.skipIf(process.platform === 'win32')('listening', () => {
  it('is done by one of many, and nobody waits for an answer if none does', async () => {
    const endpoint = await endpointOf('/cache/a', 'linux', runtime);
    expect(await connect(endpoint)).toBeNull();
    const servers = await Promise.all(Array.from({ length: 5 }, () => listenAlone(endpoint, () => undefined)));
    const [server, ...others] = servers.filter((each) => each !== null);
    expect(others).toEqual([]);
    open.push(server!);
    const socket = await connect(endpoint);
    expect(socket).not.toBeNull();
    open.unshift(socket!);
  });

  it('takes over what a process that was killed has left', async () => {
    const endpoint = await endpointOf('/cache/a', 'linux', runtime);
    writeFileSync(endpoint, '');
    const server = await listenAlone(endpoint, () => undefined);
    expect(server).not.toBeNull();
    open.push(server!);
  });
});
