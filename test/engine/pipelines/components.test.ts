import { afterEach, describe, expect, it } from 'vitest';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { openComponents } from '../../../engine/pipelines/components.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { openWeights } from '../../../weights/open.ts';
import { POCKET, POCKET_LORA } from '../../golden/models.ts';
import { fileOf, safetensorsWith } from '../../weights/files.ts';
import { fileBytes, picked, rawTensors } from '../../weights/layouts/raw.ts';
import { fileRef, frameOf, smallPlan } from './plans.ts';

const store = new ModelStore();
afterEach(() => store.release());

const log: string[] = [];
const open = (plan: TravelPlan, runtime = cpu()) =>
  openComponents(plan, { runtime, store, files: new ModelFiles(), warn: (line) => log.push(line) });

/** Which of the models of two renders are the same. */
async function kept(before: TravelPlan, after: TravelPlan) {
  const [first, second] = [await open(before), await open(after)];
  return {
    textEncoder: first.textEncoder === second.textEncoder,
    unet: first.unet === second.unet,
    vae: first.vae === second.vae,
  };
}

/** A LoRA of the built-in checkpoint, for its text encoder and its UNet. */
async function pocketLora(): Promise<TravelPlan['loras'][number]> {
  const { textEncoder } = await open(await smallPlan());
  const { width } = textEncoder;
  const layer = 'lora_te_text_model_encoder_layers_0_self_attn_q_proj';
  const path = fileOf(
    safetensorsWith({ [`${layer}.lora_down.weight`]: [2, width], [`${layer}.lora_up.weight`]: [width, 2] }),
    'lora.safetensors',
  );
  return { name: 'lora', file: await fileRef(path) };
}

