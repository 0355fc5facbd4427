import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextEncoder } from '../../../engine/models/text-encoder/text-encoder.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import type { UNetInput } from '../../../engine/models/unet/unet-input.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { describeModel } from '../../../weights/describe.ts';
import { openWeights } from '../../../weights/open.ts';
import { readFloats } from '../../../weights/read.ts';
import type { WeightsFile } from '../../../weights/tensor.ts';
import { NANO, POCKET } from '../../golden/models.ts';
import type { RawTensor } from '../../golden/write.ts';
import { fileOf, temporaryFolder } from '../../weights/files.ts';
import {
  checkpointForms,
  diffusersUNetName,
  diffusersVaeName,
  type Form,
  UNET,
  VAE,
} from '../../weights/layouts/checkpoints.ts';
import { type MotionForm, motionForms } from '../../weights/layouts/motion-modules.ts';
import {
  fileBytes,
  filled,
  picked,
  type Raw,
  rawTensors,
  renamed,
  valuesOf,
  withTensors,
} from '../../weights/layouts/raw.ts';
import { distance, numbers, product } from '../graph/tensors.ts';

const runtime = cpu();
const plain = await rawTensors(NANO);
const forms = await checkpointForms(plain);

/** One image through the UNet. */
async function predictNoise(unet: UNet, changes: Partial<UNetInput> = {}): Promise<Float32Array> {
  const [noise] = await unet.predict({
    samples: [numbers([1, 4, 8, 8], 1)],
    frames: 1,
    height: 8,
    width: 8,
    timesteps: [500],
    contexts: [[numbers([77, 64], 2)]],
    tokens: 77,
    ...changes,
  });
  return noise!;
}

const floats = (shape: readonly number[], values: Float32Array) => ({
  ...filled('F32', shape),
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

/** The largest value. */
const size = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** What each component of a checkpoint computes from fixed inputs. */
async function outputs(file: WeightsFile, without: Form['without'] = []): Promise<Record<string, Float32Array>> {
  const unet = new UNet(file, { runtime });
  const results: Record<string, Float32Array> = { unet: await predictNoise(unet) };
  await unet.release();
  if (!without.includes('textEncoder')) {
    const encoder = new TextEncoder(file, { clipSkip: 1, runtime });
    const ids = Array.from({ length: 77 }, (_, i) => i);
    results.textEncoder = (await encoder.encode([{ ids, vectors: new Map() }]))[0]!;
    await encoder.release();
  }
  if (!without.includes('vae')) {
    const vae = new Vae(file, runtime);
    results.vae = await vae.decode(numbers([1, 4, 8, 8], 3), 1, 8, 8);
    results.encoder = (await vae.encode(numbers([1, 3, 64, 64], 4), 1, 64, 64)).mean;
    await vae.release();
  }
  return results;
}

const open = (tensors: Raw, metadata: Form['metadata'] = {}) => openWeights(fileOf(fileBytes(tensors, metadata)));
const reference = await outputs(await openWeights(NANO));

describe('a checkpoint', () => {
  it.each(Object.entries(forms))('renders as in the plain layout: %s', async (_, form) => {
    const file = await open(form.tensors, form.metadata);
    expect(describeModel(file)).toMatchObject({
      kind: 'checkpoint',
      family: 'sd1',
      hasTextEncoder: !form.without?.includes('textEncoder'),
      ...(!form.without?.includes('textEncoder') && { textEncoder: { width: 64, layers: 2 } }),
      vaeChannels: form.without?.includes('vae') ? null : 32,
    });
    const expected = form.sameAs ? await outputs(await open(form.sameAs), form.without) : reference;
    for (const [component, values] of Object.entries(await outputs(file, form.without))) {
      expect(distance(values, expected[component]!), component).toBe(0);
    }
  });
});

/** Writes files below a temporary folder. @returns the folder */
function folderOf(files: Readonly<Record<string, Uint8Array | object>>): string {
  const folder = join(temporaryFolder(), 'model');
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents instanceof Uint8Array ? contents : JSON.stringify(contents));
  }
  return folder;
}

const PARTS = {
  unet: fileBytes(renamed(picked(plain, /^model\.diffusion_model\./), diffusersUNetName(plain))),
  textEncoder: fileBytes(
    renamed(picked(plain, /^cond_stage_model\./), (name) => name.replace('cond_stage_model.transformer.', '')),
  ),
  vae: fileBytes(renamed(picked(plain, /^first_stage_model\./), diffusersVaeName)),
};
const FOLDER = {
  'model_index.json': { _class_name: 'StableDiffusionPipeline' },
  'scheduler/scheduler_config.json': { prediction_type: 'epsilon' },
  'text_encoder/config.json': { architectures: ['CLIPTextModel'], num_attention_heads: 1, hidden_act: 'quick_gelu' },
  'text_encoder/model.safetensors': PARTS.textEncoder,
  'unet/config.json': { _class_name: 'UNet2DConditionModel', attention_head_dim: 8 },
  'unet/diffusion_pytorch_model.safetensors': PARTS.unet,
  'vae/config.json': { _class_name: 'AutoencoderKL', scaling_factor: 0.18215 },
  'vae/diffusion_pytorch_model.safetensors': PARTS.vae,
};

