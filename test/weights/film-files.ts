import { filmShapes } from '../../bench/random-model.ts';
import { numbers } from '../engine/graph/tensors.ts';
import type { RawTensor } from '../golden/write.ts';
import type { Raw } from './layouts/raw.ts';
import { dict, global, type Op, ops, pickle, tensor, torchZip } from './torch-files.ts';

/** FILM, narrow, by the names of `filmWeights`, with values that keep pictures in about 0…1. */
export const FILM: Raw = new Map(
  [...filmShapes(2, [4, 4, 4, 4])].map(([name, shape], i): [string, RawTensor] => {
    const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
    const scale = name.endsWith('.bias') ? 0.1 : 1 / Math.sqrt(fanIn);
    const values = numbers(shape, i + 1).map((value) => value * scale);
    return [name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }];
  }),
);

const convolution = /^(.+)\.(weight|bias)$/;
const withSuffix = (name: string, suffix: string, none: RegExp) => {
  const [, layer, part] = convolution.exec(name)!;
  return none.test(layer!) ? name : `${layer}${suffix}.${part}`;
};

/** The names of a tensor in each of the files that people have. */
export const FILM_LAYOUTS: Readonly<Record<string, (name: string) => string>> = {
  'v1.0.0': (name) => withSuffix(name, '.0', /^fuse\.output_conv$|\._convs\.4$|^fuse\.convs\.\d\.0$/),
  'v1.0.2': (name) => withSuffix(name, '.0', /^fuse\.output_conv$/),
  ComfyUI: (name) => withSuffix(name, '.conv', /^fuse\.output_conv$/),
};

type Tree = Map<string, Tree | Op>;

/** A TorchScript archive: modules are objects whose attributes are a dict, with classes that only its code defines. */
export function scriptArchive(tensors: Raw): Buffer {
  const root: Tree = new Map();
  const storages: Record<string, Uint8Array> = {};
  for (const [name, { shape, bytes }] of tensors) {
    const key = String(Object.keys(storages).length);
    storages[key] = bytes;
    const path = name.split('.');
    let at = root;
    for (const part of path.slice(0, -1)) {
      const below = at.get(part);
      const next: Tree = below instanceof Map ? below : new Map();
      at.set(part, next);
      at = next;
    }
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    at.set(path.at(-1)!, tensor({ key, count: bytes.length / 4, shape, stride }));
  }
  let number = 0;
  const moduleOf = (tree: Tree): Buffer =>
    ops(
      global(`__torch__.torch.nn.modules.___torch_mangle_${number++}`, 'Module'),
      ')\x81',
      dict({
        training: '\x89',
        _is_full_backward_hook: 'N',
        ...Object.fromEntries([...tree].map(([name, part]) => [name, part instanceof Map ? moduleOf(part) : part])),
        stride: ops(global('torch.jit._pickle', 'build_intlist'), '(](K\x01K\x01et', 'R'),
      }),
      'b',
    );
  return torchZip(pickle(moduleOf(root)), storages);
}

/** A picture whose pixels differ, `[height, width, 3]`. */
export function picture(height: number, width: number, shift: number): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const [x, y] = [(pixel % width) + shift, Math.floor(pixel / width)];
    return Math.round(127 + 60 * Math.sin(x / 5 + channel) + 60 * Math.cos(y / 7));
  });
}
