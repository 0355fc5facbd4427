import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { namedFiles } from '../../plan/model-files.ts';
import { type FileRef, PLAN_VERSION, type TravelPlan } from '../../plan/plan.ts';
import { publishedPlan } from '../../plan/published-plan.ts';
import { clipWork } from '../../plan/work.ts';
import type { RenderProgress } from '../../protocol/engine.ts';
import { LocalEngine } from '../../rendering/local-engine.ts';
import { plainSampling } from '../plan/sampling.ts';
import { writeStandIn } from './stand-in.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const POCKET = join(ROOT, 'models/pocket/pocket.safetensors');
const MOTION = join(ROOT, 'models/pocket/mm_pocket.safetensors');

let folder: string;
let engine: LocalEngine;
const newEngine = () => new LocalEngine({ entry: join(ROOT, 'dist/engine.js'), cacheFolder: null });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-engine-'));
  engine = newEngine();
});
afterEach(async () => {
  engine.kill();
  await rm(folder, { recursive: true });
});

async function ref(path: string): Promise<FileRef> {
  const { size, mtimeMs } = await stat(path);
  return { path, size, mtimeMs };
}

async function sha256Of(plan: TravelPlan): Promise<Map<string, string>> {
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  return new Map(await Promise.all(namedFiles(plan).map(async ({ path }) => [path, await hash(path)] as const)));
}

/** A render of a second or two: few small frames, few steps. */
async function planOf(changes: Partial<TravelPlan> = {}, frameCount = 4): Promise<TravelPlan> {
  const alone = (index: number) => ({ from: index, to: index, t: 0 });
  return {
    version: PLAN_VERSION,
    name: 'test',
    source: 'a cat\n',
    models: { checkpoint: await ref(POCKET), vae: null, motionModule: await ref(MOTION), clipSkip: 1, unload: false },
    loras: [],
    motionLoras: [],
    embeddings: [],
    images: [],
    masks: [],
    prompts: [
      { text: '1girl, red hair', loras: [] },
      { text: '', loras: [] },
    ],
    frames: Array.from({ length: frameCount }, (_, index) => ({
      index,
      positive: alone(0),
      negative: alone(1),
      cfgScale: 5,
      motionScale: 1,
      loras: [],
    })),
    mix: 'slerp',
    promptEditing: 'by-step',
    emphasis: 'Original',
    sampling: plainSampling({ steps: 3, seed: 5 }),
    width: 64,
    height: 64,
    context: {
      windows: Array.from({ length: 3 }, () => [{ start: 0, stride: 1, length: frameCount }]),
      fuse: 'pyramid',
      settings: null,
    },
    output: {
      base: join(folder, 'out'),
      written: 'out',
      formats: ['png'],
      fps: 8,
      loop: 0,
      order: Array.from({ length: frameCount }, (_, index) => index),
      interpolation: null,
    },
    device: 'auto',
    rolled: [],
    ...changes,
  };
}

const standIn = (body: string) => writeStandIn(folder, body);

/** The frames that a render of a plan gives, as bytes. */
async function pixels(plan: TravelPlan, name: string): Promise<Buffer[]> {
  const result = await render({ ...plan, output: { ...plan.output, base: join(folder, name) } });
  if (!result.ok) throw new Error(result.message);
  const [written] = result.files;
  const files = written!.endsWith('.png') ? [written!] : (await readdir(written!)).map((file) => join(written!, file));
  return Promise.all(files.map((file) => sharp(file).raw().toBuffer()));
}

/** The largest difference between two images. */
function distance(a: Buffer, b: Buffer): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

/** Renders to the end. @param onProgress may cancel */
function render(
  plan: TravelPlan,
  onProgress: (progress: RenderProgress, cancel: () => void) => void = () => undefined,
) {
  const rendering = engine.submit(clipWork(plan), (event) => {
    if (event.kind === 'progress') onProgress(event.progress, rendering.cancel);
  });
  return rendering.result;
}

