import type { TensorDefect } from '../plan/model.ts';
import type { EdgeNetworkName } from '../plan/network-annotators.ts';
import { ExpectedTensors } from './expected-tensors.ts';
import type { TensorEntry } from './tensor.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

/** HED: convolutions of each block, from the finest on. The names of its blocks count from 1. */
export const HED_LAYERS = [2, 2, 3, 3, 3] as const;

/** PiDiNet: blocks of each stage after the first layer, from the finest on. Their names count from 1. */
export const PIDINET_BLOCKS = [3, 4, 4, 4] as const;
/** Convolutions of each scale that are added up, by the distance between the pixels that they read. */
export const PIDINET_DILATIONS = [5, 7, 9, 11] as const;

/** A tensor that the file of a network must have, and no other network has. */
const MARKS: Readonly<Record<EdgeNetworkName, string>> = {
  hed: 'block1.convs.0.weight',
  pidinet: 'block1_1.conv1.weight',
  teed: 'block_cat.DWconv1.weight',
};

/** Whether a file is meant to be a network. */
export const isEdgeNetwork = (name: EdgeNetworkName, tensors: Tensors): boolean => tensors.has(MARKS[name]);

/** The first tensor that a network needs, and that is missing or has another shape. Widths are the file's. */
export function edgeNetworkDefect(name: EdgeNetworkName, tensors: Tensors): TensorDefect | null {
  const expected = new ExpectedTensors(tensors, name);
  STRUCTURES[name](expected);
  return expected.defect;
}

const STRUCTURES: Readonly<Record<EdgeNetworkName, (expected: ExpectedTensors) => void>> = {
  hed(expected) {
    expected.tensor('norm', [1, 3, 1, 1]);
    let inputs = 3;
    for (const [i, count] of HED_LAYERS.entries()) {
      const block = `block${i + 1}`;
      const width = expected.usual([
        ...Array.from({ length: count }, (_, layer) => [`${block}.convs.${layer}.weight`, 0] as const),
        [`${block}.projection.weight`, 1],
      ]);
      for (let layer = 0; layer < count; layer++) {
        expected.conv(`${block}.convs.${layer}`, width, layer === 0 ? inputs : width, 3);
      }
      expected.conv(`${block}.projection`, 1, width, 1);
      inputs = width;
    }
  },

  pidinet(expected) {
    let inputs = expected.usual([1, 2, 3].map((block) => [`block1_${block}.conv1.weight`, 0] as const));
    const dilated = expected.usual(PIDINET_BLOCKS.map((_, i) => [`dilations.${i}.conv1.weight`, 0] as const));
    const reduced = expected.usual(PIDINET_BLOCKS.map((_, i) => [`attentions.${i}.conv1.weight`, 0] as const));
    expected.tensor('init_block.weight', [inputs, 3, 3, 3]);
    for (const [i, count] of PIDINET_BLOCKS.entries()) {
      const stage = `block${i + 1}`;
      const width = expected.usual(
        Array.from({ length: count }, (_, block) => [`${stage}_${block + 1}.conv2.weight`, 0] as const),
      );
      for (let block = 1; block <= count; block++) {
        const from = block === 1 ? inputs : width;
        expected.tensor(`${stage}_${block}.conv1.weight`, [from, 1, 3, 3]);
        expected.tensor(`${stage}_${block}.conv2.weight`, [width, from, 1, 1]);
      }
      if (i > 0) expected.conv(`${stage}_1.shortcut`, width, inputs, 1);
      expected.conv(`dilations.${i}.conv1`, dilated, width, 1);
      for (let n = 1; n <= PIDINET_DILATIONS.length; n++) {
        expected.tensor(`dilations.${i}.conv2_${n}.weight`, [dilated, dilated, 3, 3]);
      }
      expected.conv(`attentions.${i}.conv1`, reduced, dilated, 1);
      expected.tensor(`attentions.${i}.conv2.weight`, [1, reduced, 3, 3]);
      expected.conv(`conv_reduces.${i}.conv`, 1, dilated, 1);
      inputs = width;
    }
    expected.conv('classifier', 1, PIDINET_BLOCKS.length, 1);
  },

  teed(expected) {
    const first = expected.usual([
      ['block_1.conv1.weight', 0],
      ['block_1.conv2.weight', 0],
      ['side_1.conv.weight', 1],
    ]);
    const second = expected.usual([
      ['block_2.conv1.weight', 0],
      ['block_2.conv2.weight', 0],
      ['side_1.conv.weight', 0],
    ]);
    const third = expected.usual([
      ['dblock_3.denselayer1.conv1.weight', 0],
      ['dblock_3.denselayer1.conv2.weight', 0],
      ['pre_dense_3.conv.weight', 0],
    ]);
    expected.conv('block_1.conv1', first, 3, 3);
    expected.conv('block_1.conv2', first, first, 3);
    expected.conv('side_1.conv', second, first, 1);
    expected.conv('block_2.conv1', second, first, 3);
    expected.conv('block_2.conv2', second, second, 3);
    expected.conv('pre_dense_3.conv', third, second, 1);
    expected.conv('dblock_3.denselayer1.conv1', third, second, 3);
    expected.conv('dblock_3.denselayer1.conv2', third, third, 3);
    for (const [i, width] of [first, second].entries()) {
      expected.conv(`up_block_${i + 1}.features.0`, 1, width, 1);
      expected.conv(`up_block_${i + 1}.features.2`, 1, 1, 2);
    }
    const narrow = expected.usual([
      ['up_block_3.features.0.weight', 0],
      ['up_block_3.features.2.weight', 0],
      ['up_block_3.features.3.weight', 1],
    ]);
    expected.conv('up_block_3.features.0', narrow, third, 1);
    expected.conv('up_block_3.features.2', narrow, narrow, 4);
    expected.conv('up_block_3.features.3', 1, narrow, 1);
    expected.conv('up_block_3.features.5', 1, 1, 4);
    const fused = expected.usual([
      ['block_cat.DWconv1.weight', 0],
      ['block_cat.DWconv2.weight', 0],
    ]);
    expected.conv('block_cat.DWconv1', fused, 1, 3);
    expected.conv('block_cat.DWconv2', fused, 1, 3);
  },
};
