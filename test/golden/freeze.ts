/**
 * `npm run golden:freeze`: computes the frozen part of test/golden/reference with this engine. Run it only at a commit
 * at which the full reference set passes, and only when a frozen case must change.
 */
import { join, relative } from 'node:path';
import { TextEncoder } from '../../engine/models/text-encoder/text-encoder.ts';
import { cpu } from '../../engine/onnx/session.ts';
import { TorchGenerator } from '../../engine/random/torch-cpu.ts';
import { openWeights } from '../../weights/open.ts';
import { type DType, elementCount } from '../../weights/tensor.ts';
import { numbers } from '../engine/graph/tensors.ts';
import { openCase } from './case.ts';
import { computationFor } from './checkers.ts';
import { REFERENCE_FOLDER } from './folder.ts';
import { clipTokenizer } from './prompts.ts';
import { type RawTensor, writeJson, writeSafetensors } from './write.ts';

interface FrozenCase {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, RawTensor>>;
}

const POCKET = '../../../models/pocket/pocket.safetensors';
const MOTION_MODULE = '../../../models/pocket/mm_pocket.safetensors';
const LORA = 'models/pocket_lora.safetensors';

/** As wide as the widest of the external cases of the same kind: other processors round differently. */
const CLOSE = { atol: 5e-4, rtol: 1e-4 };

type Values = Float32Array | Uint8Array | BigInt64Array;

function dtypeOf(values: Values): DType {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Uint8Array ? 'U8' : 'I64';
}

