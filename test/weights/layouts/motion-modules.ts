import { elementCount } from '../../../weights/tensor.ts';
import { dict, int, pickle, tensor, text, torchZip } from '../torch-files.ts';
import { castTo, picked, type Raw, renamed } from './raw.ts';

/** A form of a motion module. */
export interface MotionForm {
  readonly tensors: Raw;
  /** diffusers' `config.json` beside it. */
  readonly config?: object;
  /** Absent: the plain layout. */
  readonly sameAs?: Raw;
  /** Of positions: it is computed. */
  readonly hasNoTable?: true;
  /** The file, if it is not a `.safetensors` of these tensors. */
  readonly pickled?: Uint8Array;
}

/** Every form of a motion module, from a v2 module in the plain layout, whose table has 32 positions. */
export async function motionForms(plain: Raw): Promise<Record<string, MotionForm>> {
  const withoutMiddle = renamed(plain, (name) => (name.startsWith('mid_block.') ? null : name));
  const withoutTable = renamed(plain, (name) => (name.endsWith('.pe') ? null : name));
  const adapter = diffusersAdapter(plain);
  const first = shortened(withoutMiddle, 24);
  return {
    'from data-parallel training (module.)': { tensors: renamed(plain, (name) => `module.${name}`) },
    'without a middle block (v3, and v1)': { tensors: withoutMiddle, sameAs: withoutMiddle },
    // As ComfyUI-AnimateDiff-Evolved and sd-webui-animatediff read them: without a table of their own keys.
    '24 positions and no middle block (v1; TemporalDiff, Stabilized)': { tensors: first, sameAs: first },
    'nested in a .pth, with more than tensors (Stabilized)': {
      tensors: first,
      sameAs: first,
      pickled: nestedPickle(first),
    },
    'without a table of positions (AnimateLCM)': { tensors: withoutTable, hasNoTable: true },
    "diffusers' motion adapter": { tensors: adapter, config: { _class_name: 'MotionAdapter' } },
    "diffusers' motion adapter without a configuration (Lightning)": { tensors: adapter },
    "diffusers' motion adapter without its table of positions": {
      tensors: renamed(adapter, (name) => (name.endsWith('.pe') ? null : name)),
      config: { _class_name: 'MotionAdapter', motion_max_seq_length: 32 },
      hasNoTable: true,
    },
    'fp8 e4m3': {
      tensors: await castTo(plain, 'F8_E4M3'),
      sameAs: await castTo(await castTo(plain, 'F8_E4M3'), 'F32'),
    },
  };
}

/** With tables of so many positions. */
function shortened(tensors: Raw, positions: number): Raw {
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const [one, all, channels] = tensor.shape;
      if (!name.endsWith('.pe')) return [name, tensor];
      const bytes = tensor.bytes.subarray(0, (tensor.bytes.length / all!) * positions);
      return [name, { ...tensor, shape: [one!, positions, channels!], bytes }];
    }),
  );
}

const STORAGES: Readonly<Record<string, string>> = { F16: 'HalfStorage', F32: 'FloatStorage' };

/** As `torch.save` writes `{state_dict, epoch, animatediff_config}`. */
function nestedPickle(tensors: Raw): Uint8Array {
  const entries = [...tensors].map(([name, { dtype, shape, bytes }], i) => {
    const count = elementCount(shape);
    const stride = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
    return { name, bytes, op: tensor({ storage: STORAGES[dtype]!, key: `${i}`, count, shape, stride }) };
  });
  return torchZip(
    pickle(
      dict({
        epoch: int(3),
        animatediff_config: text('v1'),
        state_dict: dict(Object.fromEntries(entries.map(({ name, op }) => [name, op]))),
      }),
    ),
    Object.fromEntries(entries.map(({ bytes }, i) => [`${i}`, bytes])),
  );
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
