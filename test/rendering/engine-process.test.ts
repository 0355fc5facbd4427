import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EngineProcess, endMessage, startEngineProcess } from '../../rendering/engine-process.ts';
import { writeStandIn } from './stand-in.ts';

let folder: string;
let engine: EngineProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-process-'));
});
afterEach(async () => {
  engine?.child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

it('carries bytes as bytes, both ways', async () => {
  const entry = await writeStandIn(folder, "notify('test/bytes', { latents: request.latents.map((x) => 2 * x) });");
  engine = startEngineProcess(entry, () => undefined);
  const { connection } = engine;
  const received = new Promise<unknown>((resolve) => connection.onNotification('test/bytes', resolve));
  await connection.sendRequest('travel/render', { latents: Float32Array.of(0.5, -1) });
  expect(await received).toEqual({ latents: Float32Array.of(1, -2) });
});

it('passes on what the process prints, line by line', async () => {
  const entry = await writeStandIn(folder, "console.log('one'); console.error('two'); process.exit(0);");
  const lines: string[] = [];
  engine = startEngineProcess(entry, (line) => lines.push(line));
  await Promise.allSettled([engine.connection.sendRequest('travel/render', {})]);
  await engine.ended;
  expect(lines.sort()).toEqual(['one', 'two']);
});

it('sets what the engine needs in its environment', async () => {
  const entry = await writeStandIn(
    folder,
    'answer([process.env.ORT_DISABLE_TELEMETRY, process.env.ELECTRON_RUN_AS_NODE, process.execArgv]);',
  );
  engine = startEngineProcess(entry, () => undefined);
  expect(await engine.connection.sendRequest('travel/render', {})).toEqual(['1', '1', []]);
});

it('does not show what a process printed before it was killed, because that is not the reason', async () => {
  const ends = async (end: string) => {
    const entry = await writeStandIn(folder, `console.error('no Vulkan'); ${end}`);
    engine = startEngineProcess(entry, () => undefined);
    await Promise.allSettled([engine.connection.sendRequest('travel/render', {})]);
    return engine.ended;
  };
  expect(await ends('process.exit(1);')).toMatch(/exit code 1.*\nno Vulkan$/);
  expect(await ends("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});")).toMatch(
    /SIGKILL.*programs\.$/,
  );
});

it.each<[string, number | null, NodeJS.Signals | null, RegExp]>([
  ['a processor that is too old', null, 'SIGILL', /SIGILL.*processor.*lacks instructions/],
  ['a processor that is too old, on Windows', 0xc000001d, null, /processor.*lacks instructions/],
  ['a Visual C++ runtime that is too old', 0xc0000005, null, /Visual C\+\+ Redistributable.*vc_redist/],
  ['a model file that was truncated', null, 'SIGBUS', /model file.*truncated/],
])('names %s', (_, code, signal, expected) => {
  expect(endMessage(code, signal, [])).toMatch(expected);
});
