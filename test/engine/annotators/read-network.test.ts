import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenNetwork } from '../../../engine/annotators/open-network.ts';
import { commonRange, readNetwork } from '../../../engine/annotators/read-network.ts';
import { NetworkSession } from '../../../engine/onnx/network-session.ts';
import { NETWORK_ANNOTATORS, type NetworkAnnotatorName } from '../../../plan/network-annotators.ts';
import { channelNetwork, networkIn } from './networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel networks '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A picture whose red, green and blue are different ramps. */
const picture = (width: number, height: number) => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    return [20 + 2 * x, 200 - x, 7][i % 3]!;
  }),
});

/** Reads a picture with a real file whose map is a channel of the input. */
async function readWith(name: NetworkAnnotatorName, channel: number, size: readonly [number, number] | null) {
  const file = await networkIn(folder, `${name} ${channel} ${size}.onnx`, channelNetwork(channel, size));
  const session = await NetworkSession.open(file);
  try {
    return await readNetwork(name, [session], picture(64, 64), 64);
  } finally {
    await session.release();
  }
}

/** Stands in for a network. Records the sizes of its inputs. */
function standIn(
  dims: readonly (number | null)[],
  output: (dims: readonly number[]) => Float32Array,
  shape?: readonly number[],
) {
  const seen: (readonly number[])[] = [];
  const network: OpenNetwork = {
    path: '/models/x.onnx',
    inputs: [{ name: 'x', dims }],
    run: async (input) => {
      seen.push(input.dims);
      return [{ data: output(input.dims), dims: shape ?? [1, ...input.dims.slice(2)] }];
    },
  };
  return { network, seen };
}

const zeros = ([, , height, width]: readonly number[]) => new Float32Array(height! * width!);
const FREE = [1, 3, null, null];

