import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TravelPlan } from '../../../plan/plan.ts';
import { clipWork } from '../../../plan/work.ts';
import type { JobEvent, JobInfo } from '../../../protocol/renders.ts';
import { LocalEngine } from '../../../rendering/local-engine.ts';
import { runningRenders, ServiceClient, type ServiceListener } from '../../../rendering/service/client.ts';
import { endpointOf } from '../../../rendering/service/endpoint.ts';
import { smallPlan } from '../../engine/pipelines/plans.ts';

/** Each of several processes may take long to start on a loaded machine. */
const TIMEOUT = 10 * 60_000;
vi.setConfig({ testTimeout: TIMEOUT, hookTimeout: TIMEOUT });

const DIST = resolve(import.meta.dirname, '../../../dist');

/** A window, with what it has seen. */
class Window implements ServiceListener {
  jobs: readonly JobInfo[] = [];
  events: JobEvent[] = [];
  lost = false;
  client!: ServiceClient;

  onJobs = (jobs: readonly JobInfo[]) => {
    this.jobs = jobs;
  };
  onEvent = (event: JobEvent) => this.events.push(event);
  onLost = () => {
    this.lost = true;
  };

  /** The states of all jobs, in their order. */
  get states(): string[] {
    return this.jobs.map(({ state }) => state.kind);
  }

  /** The steps that were reported. */
  get steps(): number[] {
    return this.events.flatMap((event) => (event.kind === 'progress' ? (event.progress.step ?? []) : []));
  }
}

let folder: string;
let cacheFolder: string;
const windows: Window[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-service-'));
  cacheFolder = join(folder, 'cache');
});
afterEach(async () => {
  for (const { client, lost } of windows.splice(0)) if (!lost) client.dispose();
  // The engine ends with the service.
  for (const pid of services()) process.kill(pid, 'SIGKILL');
  await until(() => !running());
  rmSync(folder, { recursive: true });
});

async function openWindow({ version = '1', graceMs = 60_000 } = {}): Promise<Window> {
  const window = new Window();
  const options = { entry: join(DIST, 'renders.js'), cacheFolder, version, graceMs };
  window.client = await ServiceClient.connect(options, window);
  windows.push(window);
  return window;
}

/** Process ids whose command line has this test's cache folder: the service. Linux only. */
function services(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cacheFolder);
      } catch {
        return false; // It has ended.
      }
    })
    .map(Number);
}

const running = () => services().length > 0;

/** A process that has ended stays until its parent asks for its result. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function children(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** Enough to be stopped in the middle; a step takes some milliseconds. */
const STEPS = 40;

async function planOf(name: string, steps = STEPS): Promise<TravelPlan> {
  const plan = await smallPlan();
  return {
    ...plan,
    name,
    sampling: { ...plan.sampling, steps, seed: name.charCodeAt(0) },
    context: { ...plan.context, windows: Array(steps).fill(plan.context.windows[0]) },
    output: { ...plan.output, base: join(folder, name), formats: ['png'] },
  };
}

const submit = async ({ client }: Window, name: string, steps?: number) =>
  client.submit({ document: `file:///${name}.travel`, work: clipWork(await planOf(name, steps)), resume: false });

/** The images' pixels, which follow the metadata. */
const pixels = (base: string) =>
  readdirSync(base).map((name) => {
    const bytes = readFileSync(join(base, name));
    return bytes.subarray(bytes.indexOf('IDAT')).toString('base64');
  });

async function undisturbed(name: string): Promise<string[]> {
  const engine = new LocalEngine({ entry: join(DIST, 'engine.js'), cacheFolder: null });
  const plan = await planOf(name);
  const base = join(folder, 'undisturbed');
  const result = await engine.submit(clipWork({ ...plan, output: { ...plan.output, base } })).result;
  engine.stop();
  expect(result).toMatchObject({ ok: true });
  return pixels(base);
}

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: TIMEOUT, interval: 5 });

