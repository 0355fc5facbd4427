import { describe, expect, it, onTestFinished } from 'vitest';
import { EdgeNetwork } from '../../../../engine/models/edges/edge-network.ts';
import { EDGE_NETWORKS, type EdgeNetworkName } from '../../../../plan/network-annotators.ts';
import { EDGE_WEIGHTS, HED, PIDINET, TEED, torchFile } from '../../../weights/edge-files.ts';
import { fileOf } from '../../../weights/files.ts';
import { filled, renamed, withTensors } from '../../../weights/layouts/raw.ts';
import { fileRef } from '../../pipelines/plans.ts';
import {
  at,
  conv,
  doubled,
  each,
  enlarged,
  floats,
  joined,
  type Maps,
  mapsOf,
  maxPool,
  relu,
  sigmoid,
  sum,
} from './naive.ts';

/** RGB from 0 to 255, whose channels differ; not square. */
const picture = mapsOf(3, 64, 128, (channel, y, x) =>
  Math.round(127 + 60 * Math.sin(x / 5 + channel) + 60 * Math.cos(y / 7 - channel * x * 0.01)),
);

async function open(name: EdgeNetworkName, bytes: Uint8Array): Promise<EdgeNetwork> {
  const network = await EdgeNetwork.open(name, await fileRef(fileOf(bytes, 'network.pth')));
  onTestFinished(() => network.release());
  return network;
}

async function run(network: EdgeNetwork, { channels, height, width, data }: Maps): Promise<Float32Array> {
  const [edges] = await network.run({ data: Float32Array.from(data), dims: [1, channels, height, width] });
  expect(edges!.dims).toEqual([1, 1, height, width]);
  return edges!.data;
}

function hed(x: Maps): Maps {
  const norm = floats(HED.get('norm')!);
  const area = x.height * x.width;
  let h = each(x, (value, i) => value - norm[Math.floor(i / area)]!);
  const maps = [2, 2, 3, 3, 3].map((layers, i) => {
    if (i > 0) h = maxPool(h, 2);
    for (let layer = 0; layer < layers; layer++) h = relu(conv(h, HED, `block${i + 1}.convs.${layer}`, { pad: 1 }));
    return enlarged(conv(h, HED, `block${i + 1}.projection`), x.height, x.width);
  });
  return each(sum(...maps), (value) => value / 5);
}

function teed(x: Maps): Maps {
  const smish = (maps: Maps) => each(maps, (value) => value * Math.tanh(Math.log(1 + sigmoid(value))));
  const layer = (maps: Maps, name: string, options = {}) => conv(maps, TEED, name, options);
  const first = smish(layer(smish(layer(x, 'block_1.conv1', { stride: 2, pad: 1 })), 'block_1.conv2', { pad: 1 }));
  const second = layer(smish(layer(first, 'block_2.conv1', { pad: 1 })), 'block_2.conv2', { pad: 1 });
  const down = maxPool(second, 3, 1);
  const dense = layer(
    smish(
      layer(smish(sum(down, layer(first, 'side_1.conv', { stride: 2 }))), 'dblock_3.denselayer1.conv1', { pad: 2 }),
    ),
    'dblock_3.denselayer1.conv2',
  );
  const third = each(sum(dense, layer(down, 'pre_dense_3.conv')), (value) => value / 2);
  const up = (maps: Maps, block: string) => doubled(smish(layer(maps, `${block}.0`)), TEED, `${block}.2`, 0);
  const half = doubled(smish(layer(third, 'up_block_3.features.0')), TEED, 'up_block_3.features.2', 1);
  const maps = [
    up(first, 'up_block_1.features'),
    up(second, 'up_block_2.features'),
    doubled(smish(layer(half, 'up_block_3.features.3')), TEED, 'up_block_3.features.5', 1),
  ];
  const inner = layer(smish(joined(maps)), 'block_cat.DWconv1', { pad: 1, groups: 3 });
  const both = sum(inner, layer(smish(inner), 'block_cat.DWconv2', { pad: 1, groups: 6 }));
  const fused = mapsOf(1, x.height, x.width, (_, y, column) =>
    [0, 1, 2, 3, 4, 5].reduce((total, channel) => total + at(both, channel, y, column), 0),
  );
  return each(sum(...maps, smish(fused)), (value) => value / 4);
}

/** Places of a 3×3 kernel, clockwise from the top left, as numbers of its values. */
const AROUND = [0, 1, 2, 5, 8, 7, 6, 3];
const place = (k: number) => [Math.floor(k / 3) - 1, (k % 3) - 1] as const;

/** Convolutions of pixel differences by their definition: each weight times how a pixel differs from another one. */
const DIFFERENCES = {
  central: (x: Maps, channel: number, y: number, column: number, k: number) => {
    const [dy, dx] = place(k);
    return at(x, channel, y + dy, column + dx) - at(x, channel, y, column);
  },
  angular: (x: Maps, channel: number, y: number, column: number, k: number) => {
    const next = AROUND.indexOf(k) === -1 ? k : AROUND[(AROUND.indexOf(k) + 1) % 8]!;
    const [[dy, dx], [ny, nx]] = [place(k), place(next)];
    return at(x, channel, y + dy, column + dx) - at(x, channel, y + ny, column + nx);
  },
  radial: (x: Maps, channel: number, y: number, column: number, k: number) => {
    // The weights from the second on, for the other eight places in their order.
    if (k === 0) return 0;
    const [dy, dx] = place(k <= 4 ? k - 1 : k);
    return at(x, channel, y + 2 * dy, column + 2 * dx) - at(x, channel, y + dy, column + dx);
  },
  none: (x: Maps, channel: number, y: number, column: number, k: number) => {
    const [dy, dx] = place(k);
    return at(x, channel, y + dy, column + dx);
  },
};

