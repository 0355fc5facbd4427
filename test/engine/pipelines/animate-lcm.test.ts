import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { describeModel } from '../../../weights/describe.ts';
import { openWeights } from '../../../weights/open.ts';
import { checkpoint, lora, testEnvironment } from '../../grammar/environment.ts';
import { fileBytes, rawTensors, renamed } from '../../weights/layouts/raw.ts';
import { pixels, smallRenders } from '../checkpoint/small-renders.ts';
import { numbers } from '../graph/tensors.ts';
import { fileRef, pocketMotion } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'animate-lcm-'));
const store = new ModelStore();
afterAll(async () => {
  await store.release();
  rmSync(folder, { recursive: true });
});

const MODELS = {
  dreamshaper_8: checkpoint,
  AnimateLCM_sd15_t2v: { kind: 'motion-module', version: 'v3', positions: 64 },
  AnimateLCM_sd15_t2v_lora: lora,
} as const;

/** The example in docs/files.md. */
function documented(): TravelPlan {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/files.md'), 'utf8');
  const [, text] = /### AnimateLCM[\s\S]*?```travel\n([\s\S]*?)```/.exec(page)!;
  const { plan, problems } = checkTravel(
    text!,
    testEnvironment({
      resolveModel: (_, name) =>
        Object.hasOwn(MODELS, name)
          ? { name, description: MODELS[name as keyof typeof MODELS], file: { path: `/${name}`, size: 1, mtimeMs: 1 } }
          : null,
    }),
  );
  expect(problems).toEqual([]);
  return plan!;
}

/** Pocket's motion module as AnimateLCM's: with another prefix, and without the tables of positions. */
async function motionModule() {
  const { path } = await pocketMotion();
  const { metadata } = await openWeights(path);
  const named = renamed(await rawTensors(path), (name) => (name.endsWith('.pe') ? null : `module.${name}`));
  const target = join(folder, 'AnimateLCM_sd15_t2v.safetensors');
  writeFileSync(target, fileBytes(named, metadata));
  return fileRef(target);
}

/** A LoRA of the first attention of pocket's UNet. */
async function loraFile(plan: TravelPlan) {
  const { tensors } = await openWeights(plan.models.checkpoint.path);
  const key = 'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight';
  const [out, width] = tensors.get(key)!.shape as [number, number];
  const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
  const tensor = (shape: readonly number[], seed: number) => ({
    dtype: 'F32' as const,
    shape,
    bytes: new Uint8Array(Float32Array.from(numbers(shape, seed)).buffer),
  });
  const target = join(folder, 'AnimateLCM_sd15_t2v_lora.safetensors');
  const factors = { 'lora_down.weight': tensor([4, width], 1), 'lora_up.weight': tensor([out, 4], 2) };
  writeFileSync(
    target,
    fileBytes(new Map(Object.entries(factors).map(([name, value]) => [`${layer}.${name}`, value]))),
  );
  return fileRef(target);
}

it('renders AnimateLCM as documented: its motion module, its LoRA, and LCM in a few steps', async () => {
  const recipe = documented();
  const { sampling, frames } = recipe;
  expect([sampling.sampler, frames[0]!.cfgScale, frames[0]!.loras]).toEqual(['LCM', 1.5, [0.8]]);
  expect(sampling.steps).toBeGreaterThanOrEqual(4);
  expect(sampling.steps).toBeLessThanOrEqual(8);
  const { planOf, render } = smallRenders(folder, store);
  const small = async (name: string, strength: number): Promise<TravelPlan> => {
    const plan = await planOf('LCM', name);
    const { steps, schedule } = sampling;
    return {
      ...plan,
      models: { ...plan.models, motionModule: await motionModule() },
      loras: [{ name: 'AnimateLCM_sd15_t2v_lora', file: await loraFile(plan) }],
      frames: plan.frames.map((frame) => ({ ...frame, cfgScale: frames[0]!.cfgScale, loras: [strength] })),
      sampling: { ...plan.sampling, sampler: 'LCM', schedule, steps },
      context: { ...plan.context, windows: Array(steps).fill([{ start: 0, stride: 1, length: 2 }]) },
    };
  };
  const plan = await small('clip', frames[0]!.loras[0]!);
  expect(describeModel(await openWeights(plan.models.motionModule!.path))).toMatchObject({ positions: 64 });
  const unet = vi.spyOn(UNet.prototype, 'predict');
  expect((await render(plan)).result).toMatchObject({ ok: true });
  expect(unet).toHaveBeenCalledTimes(sampling.steps);
  unet.mockRestore();
  const without = await small('without', 0);
  await render(without);
  expect(pixels(without.output.base)).not.toEqual(pixels(plan.output.base));
});