describe("a checkpoint in a folder of diffusers' format", () => {
  it.each([
    ['its folder', '', FOLDER],
    ['its index', 'model_index.json', FOLDER],
    ['a variant', '', renamedKeys(FOLDER, (name) => name.replace('model.safetensors', 'model.fp16.safetensors'))],
  ])('renders as in the plain layout, by %s', async (_, name, files) => {
    const file = await openWeights(join(folderOf(files), name));
    for (const [component, values] of Object.entries(await outputs(file))) {
      expect(distance(values, reference[component]!), component).toBe(0);
    }
  });

  it('has the settings of its configurations', async () => {
    const folder = folderOf({
      ...FOLDER,
      'scheduler/scheduler_config.json': { prediction_type: 'v_prediction', rescale_betas_zero_snr: true },
      'unet/config.json': { _class_name: 'UNet2DConditionModel', attention_head_dim: 4 },
      'vae/config.json': { _class_name: 'AutoencoderKL', scaling_factor: 0.5 },
    });
    const file = await openWeights(folder);
    expect(describeModel(file)).toMatchObject({ vPrediction: true, zeroTerminalSnr: true });
    expect(new Vae(file, runtime).scalingFactor).toBe(0.5);
    expect(distance((await outputs(file)).unet!, reference.unet!)).toBeGreaterThan(0.001);
  });

  it('is rejected without a UNet, or with a damaged configuration', async () => {
    const { 'unet/diffusion_pytorch_model.safetensors': _, ...rest } = FOLDER;
    await expect(
      openWeights(folderOf({ ...rest, 'model_index.json': { _class_name: 'FluxPipeline' } })),
    ).rejects.toThrow(/FluxPipeline.*without the UNet/);
    await expect(openWeights(folderOf({ ...FOLDER, 'unet/config.json': Buffer.from('{') }))).rejects.toThrow(
      /config\.json cannot be read: .*Download or copy it again/,
    );
  });

  it('is a folder that is not a model without its index', async () => {
    const { 'model_index.json': _, ...rest } = FOLDER;
    await expect(openWeights(folderOf(rest))).rejects.toThrow(/is a folder, not a model file/);
  });
});

function renamedKeys<T>(record: Readonly<Record<string, T>>, rename: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value]));
}

describe('a VAE', () => {
  const vae = picked(plain, /^first_stage_model\./);
  const bare = renamed(vae, (name) => name.slice(VAE.length));
  const named = renamed(vae, diffusersVaeName);
  const matrices = (tensors: Raw): Raw =>
    new Map(
      [...tensors].map(([name, tensor]) =>
        /attn_1\.(?:q|k|v|proj_out)\.weight|attentions\.0\.to_.*weight/.test(name)
          ? [name, { ...tensor, shape: tensor.shape.slice(0, 2) }]
          : [name, tensor],
      ),
    );
  const old = { to_q: 'query', to_k: 'key', to_v: 'value', 'to_out.0': 'proj_attn' };
  it.each<[string, Raw]>([
    ['in a checkpoint', vae],
    ['alone', bare],
    [
      'with training state',
      withTensors(bare, { 'loss.logvar': filled('F32', []), 'model_ema.decay': filled('F32', []) }),
    ],
    ['with matrices in its attention', matrices(bare)],
    ["in diffusers' format", matrices(named)],
    ["in diffusers' format, prefix vae.", renamed(named, (name) => `vae.${name}`)],
    [
      "in diffusers' format before 0.12",
      renamed(named, (name) =>
        Object.entries(old).reduce((result, [now, before]) => result.replace(`.0.${now}.`, `.0.${before}.`), name),
      ),
    ],
  ])('decodes as in the plain layout: %s', async (_, tensors) => {
    const file = await open(tensors);
    expect(describeModel(file)).toEqual({ kind: 'vae' });
    const opened = new Vae(file, runtime);
    expect(distance(await opened.decode(numbers([1, 4, 8, 8], 3), 1, 8, 8), reference.vae!)).toBe(0);
    const { mean } = await opened.encode(numbers([1, 3, 64, 64], 4), 1, 64, 64);
    expect(distance(mean, reference.encoder!)).toBe(0);
    await opened.release();
  });
});

