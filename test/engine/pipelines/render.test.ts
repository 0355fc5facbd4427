import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { render as renderWork } from '../../../engine/pipelines/render.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import type { LogLine, RenderProgress, RenderStage } from '../../../protocol/engine.ts';
import { openWeights } from '../../../weights/open.ts';
import { POCKET_LORA } from '../../golden/models.ts';
import { fileRef, smallPlan } from './plans.ts';

let folder: string;
let store: ModelStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-render-'));
  store = new ModelStore();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.release();
  rmSync(folder, { recursive: true });
});

async function planOf(changes: Partial<TravelPlan> = {}): Promise<TravelPlan> {
  const plan = await smallPlan(changes);
  return { ...plan, output: { ...plan.output, base: join(folder, 'new', 'clip') } };
}

async function render(
  plan: TravelPlan,
  {
    signal = new AbortController().signal,
    onStage = () => undefined,
    onProgress = () => undefined,
    cacheFolder = null,
    resume = false,
  }: {
    signal?: AbortSignal;
    onStage?: (stage: RenderStage) => void;
    onProgress?: (progress: RenderProgress) => void;
    cacheFolder?: string | null;
    resume?: boolean;
  } = {},
) {
  const progress: RenderProgress[] = [];
  const log: string[] = [];
  const result = await renderWork(
    { work: { kind: 'clip', plan }, threads: null, cacheFolder, resume },
    {
      store,
      signal,
      onProgress: (value) => {
        if (value.stage !== progress.at(-1)?.stage) onStage(value.stage);
        progress.push(value);
        onProgress(value);
      },
      log: ({ line }) => log.push(line),
    },
  );
  return { result, progress, log };
}

/** Runs a render and lists in order when UNet and VAE ran and were released. */
async function eventsOf(plan: TravelPlan): Promise<string[]> {
  const spies = {
    'unet runs': vi.spyOn(UNet.prototype, 'predict'),
    'unet released': vi.spyOn(UNet.prototype, 'release'),
    'vae runs': vi.spyOn(Vae.prototype, 'decode'),
    'vae released': vi.spyOn(Vae.prototype, 'release'),
  };
  await render(plan);
  const calls = Object.entries(spies).flatMap(([event, { mock }]) =>
    mock.invocationCallOrder.map((order) => ({ event, order })),
  );
  const events = calls.sort((x, y) => x.order - y.order).map(({ event }) => event);
  return events.filter((event, i) => event !== events[i - 1]);
}

describe('renderPlan', () => {
  it('fails for an explicit device that cannot be used, before it creates a folder or opens a model', async () => {
    const device = process.platform === 'win32' ? 'coreml' : 'dml';
    const gone = { path: join(folder, 'gone.safetensors'), size: 1, mtimeMs: 1 };
    const plan = await planOf({ device });
    await expect(render({ ...plan, models: { ...plan.models, checkpoint: gone } })).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining(`The device "${device}" cannot be used: `),
    });
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('uses no more threads than the computer runs at once, and reports that', async () => {
    const most = Math.min(availableParallelism(), 32);
    const plan = await planOf();
    const log: string[] = [];
    const threadsOfRender = async (threads: number | null) => {
      const options = {
        store,
        signal: new AbortController().signal,
        chooseRuntime: async (_: unknown, used: number) => {
          throw new Error(`${used} threads`);
        },
        onProgress: () => undefined,
        log: ({ level, line }: LogLine) => log.push(`${level}: ${line}`),
      };
      const request = { work: { kind: 'clip' as const, plan }, threads, cacheFolder: null, resume: false };
      return renderWork(request, options).catch((error: Error) => error.message);
    };
    expect(await threadsOfRender(null)).toBe(`${most} threads`);
    expect(await threadsOfRender(1)).toBe('1 threads');
    expect(log).toEqual([]);
    expect(await threadsOfRender(1000)).toBe(`${most} threads`);
    expect(log).toEqual([expect.stringMatching(`^warning: Threads: ${most} instead of 1000, because `)]);
  });

  it('does nothing for a request that is already canceled', async () => {
    await expect(render(await planOf(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('goes through all stages and keeps the models for the next render', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(64e9);
    const plan = await planOf();
    const { result, progress } = await render(plan);
    expect(result).toMatchObject({ ok: true, device: 'CPU', files: [join(folder, 'new', 'clip.txt')] });
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['load', 'encode', 'sample', 'decode', 'write']);
    expect(await eventsOf(plan)).toEqual(['unet runs', 'vae runs']);
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['clip-2.txt', 'clip.txt']);
  });

  it('lets UNet and VAE take turns if memory is short', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(1e6);
    expect(await eventsOf(await planOf())).toEqual(['vae released', 'unet runs', 'unet released', 'vae runs']);
  });

  it('releases all models after the render if the plan says so', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(64e9);
    const plan = await planOf();
    const events = await eventsOf({ ...plan, models: { ...plan.models, unload: true } });
    expect(events).toEqual(['unet runs', 'vae runs', 'unet released', 'vae released']);
  });
});

