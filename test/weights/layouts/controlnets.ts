import { elementCount, type WeightsFile } from '../../../weights/tensor.ts';
import { numbers } from '../../engine/graph/tensors.ts';
import type { RawTensor } from '../../golden/write.ts';
import { diffusersUNetName, UNET } from './checkpoints.ts';
import { castTo, filled, picked, type Raw, renamed, withTensors } from './raw.ts';

/** Input channels, and the number of each convolution of the hint block. */
const HINT = { 0: 3, 2: 16, 4: 16, 6: 32, 8: 32, 10: 96, 12: 96, 14: 256 } as const;

const tensor = (shape: readonly number[], seed: number) => ({
  ...filled('F32', shape),
  bytes: new Uint8Array(numbers(shape, seed).map((value) => value / 8).buffer),
});

/** A ControlNet without prefix for a checkpoint: the UNet's way down, and random weights for the rest. */
export function controlNetOf(checkpoint: Raw): Raw {
  const own = renamed(
    picked(checkpoint, /^model\.diffusion_model\.(?:input_blocks|middle_block|time_embed)\./),
    (name) => name.slice(UNET.length),
  );
  const channels = (name: string) => own.get(name)!.shape[0]!;
  const base = channels('input_blocks.0.0.weight');
  const blocks = new Set([...own.keys()].flatMap((name) => /^input_blocks\.(\d+)\./.exec(name)?.[1] ?? []));
  const added: Record<string, ReturnType<typeof tensor>> = {};
  const conv = (name: string, to: number, from: number, kernel: number) => {
    added[`${name}.weight`] = tensor([to, from, kernel, kernel], Object.keys(added).length);
    added[`${name}.bias`] = tensor([to], Object.keys(added).length);
  };
  for (const block of blocks) {
    const last = ['0.op.bias', '0.out_layers.3.bias', '0.bias'].find((name) =>
      own.has(`input_blocks.${block}.${name}`),
    );
    const width = channels(`input_blocks.${block}.${last}`);
    conv(`zero_convs.${block}.0`, width, width, 1);
  }
  const middle = channels('middle_block.2.out_layers.3.bias');
  conv('middle_block_out.0', middle, middle, 1);
  const numbersOf = Object.keys(HINT).map(Number) as (keyof typeof HINT)[];
  for (const [i, number] of numbersOf.entries()) {
    const next = numbersOf[i + 1];
    conv(`input_hint_block.${number}`, next === undefined ? base : HINT[next], HINT[number], 3);
  }
  return withTensors(own, added);
}

/**
 * A Control-LoRA of rank 2 for a checkpoint, in float32, and the ControlNet that it makes of it. Biases and norms are its own.
 */
export async function controlLoraOf(checkpoint: Raw): Promise<{ readonly lora: Raw; readonly merged: Raw }> {
  const plain = await castTo(controlNetOf(checkpoint), 'F32');
  const lora: Record<string, RawTensor> = { lora_controlnet: filled('F32', [0]) };
  const merged = new Map(plain);
  let seed = 100;
  for (const [name, raw] of plain) {
    const { shape } = raw;
    const isInUNet = /^(?:input_blocks|middle_block|time_embed)\./.test(name);
    if (!isInUNet || shape.length === 1) {
      lora[name] = raw;
      continue;
    }
    const [out, ...rest] = shape as [number, ...number[]];
    const columns = elementCount(rest);
    const [up, down] = [numbers([out, 2], seed++), numbers([2, columns], seed++)];
    const scaled = up.map((value) => value / 100);
    const layer = name.slice(0, -'.weight'.length);
    lora[`${layer}.up`] = {
      dtype: 'F32',
      shape: [out, 2, ...rest.slice(1).map(() => 1)],
      bytes: new Uint8Array(scaled.buffer),
    };
    lora[`${layer}.down`] = { dtype: 'F32', shape: [2, ...rest], bytes: new Uint8Array(down.buffer) };
    const values = new Float32Array(Uint8Array.from(raw.bytes).buffer).map((value, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return value + (scaled[2 * row]! * down[column]! + scaled[2 * row + 1]! * down[columns + column]!);
    });
    merged.set(name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) });
  }
  return { lora: new Map(Object.entries(lora)), merged };
}

/** A file in the plain layout whose bytes are in memory. */
export const inMemory = (tensors: Raw): WeightsFile => ({
  path: '/in memory',
  size: 0,
  mtimeMs: 0,
  metadata: {},
  tensors: new Map(
    [...tensors].map(([name, { dtype, shape, bytes }]) => [
      name,
      { name, dtype, shape, file: '/in memory', offset: 0, length: bytes.length, gathered: Uint8Array.from(bytes) },
    ]),
  ),
});

/** Every form of a ControlNet, from one without prefix. */
export function controlNetForms(plain: Raw, checkpoint: Raw): Record<string, Raw> {
  const prefixed = renamed(plain, (name) => `control_model.${name}`);
  const toDiffusers = diffusersUNetName(checkpoint);
  return {
    'without prefix': plain,
    'prefix control_model. (1.1)': prefixed,
    'with the checkpoint that it was trained on (1.0)': new Map([...checkpoint, ...prefixed]),
    "in diffusers' format": renamed(plain, (name) => {
      const [, residual, rest] = /^zero_convs\.(\d+)\.0\.(.*)$/.exec(name) ?? [];
      if (residual !== undefined) return `controlnet_down_blocks.${residual}.${rest}`;
      const [, hint, end] = /^input_hint_block\.(\d+)\.(.*)$/.exec(name) ?? [];
      if (hint === undefined) {
        return name.startsWith('middle_block_out.0.')
          ? name.replace('middle_block_out.0', 'controlnet_mid_block')
          : toDiffusers(UNET + name);
      }
      const layer = { 0: 'conv_in', 14: 'conv_out' }[hint] ?? `blocks.${Number(hint) / 2 - 1}`;
      return `controlnet_cond_embedding.${layer}.${end}`;
    }),
  };
}