describe('a text encoder', () => {
  const text = picked(plain, /^cond_stage_model\./);
  const named = (prefix: string) => renamed(text, (name) => name.replace('cond_stage_model.transformer.', prefix));
  it.each<[string, Raw]>([
    ['in the plain layout', text],
    ["with transformers' names (clip_l, text_encoder/model)", named('')],
    ["with ComfyUI's prefix", named('text_encoders.clip_l.transformer.')],
    ['from data-parallel training (module.)', named('module.')],
  ])('encodes as in the checkpoint, alone: %s', async (_, tensors) => {
    const file = await open(tensors);
    expect(describeModel(file)).toEqual({ kind: 'text-encoder', width: 64, layers: 2 });
    const encoder = new TextEncoder(file, { clipSkip: 1, runtime });
    const ids = Array.from({ length: 77 }, (_unused, i) => i);
    const [encoded] = await encoder.encode([{ ids, vectors: new Map() }]);
    expect(distance(encoded!, reference.textEncoder!)).toBe(0);
    await encoder.release();
  });
});

describe('a motion module', async () => {
  const checkpoint = await openWeights(POCKET);
  const module = await rawTensors(join(dirname(POCKET), 'mm_pocket.safetensors'));
  const metadata = (await openWeights(join(dirname(POCKET), 'mm_pocket.safetensors'))).metadata;

  function opened({ tensors, config, pickled }: MotionForm): Promise<WeightsFile> {
    if (pickled) return openWeights(fileOf(pickled, 'module.pth'));
    const bytes = fileBytes(tensors, metadata);
    const name = 'diffusion_pytorch_model.safetensors';
    return openWeights(config ? join(folderOf({ [name]: bytes, 'config.json': config }), name) : fileOf(bytes));
  }

  async function predicted(motionModule: WeightsFile): Promise<Float32Array> {
    expect(describeModel(motionModule)).toMatchObject({ kind: 'motion-module' });
    const unet = new UNet(checkpoint, { motionModule, runtime });
    const [noise] = await unet.predict({
      samples: [numbers([2, 4, 8, 8], 1)],
      frames: 2,
      height: 8,
      width: 8,
      timesteps: [500],
      contexts: [[numbers([77, 128], 2), numbers([77, 128], 5)]],
      tokens: 77,
    });
    await unet.release();
    return noise!;
  }

  const motion = await motionForms(module);
  const isComplete = ([, { hasNoTable }]: readonly [string, MotionForm]) => !hasNoTable;
  it.each(Object.entries(motion).filter(isComplete))('predicts as in the plain layout: %s', async (_, form) => {
    const expected = await predicted(await opened({ tensors: form.sameAs ?? module }));
    expect(distance(await predicted(await opened(form)), expected)).toBe(0);
  });

  const TABLE = /\.pos_encoder\.pe$/;
  it.each(Object.entries(motion).filter((form) => !isComplete(form)))(
    'has the table of positions of PyTorch, and predicts as with it: %s',
    async (_, form) => {
      const file = await opened(form);
      const tables = [...file.tensors].filter(([name]) => TABLE.test(name));
      const own = new Map<string, RawTensor>();
      for (const [name, entry] of tables) {
        const pytorch = await valuesOf(module.get(name)!);
        const computed = await readFloats(entry);
        // Rounded to float32 at each step, at angles up to 31.
        expect(distance(computed.subarray(0, pytorch.length), pytorch)).toBeLessThan(4e-6);
        own.set(name, { dtype: 'F32', shape: entry.shape, bytes: new Uint8Array(computed.buffer) });
      }
      expect(own.size).toBe([...module.keys()].filter((name) => TABLE.test(name)).length);
      const withTables = await opened({ tensors: new Map([...module, ...own]) });
      expect(distance(await predicted(file), await predicted(withTables))).toBe(0);
    },
  );

  it('has the positions of its table, its configuration, or AnimateLCM', async () => {
    const positions = async (form: MotionForm) => {
      const name = 'diffusion_pytorch_model.safetensors';
      const folder = folderOf({ [name]: fileBytes(form.tensors), 'config.json': form.config ?? {} });
      return describeModel(await openWeights(join(folder, name)));
    };
    expect(await positions(motion["diffusers' motion adapter"]!)).toMatchObject({ version: 'v2', positions: 32 });
    const v1 = motion['24 positions and no middle block (v1; TemporalDiff, Stabilized)']!;
    expect(await positions(v1)).toMatchObject({ version: 'v1', positions: 24 });
    expect(
      await positions({
        ...motion["diffusers' motion adapter without its table of positions"]!,
        config: { _class_name: 'MotionAdapter', motion_max_seq_length: 24 },
      }),
    ).toMatchObject({ positions: 24 });
    expect(await positions(motion['without a table of positions (AnimateLCM)']!)).toMatchObject({ positions: 64 });
  });
});