describe('openComponents', () => {
  it('opens the models of a plan', async () => {
    const { textEncoder, unet, vae, embeddings } = await open(await smallPlan());
    expect(textEncoder.tokens).toBe(77);
    expect(unet.channels).toHaveLength(4);
    expect(vae.channels).toBeGreaterThan(0);
    expect(embeddings.size).toBe(0);
  });

  it('keeps the models of a plan with the same files and settings', async () => {
    const plan = await smallPlan();
    const later = { ...plan, prompts: [{ text: 'a dog', loras: [] }, plan.prompts[1]!] };
    expect(await kept(plan, later)).toEqual({ textEncoder: true, unet: true, vae: true });
    // A longer clip has more windows of the same length.
    const windows = plan.context.windows.map((row) => [...row, ...row, ...row]);
    const longer = { ...plan, context: { ...plan.context, windows } };
    expect(await kept(plan, longer)).toEqual({ textEncoder: true, unet: true, vae: true });
  });

  it('takes the text encoder from a file of its own, also for LoRAs', async () => {
    const { metadata } = await openWeights(POCKET);
    const tensors = await rawTensors(POCKET);
    const part = (pattern: RegExp, name: string) =>
      fileRef(fileOf(fileBytes(picked(tensors, pattern), metadata), name));
    const checkpoint = await part(/^(?!cond_stage_model)/, 'unet.safetensors');
    const textEncoder = await part(/^cond_stage_model/, 'clip.safetensors');
    const plan = await smallPlan({ loras: [{ name: 'lora', file: await fileRef(POCKET_LORA) }] });
    const split = { ...plan, models: { ...plan.models, checkpoint, textEncoder } };
    const encoded = async (of: TravelPlan, strength: number) => {
      const components = await open(of);
      const ids = Array.from({ length: 77 }, (_, i) => i);
      return (await components.textEncoder.encode([{ ids, vectors: new Map() }], [strength]))[0]!;
    };
    const [expected, plain] = [await encoded(plan, 1), await encoded(plan, 0)];
    log.length = 0;
    expect(await encoded(split, 1)).toEqual(expected);
    expect(expected).not.toEqual(plain);
    expect(log).toEqual([]);
    expect(await kept(split, { ...split, models: { ...split.models, textEncoder: plan.models.checkpoint } })).toEqual({
      textEncoder: false,
      // Its LoRAs were read with the text encoder.
      unet: false,
      vae: true,
    });
  });

  it('opens only what another setting changes', async () => {
    const plan = await smallPlan();
    const models = (changes: Partial<TravelPlan['models']>) => ({ ...plan, models: { ...plan.models, ...changes } });
    expect(await kept(plan, models({ clipSkip: 2 }))).toEqual({ textEncoder: false, unet: true, vae: true });
    expect(await kept(plan, models({ motionModule: null }))).toEqual({ textEncoder: true, unet: false, vae: true });
    expect(await kept(plan, { ...plan, width: 24 })).toEqual({ textEncoder: true, unet: false, vae: true });
  });

  it('opens the UNet again for another precision, which is for a CPU', async () => {
    const plan = await smallPlan();
    const int8: TravelPlan = { ...plan, sampling: { ...plan.sampling, precision: 'int8' } };
    log.length = 0;
    expect(await kept(plan, int8)).toEqual({ textEncoder: true, unet: false, vae: true });
    expect(log).toEqual([]);
    await open(int8, { ...cpu(), provider: 'webgpu' });
    expect(log).toEqual(['`precision: int8` is for the CPU. This device computes in fp32.']);
  });

  it('opens everything again for another runtime', async () => {
    const plan = await smallPlan();
    const [two, one] = [await open(plan, cpu(2)), await open(plan, cpu(1))];
    expect(two.textEncoder === one.textEncoder || two.unet === one.unet || two.vae === one.vae).toBe(false);
  });

  it('opens the UNet again when a LoRA starts to travel', async () => {
    const lora = await pocketLora();
    const plan = await smallPlan({
      loras: [lora],
      frames: [frameOf(0, { loras: [0.5] }), frameOf(1, { loras: [0.5] })],
    });
    const traveling = { ...plan, frames: [plan.frames[0]!, frameOf(1, { loras: [0.9] })] };
    expect(await kept(plan, { ...plan })).toEqual({ textEncoder: true, unet: true, vae: true });
    expect(await kept(plan, traveling)).toEqual({ textEncoder: true, unet: false, vae: true });
    expect(await kept(plan, { ...plan, loras: [] })).toEqual({ textEncoder: false, unet: false, vae: true });
  });

  it('reports a checkpoint that changed after the render was planned', async () => {
    const plan = await smallPlan();
    const checkpoint = { ...plan.models.checkpoint, size: 1 };
    await expect(open({ ...plan, models: { ...plan.models, checkpoint } })).rejects.toMatchObject({
      kind: 'file-changed',
    });
  });

  it('rejects a motion LoRA without a motion module before it opens anything', async () => {
    const plan = await smallPlan();
    const file = { path: '/nowhere/zoom.safetensors', size: 1, mtimeMs: 1 };
    const models = { ...plan.models, motionModule: null };
    await expect(open({ ...plan, models, motionLoras: [{ name: 'zoom', file, weight: 1 }] })).rejects.toThrow(
      'The motion LoRA "zoom" needs a motion module.',
    );
  });

  it('reads embeddings, and rejects one of another width', async () => {
    const embedding = async (width: number) => {
      const path = fileOf(safetensorsWith({ emb_params: [2, width] }, { dtype: 'F32' }), 'bad.safetensors');
      return [{ name: 'bad', file: await fileRef(path) }];
    };
    const { textEncoder } = await open(await smallPlan());
    const { embeddings } = await open(await smallPlan({ embeddings: await embedding(textEncoder.width) }));
    expect(embeddings.get('bad')).toEqual(Array(2).fill(new Float32Array(textEncoder.width)));
    await expect(open(await smallPlan({ embeddings: await embedding(7) }))).rejects.toThrow(
      /bad\.safetensors does not fit the checkpoint\. Its vectors have 7 values/,
    );
  });

  it('warns once about layers of a LoRA that are ignored', async () => {
    log.length = 0;
    const { file } = await pocketLora();
    const { textEncoder } = await open(await smallPlan());
    const layer = (i: number) => `lora_te_text_model_encoder_layers_${i}_self_attn_q_proj`;
    const shapes = (i: number, width: number) => ({
      [`${layer(i)}.lora_down.weight`]: [2, width],
      [`${layer(i)}.lora_up.weight`]: [width, 2],
    });
    const path = fileOf(
      safetensorsWith({ ...shapes(0, textEncoder.width), ...shapes(99, 8) }),
      file.path.split('/').at(-1),
    );
    await open(await smallPlan({ loras: [{ name: 'lora', file: await fileRef(path) }] }));
    expect(log).toEqual([
      expect.stringMatching(
        /lora\.safetensors is only partly applied: 1 layers are used, and 1 are ignored \(the first: .*layers_99.*\)\.$/,
      ),
    ]);
  });
});
