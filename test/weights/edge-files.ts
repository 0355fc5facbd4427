import { numbers } from '../engine/graph/tensors.ts';
import type { RawTensor } from '../golden/write.ts';
import type { Raw } from './layouts/raw.ts';
import { dict, ops, pickle, tensor, torchZip } from './torch-files.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

const conv = (name: string, out: number, inputs: number, kernel: number): Shapes => ({
  [`${name}.weight`]: [out, inputs, kernel, kernel],
  [`${name}.bias`]: [out],
});

/** Values that keep what a network computes near 1. */
function filledWith(shapes: Shapes): Raw {
  return new Map(
    Object.entries(shapes).map(([name, shape], i): [string, RawTensor] => {
      const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
      const scale = name.endsWith('.bias') ? 0.2 : 1.5 / Math.sqrt(fanIn);
      const values = numbers(shape, i + 1).map((value) => value * scale);
      return [name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }];
    }),
  );
}

/** HED as in ControlNetHED.pth, narrow. */
export const HED: Raw = new Map([
  ['norm', { dtype: 'F32', shape: [1, 3, 1, 1], bytes: new Uint8Array(Float32Array.of(100, 110, 120).buffer) }],
  ...filledWith({
    ...conv('block1.convs.0', 2, 3, 3),
    ...conv('block1.convs.1', 2, 2, 3),
    ...conv('block1.projection', 1, 2, 1),
    ...conv('block2.convs.0', 3, 2, 3),
    ...conv('block2.convs.1', 3, 3, 3),
    ...conv('block2.projection', 1, 3, 1),
    ...conv('block3.convs.0', 4, 3, 3),
    ...conv('block3.convs.1', 4, 4, 3),
    ...conv('block3.convs.2', 4, 4, 3),
    ...conv('block3.projection', 1, 4, 1),
    ...conv('block4.convs.0', 5, 4, 3),
    ...conv('block4.convs.1', 5, 5, 3),
    ...conv('block4.convs.2', 5, 5, 3),
    ...conv('block4.projection', 1, 5, 1),
    ...conv('block5.convs.0', 6, 5, 3),
    ...conv('block5.convs.1', 6, 6, 3),
    ...conv('block5.convs.2', 6, 6, 3),
    ...conv('block5.projection', 1, 6, 1),
  }),
]);

const pidinetBlock = (name: string, out: number, inputs: number): Shapes => ({
  [`${name}.conv1.weight`]: [inputs, 1, 3, 3],
  [`${name}.conv2.weight`]: [out, inputs, 1, 1],
});

/** PiDiNet as in table5_pidinet.pth, narrow. */
export const PIDINET: Raw = filledWith({
  'init_block.weight': [4, 3, 3, 3],
  ...pidinetBlock('block1_1', 4, 4),
  ...pidinetBlock('block1_2', 4, 4),
  ...pidinetBlock('block1_3', 4, 4),
  ...Object.assign(
    {},
    ...[
      [2, 4, 8],
      [3, 8, 16],
      [4, 16, 16],
    ].map(([stage, inputs, width]) => ({
      ...pidinetBlock(`block${stage}_1`, width!, inputs!),
      ...conv(`block${stage}_1.shortcut`, width!, inputs!, 1),
      ...pidinetBlock(`block${stage}_2`, width!, width!),
      ...pidinetBlock(`block${stage}_3`, width!, width!),
      ...pidinetBlock(`block${stage}_4`, width!, width!),
    })),
  ),
  ...Object.assign(
    {},
    ...[4, 8, 16, 16].map((width, i) => ({
      ...conv(`dilations.${i}.conv1`, 3, width, 1),
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`dilations.${i}.conv2_${n}.weight`, [3, 3, 3, 3]])),
      ...conv(`attentions.${i}.conv1`, 2, 3, 1),
      [`attentions.${i}.conv2.weight`]: [1, 2, 3, 3],
      ...conv(`conv_reduces.${i}.conv`, 1, 3, 1),
    })),
  ),
  ...conv('classifier', 1, 4, 1),
});

/** Weights of a transposed convolution are the other way round: its bias is as long as their second axis. */
const doubling = (name: string, channels: number, kernel: number) => conv(name, channels, channels, kernel);

/** TEED as in 7_model.pth, narrow. */
export const TEED: Raw = filledWith({
  ...conv('block_1.conv1', 3, 3, 3),
  ...conv('block_1.conv2', 3, 3, 3),
  ...conv('block_2.conv1', 4, 3, 3),
  ...conv('block_2.conv2', 4, 4, 3),
  ...conv('dblock_3.denselayer1.conv1', 5, 4, 3),
  ...conv('dblock_3.denselayer1.conv2', 5, 5, 3),
  ...conv('side_1.conv', 4, 3, 1),
  ...conv('pre_dense_3.conv', 5, 4, 1),
  ...conv('up_block_1.features.0', 1, 3, 1),
  ...doubling('up_block_1.features.2', 1, 2),
  ...conv('up_block_2.features.0', 1, 4, 1),
  ...doubling('up_block_2.features.2', 1, 2),
  ...conv('up_block_3.features.0', 2, 5, 1),
  ...doubling('up_block_3.features.2', 2, 4),
  ...conv('up_block_3.features.3', 1, 2, 1),
  ...doubling('up_block_3.features.5', 1, 4),
  ...conv('block_cat.DWconv1', 6, 1, 3),
  ...conv('block_cat.DWconv2', 6, 1, 3),
});

export const EDGE_WEIGHTS = { hed: HED, pidinet: PIDINET, teed: TEED } as const;

/** A state dict as `torch.save` writes it. @param wrapped in a training state, and named as data-parallel training does */
export function torchFile(tensors: Raw, wrapped = false): Buffer {
  const storages: Record<string, Uint8Array> = {};
  const entries = [...tensors].map(([name, { shape, bytes }], i) => {
    storages[i] = bytes;
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    const key = String(i);
    return [wrapped ? `module.${name}` : name, tensor({ key, count: bytes.length / 4, shape, stride })] as const;
  });
  const state = dict(Object.fromEntries(entries));
  return torchZip(pickle(wrapped ? ops(dict({ epoch: 'K\x05', state_dict: state })) : state), storages);
}