describe('the engine as a process', () => {
  it('renders a plan, tells how far it is, and gives back the source from what it wrote', async () => {
    const progress: RenderProgress[] = [];
    const plan = await planOf();
    const result = await render(plan, (step) => progress.push(step));
    expect(result).toMatchObject({ ok: true, files: [join(folder, 'out')] });
    expect(await readdir(join(folder, 'out'))).toHaveLength(4);
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['load', 'encode', 'sample', 'decode', 'write']);
    expect(progress.filter(({ stage, step }) => stage === 'sample' && step === 3)).not.toEqual([]);
    expect(await engine.extract(join(folder, 'out', '00000.png'))).toEqual({
      ok: true,
      source: 'a cat\n',
      plan: { ok: true, plan: publishedPlan(plan, await sha256Of(plan)) },
    });
  });

  it('gives the same pixels for the same plan', async () => {
    const plan = await planOf({}, 2);
    const [first, second] = [await pixels(plan, 'first'), await pixels(plan, 'second')];
    expect(first).toHaveLength(2);
    expect(first[0]).not.toEqual(first[1]);
    expect(second).toEqual(first);
  });

  it('gives a frame that is rendered alone the noise that it has in the whole clip', async () => {
    const stills = (plan: TravelPlan) => ({ ...plan, models: { ...plan.models, motionModule: null } });
    const whole = stills(await planOf({}, 2));
    const alone = stills(await planOf({ frames: [whole.frames[1]!] }, 1));
    const [, second] = await pixels(whole, 'whole');
    expect(distance((await pixels(alone, 'alone'))[0]!, second!)).toBeLessThanOrEqual(1);
  });

  it('renders stills', async () => {
    const plan = await planOf();
    const stills = { ...plan, models: { ...plan.models, motionModule: null } };
    expect(await render(stills)).toMatchObject({ ok: true });
  });

  it('stops between windows when cancelled and leaves nothing', async () => {
    const steps = 200;
    const plan = await planOf({
      sampling: plainSampling({ steps, seed: 1 }),
      context: {
        windows: Array.from({ length: steps }, () => [{ start: 0, stride: 1, length: 4 }]),
        fuse: 'flat',
        settings: null,
      },
    });
    const result = await render(plan, ({ step }, cancel) => {
      if (step === 2) cancel();
    });
    expect(result).toMatchObject({ ok: false, kind: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
    expect(await render(await planOf())).toMatchObject({ ok: true });
  });

  it('says what happened when the process is killed, and starts again', async () => {
    const onProgress = ({ step }: RenderProgress) => {
      if (step === 1) engine.kill();
    };
    const result = await render(await planOf(), onProgress);
    expect(result).toMatchObject({ ok: false, kind: 'engine-stopped' });
    expect(!result.ok && result.message).toMatch(/SIGKILL.*memory/);
    expect(await render(await planOf())).toMatchObject({ ok: true });
  });

  it('refuses a model that changed since the plan was made, or is gone', async () => {
    const plan = await planOf();
    const changed = { ...plan.models, checkpoint: { ...plan.models.checkpoint, size: 1 } };
    expect(await render({ ...plan, models: changed })).toMatchObject({
      ok: false,
      kind: 'file-changed',
    });
    const gone = { ...plan.models, checkpoint: { ...plan.models.checkpoint, path: join(folder, 'gone.safetensors') } };
    const result = await render({ ...plan, models: gone });
    expect(result).toMatchObject({ ok: false, kind: 'file-changed' });
    expect(!result.ok && result.message).toContain('gone.safetensors');
  });

  it('refuses a file that is no checkpoint and names it', async () => {
    const path = join(folder, 'model.safetensors');
    await writeFile(path, 'not a model');
    const plan = await planOf();
    const result = await render({ ...plan, models: { ...plan.models, checkpoint: await ref(path) } });
    expect(result).toMatchObject({ ok: false, kind: 'bad-model' });
    expect(!result.ok && result.message).toContain(path);
  });

  it('says so before the work when nothing can be written', async () => {
    const base = join(folder, 'a file');
    await writeFile(base, '');
    const stages: string[] = [];
    const plan = await planOf();
    const result = await render({ ...plan, output: { ...plan.output, base: join(base, 'out') } }, ({ stage }) =>
      stages.push(stage),
    );
    expect(result).toMatchObject({ ok: false, kind: 'cannot-write' });
    expect(stages).not.toContain('sample');
  });

  it('sends no telemetry: ONNX Runtime leaves no trace in the home folder', async () => {
    const home = join(folder, 'home');
    await mkdir(home);
    const before = { ...process.env };
    Object.assign(process.env, { HOME: home, XDG_CACHE_HOME: join(home, '.cache') });
    try {
      expect(await render(await planOf())).toMatchObject({ ok: true });
    } finally {
      Object.assign(process.env, { HOME: before.HOME ?? '' });
      if (before.XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before.XDG_CACHE_HOME;
    }
    expect(await readdir(home)).toEqual([]);
  });

  it('answers for a program that is not there', async () => {
    const missing = new LocalEngine({ entry: join(folder, 'none.js'), cacheFolder: null });
    expect(await missing.submit(clipWork(await planOf())).result).toMatchObject({ ok: false, kind: 'engine-stopped' });
  });

  it('does not start for a render that is canceled at once', async () => {
    const rendering = engine.submit(clipWork(await planOf()));
    rendering.cancel();
    expect(await rendering.result).toMatchObject({ ok: false, kind: 'cancelled' });
    expect(engine.pid).toBeUndefined();
  });

  it('cancels a render while the process is starting', async () => {
    const progress: RenderProgress[] = [];
    const rendering = engine.submit(clipWork(await planOf()), (event) => {
      if (event.kind === 'progress') progress.push(event.progress);
    });
    await setImmediate();
    expect(engine.pid).toBeDefined();
    rendering.cancel();
    expect(await rendering.result).toMatchObject({ ok: false, kind: 'cancelled' });
    expect(progress).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends the process when it has been idle', async () => {
    engine = new LocalEngine({ entry: await standIn(''), cacheFolder: null, idleMs: 0 });
    const rendering = engine.submit(clipWork(await planOf()), () => undefined);
    await Promise.resolve();
    await Promise.resolve();
    const { pid } = engine;
    expect(pid).toBeDefined();
    await rendering.result;
    await vi.waitFor(() => expect(() => process.kill(pid!, 0)).toThrow(/ESRCH/), { timeout: 20_000 });
    expect(engine.pid).toBeUndefined();
    expect(await engine.submit(clipWork(await planOf())).result).toMatchObject({ ok: false, message: 'done' });
  });

  it.each([
    ['no result', "answer({ ok: 'perhaps' })", /invalid response/],
    ['an exception', "throw new Error('oh')", /invalid response: .*oh/],
    ['an end with output', "console.error('last words'); process.exit(3)", /exit code 3.*lines below\.\nlast words/],
    ['an end without output', 'process.exit(4)', /exit code 4\. Render again; if it happens again, report it\.$/],
    [
      'a bus error',
      "process.kill(process.pid, 'SIGBUS')",
      /^A model file was probably changed or truncated during the render\..*SIGBUS.*Render again\.$/,
    ],
  ])('reports a process that answers with %s', async (_, body, message) => {
    engine = new LocalEngine({ entry: await standIn(body), cacheFolder: null });
    const result = await engine.submit(clipWork(await planOf())).result;
    expect(result).toMatchObject({ ok: false, kind: /invalid/.test(message.source) ? 'internal' : 'engine-stopped' });
    expect(!result.ok && result.message).toMatch(message);
  });

  it('names the model file that was truncated when the process died', async () => {
    engine = new LocalEngine({
      entry: await standIn("process.kill(process.pid, 'SIGBUS')"),
      cacheFolder: null,
    });
    const plan = await planOf();
    const path = join(folder, 'model.safetensors');
    await writeFile(path, 'short');
    const models = { ...plan.models, checkpoint: { ...plan.models.checkpoint, path } };
    const result = await engine.submit(clipWork({ ...plan, models })).result;
    expect(result).toMatchObject({ ok: false, kind: 'file-changed' });
    expect(!result.ok && result.message.split('\n')[0]).toBe(
      `The model file ${path} was changed during the render. Nothing was written. Render again.`,
    );
  });

  it.each(['load', 'sample', 'write'])(
    'ends a process that does not answer a cancel request in the stage %s, and leaves nothing of it',
    async (stage) => {
      const put = (pid: string) =>
        `await fs.writeFile(${JSON.stringify(join(folder, '.travel-'))} + ${pid} + '-1.partial', '');`;
      engine = new LocalEngine({
        entry: await standIn(
          `const fs = await import('node:fs/promises'); ${put('process.pid')} ${put('1')}
          notify('travel/progress', { stage: '${stage}', done: 0, total: 1 }); await new Promise(() => undefined);`,
        ),
        cacheFolder: null,
      });
      const rendering = engine.submit(clipWork(await planOf()), (event) => {
        if (event.kind === 'progress') rendering.cancel();
      });
      expect(await rendering.result).toMatchObject({ kind: 'cancelled' });
      expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual(['.travel-1-1.partial']);
    },
  );
});

it('without ONNX Runtime, says what is missing in one sentence, stays alive, and reads files', async () => {
  await mkdir(join(folder, 'dist'));
  // There is no `node_modules` above.
  const entry = join(folder, 'dist/engine.js');
  await copyFile(join(ROOT, 'dist/engine.js'), entry);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const alone = new LocalEngine({ entry, cacheFolder: null });
  try {
    const plan = await planOf();
    for (let i = 0; i < 2; i++) {
      const result = await alone.submit(clipWork(plan)).result;
      expect(result).toMatchObject({ ok: false, kind: 'unsupported' });
      expect(result.ok || result.message).toMatch(
        /^This computer cannot render\. ONNX Runtime's files for .* are missing.*$/,
      );
    }
    expect(await alone.devices()).toMatchObject({ ok: false, message: expect.stringContaining('cannot render') });
    const { pid } = alone;
    await writeFile(join(folder, 'a.txt'), 'no source');
    expect(await alone.extract(join(folder, 'a.txt'))).toMatchObject({ ok: false });
    expect(alone.pid).toBe(pid);
  } finally {
    alone.kill();
  }
});
