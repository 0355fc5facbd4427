import type { RawTensor } from '../../../golden/write.ts';
import type { Raw } from '../../../weights/layouts/raw.ts';

/** Layers by their definitions, in loops, of `[channels, height, width]`. */
export interface Maps {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float64Array;
}

/** A map of functions of place and channel. */
export function mapsOf(
  channels: number,
  height: number,
  width: number,
  value: (channel: number, y: number, x: number) => number,
): Maps {
  const data = new Float64Array(channels * height * width);
  for (let channel = 0, i = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++, i++) data[i] = value(channel, y, x);
  }
  return { channels, height, width, data };
}

/** A value; outside, 0. */
export const at = ({ height, width, data }: Maps, channel: number, y: number, x: number): number =>
  y < 0 || x < 0 || y >= height || x >= width ? 0 : data[(channel * height + y) * width + x]!;

export const each = (maps: Maps, change: (value: number, i: number) => number): Maps => ({
  ...maps,
  data: maps.data.map(change),
});

export const sum = (...all: readonly Maps[]): Maps =>
  each(all[0]!, (_, i) => all.reduce((total, { data }) => total + data[i]!, 0));

export const relu = (maps: Maps): Maps => each(maps, (value) => Math.max(value, 0));

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

export const floats = ({ bytes }: RawTensor): Float32Array => new Float32Array(bytes.slice().buffer);

interface Options {
  readonly stride?: number;
  readonly pad?: number;
  readonly dilation?: number;
  readonly groups?: number;
}

/** A convolution of a layer, with its bias if it has one. */
export function conv(
  x: Maps,
  raw: Raw,
  name: string,
  { stride = 1, pad = 0, dilation = 1, groups = 1 }: Options = {},
): Maps {
  const weight = raw.get(`${name}.weight`)!;
  const [out, inputs, kernel] = weight.shape as [number, number, number];
  const w = floats(weight);
  const bias = raw.has(`${name}.bias`) ? floats(raw.get(`${name}.bias`)!) : null;
  const size = (length: number) => Math.floor((length + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
  return mapsOf(out, size(x.height), size(x.width), (channel, y, column) => {
    let total = bias?.[channel] ?? 0;
    const first = Math.floor(channel / (out / groups)) * inputs;
    for (let input = 0; input < inputs; input++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          total +=
            w[((channel * inputs + input) * kernel + ky) * kernel + kx]! *
            at(x, first + input, y * stride + ky * dilation - pad, column * stride + kx * dilation - pad);
        }
      }
    }
    return total;
  });
}

/** A transposed convolution of stride 2: each value adds the kernel, times it, to the result. */
export function doubled(x: Maps, raw: Raw, name: string, pad: number): Maps {
  const weight = raw.get(`${name}.weight`)!;
  const [inputs, out, kernel] = weight.shape as [number, number, number];
  const w = floats(weight);
  const bias = floats(raw.get(`${name}.bias`)!);
  const result = mapsOf(out, 2 * x.height, 2 * x.width, (channel) => bias[channel]!);
  for (let input = 0; input < inputs; input++) {
    for (let y = 0; y < x.height; y++) {
      for (let column = 0; column < x.width; column++) {
        for (let channel = 0; channel < out; channel++) {
          for (let ky = 0; ky < kernel; ky++) {
            for (let kx = 0; kx < kernel; kx++) {
              const [row, to] = [2 * y + ky - pad, 2 * column + kx - pad];
              if (row < 0 || to < 0 || row >= result.height || to >= result.width) continue;
              result.data[(channel * result.height + row) * result.width + to]! +=
                at(x, input, y, column) * w[((input * out + channel) * kernel + ky) * kernel + kx]!;
            }
          }
        }
      }
    }
  }
  return result;
}

/** The largest of each square, every second pixel. */
export function maxPool(x: Maps, size: number, pad = 0): Maps {
  const length = (side: number) => Math.floor((side + 2 * pad - size) / 2) + 1;
  return mapsOf(x.channels, length(x.height), length(x.width), (channel, y, column) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let dy = 0; dy < size; dy++) {
      for (let dx = 0; dx < size; dx++) {
        const [row, from] = [2 * y + dy - pad, 2 * column + dx - pad];
        if (row < 0 || from < 0 || row >= x.height || from >= x.width) continue;
        largest = Math.max(largest, at(x, channel, row, from));
      }
    }
    return largest;
  });
}

/** Bilinear, with half-pixel centers. */
export function enlarged(x: Maps, height: number, width: number): Maps {
  const place = (i: number, from: number, to: number) => {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.floor(position);
    return { first, second: Math.min(first + 1, from - 1), share: position - first };
  };
  return mapsOf(x.channels, height, width, (channel, y, column) => {
    const [rows, columns] = [place(y, x.height, height), place(column, x.width, width)];
    const row = (from: number) =>
      (1 - columns.share) * at(x, channel, from, columns.first) + columns.share * at(x, channel, from, columns.second);
    return (1 - rows.share) * row(rows.first) + rows.share * row(rows.second);
  });
}

/** The channels of all, one after the other. */
export const joined = (all: readonly Maps[]): Maps => ({
  ...all[0]!,
  channels: all.reduce((total, { channels }) => total + channels, 0),
  data: Float64Array.from(all.flatMap(({ data }) => [...data])),
});