describe('a render that is canceled', () => {
  it.each<RenderStage>(['load', 'encode', 'sample', 'decode', 'write'])(
    'in the stage %s leaves no folder',
    async (stage) => {
      const cancel = new AbortController();
      const onStage = (now: RenderStage) => {
        if (now === stage) cancel.abort();
      };
      await expect(render(await planOf(), { signal: cancel.signal, onStage })).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

function withOtherWeights(path: string): Buffer {
  const bytes = readFileSync(path);
  return bytes.fill(0, bytes.length - 1000);
}

/** Ways in which a model file can change. Each keeps as much of its state as it can. */
const CHANGES: Readonly<Record<string, (path: string) => void>> = {
  deleted: (path) => rmSync(path),
  'a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  truncated: (path) => truncateSync(path, 100),
  'overwritten with as many bytes': (path) => writeFileSync(path, withOtherWeights(path)),
  'replaced by a file of the same size and time': (path) => {
    const { atime, mtime } = statSync(path);
    const other = `${path}.new`;
    writeFileSync(other, withOtherWeights(path));
    utimesSync(other, atime, mtime);
    renameSync(other, path);
  },
};

describe('a model file that changes during a render', () => {
  const stages = ['load', 'encode', 'sample', 'decode'] as const satisfies RenderStage[];
  const cases = Object.keys(CHANGES).flatMap((change) => stages.map((stage) => [change, stage] as const));

  it.each(cases)('and is %s in the stage %s is reported, and nothing is written', async (change, stage) => {
    const plan = await planOf();
    const copies = join(folder, 'models');
    mkdirSync(copies);
    const copyOf = async (path: string) => {
      const copy = join(copies, basename(path));
      copyFileSync(path, copy);
      return fileRef(copy);
    };
    const checkpoint = await copyOf(plan.models.checkpoint.path);
    const motionModule = await copyOf(plan.models.motionModule!.path);
    const { path } = stage === 'sample' ? motionModule : checkpoint;
    const changed = { ...plan, models: { ...plan.models, checkpoint, motionModule } };
    const onStage = (now: RenderStage) => {
      if (now === stage) CHANGES[change]!(path);
    };
    // Before its state was recorded, a file of the planned size and time is the planned file.
    if (stage === 'load' && change.startsWith('replaced')) {
      expect((await render(changed, { onStage })).result).toMatchObject({ ok: true });
      return;
    }
    await expect(render(changed, { onStage })).rejects.toMatchObject({
      kind: 'file-changed',
      message: expect.stringMatching(new RegExp(`^The file ${path} .*Nothing was written\\. Render again\\.$`)),
    });
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});

describe('a model with weights that are not finite', () => {
  /** A copy of a model file with a NaN in a tensor. */
  async function damaged(original: string, name: string) {
    const { offset } = (await openWeights(original)).tensors.get(name)!;
    const path = join(folder, basename(original));
    writeFileSync(path, readFileSync(original).fill(0xff, offset, offset + 8));
    return fileRef(path);
  }

  async function failsIn(stage: RenderStage, plan: TravelPlan, path: string, name: string): Promise<void> {
    const progress: RenderProgress[] = [];
    await expect(render(plan, { onProgress: (value) => progress.push(value) })).rejects.toThrow(
      `${path} is damaged: its tensor "${name}" contains values that are NaN or infinite`,
    );
    expect(progress.at(-1)!.stage).toBe(stage);
    expect(progress.filter(({ stage, done }) => stage === 'sample' && done > 0)).toEqual([]);
  }

  it.each([
    ['encode', 'checkpoint', 'cond_stage_model.transformer.text_model.encoder.layers.1.mlp.fc1.weight'],
    ['sample', 'checkpoint', 'model.diffusion_model.output_blocks.3.0.in_layers.2.weight'],
    ['sample', 'motionModule', 'up_blocks.0.motion_modules.0.temporal_transformer.proj_in.weight'],
    ['load', 'checkpoint', 'first_stage_model.decoder.conv_out.weight'],
  ] as const)('is named with its tensor before a step is made, in the stage %s: %s, %s', async (stage, model, name) => {
    const plan = await planOf();
    const file = await damaged(plan.models[model]!.path, name);
    await failsIn(stage, { ...plan, models: { ...plan.models, [model]: file } }, file.path, name);
  });

  it.each([
    ['encode', 'lora_te_'],
    ['sample', 'lora_unet_'],
  ] as const)('is named with its tensor before a step is made, in the stage %s: a LoRA, %s', async (stage, prefix) => {
    const plan = await planOf();
    const names = [...(await openWeights(POCKET_LORA)).tensors.keys()];
    const name = names.find((key) => key.startsWith(prefix) && key.endsWith('.lora_up.weight'))!;
    const file = await damaged(POCKET_LORA, name);
    const frames = plan.frames.map((frame) => ({ ...frame, loras: [1] }));
    await failsIn(stage, { ...plan, loras: [{ name: 'damaged', file }], frames }, file.path, name);
  });
});