function differences(x: Maps, name: string, kind: keyof typeof DIFFERENCES): Maps {
  const { shape, ...raw } = PIDINET.get(`${name}.weight`)!;
  const w = floats({ shape, ...raw });
  const [out, inputs] = shape as [number, number];
  return mapsOf(out, x.height, x.width, (channel, y, column) => {
    let total = 0;
    for (let input = 0; input < inputs; input++) {
      for (let k = 0; k < 9; k++) {
        const from = inputs === 1 ? channel : input;
        total += w[(channel * inputs + input) * 9 + k]! * DIFFERENCES[kind](x, from, y, column, k);
      }
    }
    return total;
  });
}

function pidinet(x: Maps): Maps {
  const layer = (maps: Maps, name: string, options = {}) => conv(maps, PIDINET, name, options);
  let h = differences(
    mapsOf(3, x.height, x.width, (channel, y, column) => at(x, 2 - channel, y, column) / 255),
    'init_block',
    'central',
  );
  const kinds = ['central', 'angular', 'radial', 'none'] as const;
  const maps = [kinds.slice(1), kinds, kinds, kinds].map((own, stage) => {
    for (const [i, kind] of own.entries()) {
      const name = `block${stage + 1}_${i + 1}`;
      const halves = stage > 0 && i === 0;
      if (halves) h = maxPool(h, 2);
      const y = layer(relu(differences(h, `${name}.conv1`, kind)), `${name}.conv2`);
      h = sum(y, halves ? layer(h, `${name}.shortcut`) : h);
    }
    const narrow = layer(relu(h), `dilations.${stage}.conv1`);
    const seen = sum(
      ...[5, 7, 9, 11].map((dilation, n) =>
        layer(narrow, `dilations.${stage}.conv2_${n + 1}`, { pad: dilation, dilation }),
      ),
    );
    const attention = layer(layer(relu(seen), `attentions.${stage}.conv1`), `attentions.${stage}.conv2`, { pad: 1 });
    const area = seen.height * seen.width;
    const kept = each(seen, (value, i) => value * sigmoid(attention.data[i % area]!));
    return enlarged(layer(kept, `conv_reduces.${stage}.conv`), x.height, x.width);
  });
  return layer(joined(maps), 'classifier');
}

describe('EdgeNetwork', () => {
  it.each([
    ['hed', hed, false],
    ['pidinet', pidinet, true],
    ['teed', teed, false],
  ] as const)('%s computes what its layers are defined as', async (name, expected, wrapped) => {
    const network = await open(name, torchFile(EDGE_WEIGHTS[name], wrapped));
    const edges = await run(network, picture);
    const { data } = expected(picture);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const spread = Math.max(...data) - Math.min(...data);
    // The map is not all the same, or the comparison would show nothing.
    expect(spread).toBeGreaterThan(largest / 10);
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - edges[i]!)), 0);
    expect(worst / largest).toBeLessThan(1e-5);
  });

  it('runs pictures of several sizes one after another', async () => {
    const network = await open('hed', torchFile(HED));
    const small = mapsOf(3, 64, 64, (channel, y, x) => at(picture, channel, y, x));
    const first = await run(network, small);
    await run(network, picture);
    expect(await run(network, small)).toEqual(first);
  });

  it.each(EDGE_NETWORKS)('rejects files that are not %s', async (name) => {
    const other = name === 'hed' ? TEED : HED;
    await expect(open(name, torchFile(other))).rejects.toThrow(
      /network\.pth is not (?:HED|PiDiNet|TEED), although it has its name\. Use the file as it is published\.$/,
    );
    const [last] = [...EDGE_WEIGHTS[name].keys()].slice(-1);
    const cut = renamed(EDGE_WEIGHTS[name], (tensor) => (tensor === last ? null : tensor));
    await expect(open(name, torchFile(cut))).rejects.toThrow(`has no tensor "${last}"`);
    const wide = withTensors(EDGE_WEIGHTS[name], { [last!]: filled('F32', [7]) });
    await expect(open(name, torchFile(wide))).rejects.toThrow(`tensor "${last}" has shape 7`);
    const nan = withTensors(EDGE_WEIGHTS[name], {
      [last!]: { ...EDGE_WEIGHTS[name].get(last!)!, bytes: EDGE_WEIGHTS[name].get(last!)!.bytes.map(() => 0xff) },
    });
    await expect(open(name, torchFile(nan))).rejects.toThrow(/values that are NaN or infinite/);
  });

  it('says that a file is cut off, or changed since it was planned', async () => {
    const bytes = torchFile(HED);
    await expect(open('hed', bytes.subarray(0, bytes.length / 2))).rejects.toThrow(
      /network\.pth is a damaged zip archive\. It may be truncated\. Download or copy it again\.$/,
    );
    await expect(open('hed', Buffer.from('<!doctype html>'))).rejects.toThrow(/a web page, not a model/);
    const ref = await fileRef(fileOf(bytes, 'network.pth'));
    await expect(EdgeNetwork.open('hed', { ...ref, size: ref.size + 1 })).rejects.toThrow(/changed/);
  });
});