// Processes are found in /proc.
describe.runIf(process.platform === 'linux')('the render service', () => {
  it('is one for all windows, which see and change the same queue', async () => {
    const [first, second] = await Promise.all([openWindow(), openWindow()]);
    // Both start one; the second one finds the first and ends.
    await until(() => services().length === 1);
    const a = await submit(first, 'a');
    const b = await submit(second, 'b', 2);
    await until(() => second.states.join() === 'sampling,queued');
    expect(await runningRenders(cacheFolder)).toEqual(['a']);
    expect(first.jobs.map(({ id, name, document }) => [id, name, document])).toEqual([
      [a, 'a', 'file:///a.travel'],
      [b, 'b', 'file:///b.travel'],
    ]);
    expect((await second.client.plan(a))?.name).toBe('a');
    await second.client.change(a, 'cancel');
    await until(() => first.states.join() === 'cancelled,done');
    expect(existsSync(join(folder, 'a'))).toBe(false);
    expect(readdirSync(join(folder, 'b'))).toHaveLength(2);
    // What is gone, or does not fit, changes nothing.
    await first.client.change(99, 'cancel');
    expect(await runningRenders(cacheFolder)).toEqual([]);
    await first.client.change(b, 'pause');
    expect(first.states).toEqual(['cancelled', 'done']);
  });

  it('goes on while a window reloads, and the new window finds the same job', async () => {
    const before = await openWindow();
    await submit(before, 'a');
    await until(() => before.steps.includes(STEPS / 2));
    const service = services();
    before.client.dispose();
    const after = await openWindow();
    expect(after.jobs).toMatchObject([{ name: 'a', document: 'file:///a.travel', state: { kind: 'sampling' } }]);
    await until(() => after.states.join() === 'done');
    expect(services()).toEqual(service);
    expect(Math.min(...after.steps)).toBeGreaterThanOrEqual(STEPS / 2);
    expect(pixels(join(folder, 'a'))).toEqual(await undisturbed('a'));
  });

  it('ends when it has had no window for a while, and the next one continues its jobs', async () => {
    const before = await openWindow({ graceMs: 0 });
    await submit(before, 'a');
    await submit(before, 'b', 2);
    await until(() => before.steps.includes(STEPS / 2));
    const [service] = services();
    const engines = children(service!);
    before.client.dispose();
    await until(() => !running());
    await until(() => !engines.some(isAlive));
    expect(readdirSync(folder)).toEqual(['cache']);

    const after = await openWindow();
    await until(() => after.states.join() === 'done,done');
    expect(Math.min(...after.steps.filter((step) => step > 2))).toBeGreaterThanOrEqual(STEPS / 2 - 1);
    expect(pixels(join(folder, 'a'))).toEqual(await undisturbed('a'));
    await vi.waitUntil(() => !existsSync(join(cacheFolder, 'jobs', 'queue.json')));
  });

  it('finishes its queue without a window if the user has chosen so, and then ends', async () => {
    const window = await openWindow({ graceMs: 0 });
    await window.client.configure({ keepAwake: false, whenClosed: 'stop', threads: null });
    // The latest one counts, whichever window it comes from.
    const other = await openWindow();
    await other.client.configure({ keepAwake: false, whenClosed: 'keepRendering', threads: null });
    await submit(window, 'a');
    await submit(window, 'b', 2);
    const failing = await planOf('c', 2);
    const broken = { ...failing, output: { ...failing.output, base: join('/dev/null', 'c') } };
    await window.client.submit({ document: 'file:///c.travel', work: clipWork(broken), resume: false });
    await until(() => window.steps.includes(STEPS / 2));
    const engines = children(services()[0]!);
    window.client.dispose();
    other.client.dispose();
    await until(() => !running());
    await until(() => !engines.some(isAlive));
    expect(pixels(join(folder, 'a'))).toEqual(await undisturbed('a'));
    expect(readdirSync(join(folder, 'b'))).toHaveLength(2);
    // Nobody saw that it failed.
    const after = await openWindow();
    expect(after.jobs).toMatchObject([{ name: 'c', state: { kind: 'paused' } }]);
  });

  it('keeps the computer awake while something renders, and leaves no process when it is killed', async () => {
    const started = join(folder, 'awake');
    const [bin, path] = [join(folder, 'bin'), process.env.PATH];
    mkdirSync(bin);
    writeFileSync(join(bin, 'systemd-inhibit'), `#!/bin/sh\necho $$ >> '${started}'\nexec cat\n`, { mode: 0o755 });
    process.env.PATH = `${bin}${delimiter}${path}`;
    const pids = () =>
      existsSync(started) ? readFileSync(started, 'utf8').split('\n').filter(Boolean).map(Number) : [];
    const window = await openWindow().finally(() => {
      process.env.PATH = path;
    });
    await window.client.configure({ keepAwake: false, whenClosed: 'stop', threads: null });
    await submit(window, 'a');
    await until(() => window.steps.includes(2));
    expect(pids()).toEqual([]);
    await window.client.configure({ keepAwake: true, whenClosed: 'stop', threads: null });
    await until(() => pids().length === 1);
    await submit(window, 'b', 2);
    await until(() => window.states.join() === 'done,done');
    await until(() => !isAlive(pids()[0]!));
    expect(pids()).toHaveLength(1);
    await submit(window, 'd', 1000);
    await until(() => pids().length === 2);
    expect(isAlive(pids()[1]!)).toBe(true);
    process.kill(services()[0]!, 'SIGKILL');
    await until(() => window.lost && !isAlive(pids()[1]!));
  });

  it('continues after it was killed, but not a second time by itself', async () => {
    for (const round of [1, 2]) {
      const window = await openWindow();
      if (round === 1) await submit(window, 'a');
      await until(() => window.steps.includes(round * 12));
      process.kill(services()[0]!, 'SIGKILL');
      await until(() => window.lost && !running());
    }
    const window = await openWindow();
    expect(window.jobs).toMatchObject([{ state: { kind: 'failed', failure: { kind: 'engine-stopped' } }, crashes: 2 }]);
    await window.client.change(window.jobs[0]!.id, 'requeue');
    await until(() => window.states.join() === 'done');
    expect(Math.min(...window.steps)).toBeGreaterThan(22);
    expect(pixels(join(folder, 'a'))).toEqual(await undisturbed('a'));
  });

  it.runIf(existsSync('/dev/full'))('goes on when its log cannot be written', async () => {
    const options = { cacheFolder, version: '1', graceMs: 60_000 };
    // Each of these is in the log.
    mkdirSync(join(cacheFolder, 'jobs'), { recursive: true });
    for (const name of ['queue', randomUUID(), randomUUID()])
      writeFileSync(join(cacheFolder, 'jobs', `${name}.json`), '[');
    const full = openSync('/dev/full', 'w');
    const { pid } = spawn(process.execPath, [join(DIST, 'renders.js'), JSON.stringify(options)], {
      stdio: ['ignore', full, full],
    });
    closeSync(full);
    const endpoint = await endpointOf(cacheFolder);
    await until(() => existsSync(endpoint));
    const window = await openWindow();
    await submit(window, 'a', 2);
    await until(() => window.states.join() === 'done');
    expect(services()).toEqual([pid]);
  });

  it('reports an engine that was killed, and tries again from the saved progress', async () => {
    const window = await openWindow();
    const id = await submit(window, 'a');
    await until(() => window.steps.includes(20));
    for (const engine of children(services()[0]!)) process.kill(engine, 'SIGKILL');
    await until(() => window.states.join() === 'failed');
    await until(() => window.jobs[0]!.crashes === 1);
    window.events = [];
    await window.client.change(id, 'requeue');
    await until(() => window.states.join() === 'done');
    expect(Math.min(...window.steps)).toBeGreaterThan(18);
  });

  it('pauses a job, runs the next one, and continues', async () => {
    const window = await openWindow();
    const a = await submit(window, 'a');
    await submit(window, 'b', 2);
    await until(() => window.steps.includes(20));
    await window.client.change(a, 'pause');
    await until(() => window.states.join() === 'paused,done');
    await window.client.change(a, 'requeue');
    await until(() => window.states.join() === 'done,done');
    expect(pixels(join(folder, 'a'))).toEqual(await undisturbed('a'));
  });

  it('gives way to the service of a newer version, which continues its jobs; an older window cannot take them back', async () => {
    const old = await openWindow({ version: '0.9.1' });
    await submit(old, 'a');
    await until(() => old.steps.includes(20));
    const updated = await openWindow({ version: '0.10.0' });
    await until(() => old.lost);
    await expect(openWindow({ version: '0.9.1' })).rejects.toThrow(/newer version .*0\.10\.0.* Reload this window/);
    await until(() => updated.states.join() === 'done');
    expect(services()).toHaveLength(1);
    expect(Math.min(...updated.steps)).toBeGreaterThan(18);
  });
});