describe('readNetwork', () => {
  it('makes depth maps from the least to the largest value, near white', async () => {
    const { range, hint } = await readWith('depth_midas', 0, [64, 64]);
    expect(range!.least).toBeCloseTo(20 / 255, 6);
    expect(range!.largest).toBeCloseTo(146 / 255, 6);
    const { width, height, channels, data } = hint(null);
    expect([width, height, channels]).toEqual([64, 64, 1]);
    expect([data[0], data[32], data[63]]).toEqual([0, Math.trunc((64 / 126) * 255), 255]);
    // With the range of a clip, it is a part of it.
    const wider = hint({ least: 0, largest: 1 }).data;
    expect([wider[0], wider[63]]).toEqual([20, 146]);
  });

  const maps = Object.entries(NETWORK_ANNOTATORS).flatMap(([name, annotator]) =>
    'mean' in annotator ? [[name as NetworkAnnotatorName, annotator] as const] : [],
  );
  it.each(maps)('normalizes as the network of %s expects', async (name, { mean, deviation, output }) => {
    const reading = await readWith(name, 1, null);
    if (output.kind === 'normals') {
      // Green falls by 1 of 255 a pixel.
      const across = (-8 / 255) * (1 / deviation[1]);
      const blue = (across / Math.hypot(2 * Math.PI, across)) * 127.5 + 127.5;
      expect(Math.abs(reading.hint(null).data[3 * (64 * 9 + 9) + 2]! - blue)).toBeLessThanOrEqual(1);
    } else if (output.kind === 'depth') {
      expect(reading.range!.largest).toBeCloseTo((200 / 255 - mean[1]) / deviation[1], 3);
    } else {
      // A drawing is the negative of the network's: this one gives green.
      const { data } = reading.hint(null);
      expect([data[5], data[60]].map((value, i) => Math.abs(value! - (55 + [5, 60][i]!)) <= 1)).toEqual([true, true]);
    }
  });

  it('gives a picture the size that the file fixes, or else that of the preprocessor', async () => {
    const sizes = async (
      name: NetworkAnnotatorName,
      dims: readonly (number | null)[],
      width: number,
      height: number,
    ) => {
      const { network, seen } = standIn(dims, zeros);
      await readNetwork(name, [network], picture(width, height), Math.min(width, height));
      return seen[0]!.slice(2);
    };
    expect(await sizes('depth_anything_v2', [1, 3, 518, 518], 128, 64)).toEqual([518, 518]);
    expect(await sizes('depth_anything_v2', FREE, 128, 64)).toEqual([518, 1036]);
    expect(await sizes('depth_anything_v2', [null, 3, null, null], 192, 128)).toEqual([518, 784]);
    expect(await sizes('depth_midas', [1, 3, 256, 256], 128, 64)).toEqual([256, 256]);
    // Padded to multiples of 64.
    expect(await sizes('lineart_realistic', FREE, 70, 65)).toEqual([128, 128]);
    expect(await sizes('lineart_anime', FREE, 300, 64)).toEqual([256, 512]);
  });

  it('rejects a network of another kind, with what its shapes are', async () => {
    const read = (network: OpenNetwork) => readNetwork('depth_midas', [network], picture(64, 64), 64);
    await expect(read(standIn([1, 64, 64, 3], zeros).network)).rejects.toThrow(/input 1×64×64×3, but 1×3×height×width/);
    await expect(read(standIn(FREE, zeros, [1, 3, 10, 10]).network)).rejects.toThrow(
      /does not return one map \(1×3×10×10\)/,
    );
    const nan = standIn(FREE, (dims) => zeros(dims).fill(Number.NaN));
    await expect(read(nan.network)).rejects.toThrow(/NaN or infinite/);
  });

  it('makes normals of a depth map: red toward the viewer, green down, blue across, and flat ones of the background', async () => {
    // A slope that is flat in its left half, which is the background.
    const depth = ([, , height, width]: readonly number[]) =>
      Float32Array.from({ length: height! * width! }, (_, i) => {
        const [x, y] = [i % width!, Math.floor(i / width!)];
        return x < 32 ? 0.01 * y : 400 + 3 * x - 5 * y;
      });
    const network = standIn([1, 3, 64, 64], depth).network;
    const { range, hint } = await readNetwork('normal_midas', [network], picture(64, 64), 64);
    expect(range).toBeNull();
    const { width, height, channels, data } = hint(null);
    expect([width, height, channels]).toEqual([64, 64, 3]);
    const colorAt = (x: number, y: number) => [...data.subarray(3 * (y * 64 + x), 3 * (y * 64 + x) + 3)];
    /** Sobel's kernels sum up to 8. */
    const color = (across: number, down: number) => {
      const normal = [2 * Math.PI, 8 * down, 8 * across];
      return normal.map((part) => Math.trunc((part / Math.hypot(...normal)) * 127.5 + 127.5));
    };
    expect(colorAt(48, 20)).toEqual(color(3, -5));
    expect(colorAt(10, 20)).toEqual([255, 127, 127]);
    // Mirrored at the pixels of the edge, nothing changes across it.
    expect(colorAt(63, 20)).toEqual(color(0, -5));
    expect(colorAt(48, 0)).toEqual(color(3, 0));
  });

  it('makes normals of a map of one depth flat', async () => {
    const { hint } = await readNetwork('normal_midas', [standIn(FREE, zeros).network], picture(64, 64), 64);
    expect([...hint(null).data.subarray(0, 6)]).toEqual([255, 127, 127, 255, 127, 127]);
  });

  it('gives networks of edges the colors as they are, in multiples of 64 pixels, and cuts their map', async () => {
    const seen: { readonly data: Float32Array; readonly dims: readonly number[] }[] = [];
    const network: OpenNetwork = {
      path: '/models/ControlNetHED.pth',
      inputs: [{ name: 'picture', dims: FREE }],
      run: async (input) => {
        seen.push(input);
        const [, , height, width] = input.dims as [number, number, number, number];
        const data = Float32Array.from({ length: height * width }, (_, i) => (i % width < 35 ? Math.log(3) : -9));
        return [{ data, dims: [1, 1, height, width] }];
      },
    };
    const { hint } = await readNetwork('softedge_hed', [network], picture(70, 65), 65);
    const { width, height, channels, data } = hint(null);
    expect([width, height, channels]).toEqual([70, 65, 1]);
    expect(seen[0]!.dims).toEqual([1, 3, 128, 128]);
    // Red, green and blue of the second pixel.
    expect([0, 1, 2].map((channel) => seen[0]!.data[channel * 128 * 128 + 1])).toEqual([22, 199, 7]);
    // sigmoid(ln 3) is 0.75.
    expect([data[0], data[34], data[35]]).toEqual([191, 191, 0]);
    const safe = await readNetwork('softedge_hedsafe', [network], picture(70, 65), 65);
    expect([safe.hint(null).data[0], safe.hint(null).data[35]]).toEqual([255, 0]);
    const strokes = await readNetwork('scribble_hed', [network], picture(70, 65), 65);
    expect(new Set(strokes.hint(null).data)).toEqual(new Set([0, 255]));
    const nan: OpenNetwork = {
      ...network,
      run: async ({ dims }) => [{ data: new Float32Array(dims[2]! * dims[3]!).fill(Number.NaN), dims }],
    };
    await expect(readNetwork('softedge_teed', [nan], picture(64, 64), 64)).rejects.toThrow(/NaN or infinite/);
  });

  it('makes a map of one depth black', async () => {
    const { hint } = await readNetwork('depth_midas', [standIn(FREE, zeros).network], picture(64, 64), 64);
    expect(new Set(hint(null).data)).toEqual(new Set([0]));
  });
});

describe('commonRange', () => {
  it('is from the least to the largest value of all maps', () => {
    const all = [{ least: 2, largest: 3 }, { least: -1, largest: 1 }, null].map((range) => ({ range }));
    expect(commonRange(all)).toEqual({ least: -1, largest: 3 });
    expect(commonRange([{ range: null }])).toBeNull();
  });
});

describe('NetworkSession', () => {
  it('reports a file that changed after it was planned, and one that ONNX Runtime rejects', async () => {
    const file = await networkIn(folder, 'changed.onnx', channelNetwork(0, null));
    await expect(NetworkSession.open({ ...file, size: 1 })).rejects.toThrow(/changed from/);
    const broken = channelNetwork(0, null, ({ graph }) => {
      graph!.node[0]!.opType = 'NoSuchOperator';
    });
    const rejected = await networkIn(folder, 'broken.onnx', broken);
    await expect(NetworkSession.open(rejected)).rejects.toThrow(
      /broken\.onnx cannot be used by ONNX Runtime\. Use the file as it is published\. \(.*NoSuchOperator.*\)$/,
    );
  });
});
