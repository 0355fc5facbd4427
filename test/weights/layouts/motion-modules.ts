import type { RawTensor } from '../../golden/write.ts';
import { castTo, picked, type Raw, renamed } from './raw.ts';

/** A form of a motion module. */
export interface MotionForm {
  readonly tensors: Raw;
  /** diffusers' `config.json` beside it. */
  readonly config?: object;
  readonly sameAs?: Raw;
}

/** Every form of a motion module, from a v2 module in the plain layout, whose table has 32 positions. */
export async function motionForms(plain: Raw): Promise<Record<string, MotionForm>> {
  const withoutMiddle = renamed(plain, (name) => (name.startsWith('mid_block.') ? null : name));
  const withoutTable = renamed(plain, (name) => (name.endsWith('.pe') ? null : name));
  const adapter = diffusersAdapter(plain);
  const exactTable: Raw = new Map(
    [...plain].map(([name, tensor]) => [name, name.endsWith('.pe') ? sinusoids(tensor.shape) : tensor]),
  );
  return {
    'from data-parallel training (module.)': { tensors: renamed(plain, (name) => `module.${name}`) },
    'without a middle block (v3, and v1)': { tensors: withoutMiddle, sameAs: withoutMiddle },
    'without a table of positions (AnimateLCM)': { tensors: withoutTable, sameAs: exactTable },
    "diffusers' motion adapter": { tensors: adapter },
    "diffusers' motion adapter without its table of positions": {
      tensors: renamed(adapter, (name) => (name.endsWith('.pe') ? null : name)),
      config: { _class_name: 'MotionAdapter', motion_max_seq_length: 32 },
      sameAs: exactTable,
    },
    'fp8 e4m3': {
      tensors: await castTo(plain, 'F8_E4M3'),
      sameAs: await castTo(await castTo(plain, 'F8_E4M3'), 'F32'),
    },
  };
}

/** As diffusers saves it (`convert_motion_module`), with the table of each block once. */
export const diffusersAdapter = (plain: Raw): Raw =>
  renamed(picked(plain, /^(?!.*attention_blocks\.1\.pos_encoder)/), (name) =>
    name
      .replace('.temporal_transformer', '')
      .replace('.attention_blocks.0.pos_encoder.', '.pos_embed.')
      .replace('.norms.0', '.norm1')
      .replace('.norms.1', '.norm2')
      .replace('.ff_norm', '.norm3')
      .replace('.attention_blocks.0', '.attn1')
      .replace('.attention_blocks.1', '.attn2'),
  );

/** "Attention Is All You Need", 3.5: sin and cos of p ÷ 10000^(2i/channels), in turns. */
function sinusoids(shape: readonly number[]): RawTensor {
  const [, positions, channels] = shape as [number, number, number];
  const values = Float32Array.from({ length: positions * channels }, (_, index) => {
    const [position, channel] = [Math.floor(index / channels), index % channels];
    const angle = position / 10000 ** ((channel - (channel % 2)) / channels);
    return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) };
}