function raw(values: Values, shape: readonly number[]): RawTensor {
  return {
    dtype: dtypeOf(values),
    shape,
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

const floats = (shape: readonly number[], seed: number) => raw(numbers(shape, seed), shape);
const integers = (values: readonly number[], shape: readonly number[]) =>
  raw(BigInt64Array.from(values, BigInt), shape);

/** One row of 77 token ids. */
function tokensOf(prompt: string): number[] {
  const { startId, endId } = clipTokenizer();
  const ids = [startId, ...clipTokenizer().encode(prompt)];
  return [...ids, ...Array<number>(77 - ids.length).fill(endId)];
}

const tokenIds = (prompt: string) => integers(tokensOf(prompt), [1, 77]);

/** Noise as a render starts with. */
const noise = (shape: readonly number[], seed: number) =>
  raw(new TorchGenerator(seed).randn(elementCount(shape)), shape);

/**
 * The first 16 tokens of prompts, encoded, `[prompts, 16, 128]`. Invented numbers instead of these drive the UNet to where
 * it amplifies rounding ten thousand times, so that two processors disagree in the second digit.
 */
async function encoded(...prompts: readonly string[]): Promise<RawTensor> {
  const encoder = new TextEncoder(await openWeights(join(REFERENCE_FOLDER, POCKET)), {
    clipSkip: 1,
    runtime: cpu(),
  });
  const chunks = prompts.map((prompt) => ({ ids: tokensOf(prompt), vectors: new Map() }));
  const rows = (await encoder.encode(chunks)).map((row) => row.subarray(0, 16 * 128));
  await encoder.release();
  return raw(Float32Array.from(rows.flatMap((row) => [...row])), [prompts.length, 16, 128]);
}

const motionCase = (motion_layout: string, frames: number): FrozenCase => ({
  manifest: {
    params: { model: POCKET, motion_module: MOTION_MODULE, motion_layout },
    inputs: 'motion_inputs',
    outputs: {
      'short.out': { frames: 2, timestep: 901, per_frame_context: false },
      'long.out': { frames, timestep: 101, per_frame_context: true },
    },
    tolerances: { '*': CLOSE },
  },
  inputs: {},
});

const CASES: Readonly<Record<string, FrozenCase>> = {
  motion_inputs: {
    manifest: { inputs: { x: '[2 clips, 12 frames, 4, h, w]', context: '[2, 16, D]' } },
    inputs: {
      x: noise([2, 12, 4, 4, 6], 1),
      context: await encoded('a smiling woman with red hair', 'a man with a hat'),
      context_frames: await encoded('a cat', 'a woman with closed eyes', 'a bun, crying', 'fox ears'),
    },
  },
  motion_v1: motionCase('v1', 12),
  motion_v2: motionCase('v2', 12),
  motion_v3: motionCase('v3', 12),
  text_encoder: {
    manifest: { params: { model: POCKET }, tolerances: { clip_skip2: CLOSE } },
    inputs: { input_ids: tokenIds('a smiling woman with red hair') },
  },
  vae: {
    manifest: {
      params: { model: POCKET },
      tolerances: { decoded: CLOSE, mean: CLOSE, logvar: CLOSE, latents_from_mean: CLOSE },
    },
    inputs: {
      latents: floats([1, 4, 4, 6], 4),
      image: raw(
        Uint8Array.from(numbers([3 * 16 * 24], 5), (value) => 127.5 + 127.5 * value),
        [1, 3, 16, 24],
      ),
    },
  },
  lora: {
    manifest: {
      params: { model: POCKET, lora: LORA, unet_multiplier: 0.8, te_multiplier: 0.5 },
      tolerances: { clip_skip1: CLOSE, out: CLOSE },
    },
    inputs: {
      input_ids: tokenIds('a man with a hat'),
      sample: floats([1, 4, 8, 8], 6),
      timestep: integers([401], [1]),
    },
  },
  travel: {
    manifest: {
      params: {
        settings: {
          prompt:
            '0: woman with red hair, closed eyes\n8: woman with a bun, (crying:1.2)\nportrait <lora:pocket_lora:0.6>',
          negative: 'hat',
          seed: 7,
          steps: 4,
          sampler: 'Euler a',
          cfg: 5,
          video_length: 12,
          context: 8,
          overlap: 2,
          closed_loop: 'R+P',
          nets: [{ name: 'pocket_lora' }],
        },
        model: POCKET,
        motion_module: MOTION_MODULE,
        width: 64,
        height: 64,
        frame_indices: [0, 6, 11],
      },
      outputs: { cond_frame_mid: 'of frame 4' },
      tolerances: {
        'cond*': CLOSE,
        latents: { atol: 0.01, rtol: 3e-4 },
        frames_u8: { max_abs: 2, fraction_over_1: 0.002 },
      },
    },
    inputs: {},
  },
};

/** A LoRA for pocket: linear layers of the UNet and the text encoder, and a 3×3 convolution. */
function writeLora(): void {
  const layer = (name: string, outputs: number, inputs: readonly number[], seed: number) => ({
    [`${name}.lora_down.weight`]: floats([4, ...inputs], seed),
    [`${name}.lora_up.weight`]: floats([outputs, 4, ...inputs.slice(1).map(() => 1)], seed + 1),
    [`${name}.alpha`]: raw(Float32Array.of(0.5), []),
  });
  writeSafetensors(join(REFERENCE_FOLDER, LORA), {
    ...layer('lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q', 64, [64], 10),
    ...layer('lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k', 64, [128], 12),
    ...layer('lora_unet_down_blocks_0_resnets_0_conv1', 64, [64, 3, 3], 14),
    ...layer('lora_te_text_model_encoder_layers_0_self_attn_q_proj', 128, [128], 16),
  });
}

async function freeze(name: string, { manifest, inputs }: FrozenCase): Promise<void> {
  const path = join(REFERENCE_FOLDER, 'frozen', name);
  writeJson(`${path}.json`, {
    case: name,
    group: 'frozen',
    how: 'Frozen from this engine; see the README.',
    ...manifest,
  });
  writeSafetensors(`${path}.safetensors`, inputs);
  const golden = await openCase(REFERENCE_FOLDER, `frozen/${name}`);
  if (!golden.manifest.tolerances) return;
  const compute = computationFor(golden);
  if (!compute) throw new Error(`frozen/${name}: no computation found for this type of case`);
  const outputs = Object.entries(await compute(golden)).map(([output, values]) => {
    const bytes = values instanceof Uint8Array ? values : Float32Array.from(values);
    return [output, raw(bytes, [bytes.length])] as const;
  });
  writeSafetensors(`${path}.safetensors`, { ...inputs, ...Object.fromEntries(outputs) });
  console.log(`frozen ${relative(process.cwd(), path)}: ${outputs.map(([output]) => output).join(', ')}`);
}

writeLora();
for (const [name, frozen] of Object.entries(CASES)) await freeze(name, frozen);