describe('a checkpoint that predicts otherwise', () => {
  const empty = filled('F32', [0]);
  it.each<[string, Form, object]>([
    [
      'v-prediction',
      { tensors: withTensors(plain, { v_pred: empty }) },
      { predictsVelocity: true, zeroTerminalSnr: false },
    ],
    [
      'zero terminal SNR',
      { tensors: withTensors(plain, { v_pred: empty, ztsnr: empty }) },
      { predictsVelocity: true, zeroTerminalSnr: true },
    ],
    [
      'v-prediction by metadata',
      { tensors: plain, metadata: { 'modelspec.prediction_type': 'v' } },
      { predictsVelocity: true },
    ],
  ])('is opened as such: %s', async (_, { tensors, metadata }, expected) => {
    const file = await open(tensors, metadata);
    expect(new UNet(file, { runtime })).toMatchObject(expected);
    expect(distance((await outputs(file)).unet!, reference.unet!)).toBe(0);
  });

  it('takes the guidance scale as an input (LCM)', async () => {
    const pocket = await rawTensors(POCKET);
    const { metadata } = await openWeights(POCKET);
    const contexts = [[numbers([77, 128], 2)]];
    const [width] = pocket.get(`${UNET}time_embed.0.weight`)!.shape.slice(1) as [number];
    const projection = numbers([width, 16], 7);
    const lcm = withTensors(pocket, { [`${UNET}time_embed.cond_proj.weight`]: floats([width, 16], projection) });
    const file = await open(lcm, metadata);
    expect(describeModel(file)).toMatchObject({ embedsGuidance: true });
    const unet = new UNet(file, { runtime });
    expect(unet.embedsGuidance).toBe(true);
    const unguided = await predictNoise(new UNet(await openWeights(POCKET), { runtime }), { contexts });
    // Near 1, where angles are small enough for float32.
    for (const scale of [1, 1.05]) {
      // Its projection is added before the first layer of the time's embedding: the same as another bias there.
      const embedded = Float32Array.from({ length: 16 }, (_, i) => {
        const angle = (1000 * (scale - 1)) / 10000 ** ((i % 8) / 7);
        return i < 8 ? Math.sin(angle) : Math.cos(angle);
      });
      const layer = await readFloats(file.tensors.get(`${UNET}time_embed.0.weight`)!);
      const bias = await readFloats(file.tensors.get(`${UNET}time_embed.0.bias`)!);
      const added = product(layer, product(projection, embedded, 16), width);
      const sum = bias.map((value, i) => value + added[i]!);
      const changed = withTensors(pocket, { [`${UNET}time_embed.0.bias`]: floats([bias.length], sum) });
      const guided = await predictNoise(unet, { guidance: [scale], contexts });
      const expected = await predictNoise(new UNet(await open(changed, metadata), { runtime }), { contexts });
      expect(distance(guided, expected) / size(expected)).toBeLessThan(1e-3);
      expect(distance(guided, unguided) / size(expected)).toBeGreaterThan(1e-2);
    }
    await unet.release();
  });

  it('takes mask and image beside the latents (inpainting)', async () => {
    const first = `${UNET}input_blocks.0.0.weight`;
    const { dtype } = plain.get(first)!;
    const wide = { ...filled(dtype, [32, 9, 3, 3]) };
    // The weights of the first four channels, and zeros for the others.
    plain.get(first)!.bytes.forEach((byte, i) => {
      const row = 4 * 9 * 2;
      wide.bytes[Math.floor(i / row) * 9 * 9 * 2 + (i % row)] = byte;
    });
    const file = await open(withTensors(plain, { [first]: wide }));
    expect(describeModel(file)).toMatchObject({ family: 'sd1', inputChannels: 9 });
    const unet = new UNet(file, { runtime });
    const sample = new Float32Array(9 * 64);
    sample.set(numbers([1, 4, 8, 8], 1));
    sample.fill(0.5, 4 * 64);
    // The order of additions differs.
    const noise = await predictNoise(unet, { samples: [sample] });
    expect(distance(noise, reference.unet!)).toBeLessThan(1e-5);
    // One frame at a time.
    const [context] = [numbers([77, 64], 2)];
    const two = await predictNoise(unet, {
      samples: [Float32Array.of(...sample, ...sample)],
      frames: 2,
      contexts: [[context, context]],
      memory: { sideBySide: false, batch: 1 },
    });
    expect(two).toEqual(Float32Array.of(...noise, ...noise));
    await unet.release();
  });
});
