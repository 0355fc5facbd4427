import { safetensorsOf } from './files.ts';
import { dict, floats, global, int, type Op, ops, pickle, tensor, text, torchZip, tuple } from './torch-files.ts';

const put = (index: number) => ops('r', Buffer.from(Uint32Array.of(index).buffer));
const get = (index: number) => ops('j', Buffer.from(Uint32Array.of(index).buffer));
const one = () => tensor({ key: '0', count: 1, shape: [1], stride: [1] });
const zipOf = (...parts: Op[]) => torchZip(pickle(...parts), { '0': floats(0) });

const repeated = (count: number, part: Op) => Buffer.concat(Array<Buffer>(count).fill(ops(part)));

/** Each dict contains the one before it many times. */
function sharedDicts(width: number, depth: number): Buffer {
  const parts: Op[] = [dict({ weight: one() }), put(0), '0'];
  for (let level = 1; level <= depth; level++) {
    const keys = Array.from({ length: width }, (_, i) => [String(i), get(level - 1)] as const);
    parts.push(dict(Object.fromEntries(keys.map(([key, value]) => [`k${key}`, value]))), put(level), '0');
  }
  return ops(...parts, get(depth));
}

function nestedParameters(depth: number): Buffer {
  const rebuild = global('torch._utils', '_rebuild_parameter');
  const [open, close] = [ops(rebuild, '('), ops('tR')];
  return dict({ weight: ops(repeated(depth, open), one(), repeated(depth, close)) });
}

/** A file with a large sparse hole would also do; the storage is real so that it can be read. */
function scattered(tensors: number, megabytes: number): Buffer {
  const count = (megabytes * 2 ** 20) / 4;
  const wide = tensor({ key: '0', count, shape: [2], stride: [count - 1] });
  const names = Array.from({ length: tensors }, (_, i) => `t${i}`);
  return torchZip(pickle(dict(Object.fromEntries(names.map((name) => [name, wide])))), {
    '0': new Uint8Array(4 * count),
  });
}

const MIB = 2 ** 20;
const header = (json: string) => safetensorsOf(json);
const many = (count: number, entry: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => entry(i)).join(',');

/** Small files that cost a naive reader much memory, time or stack, by what they do. */
export const BOMBS: Readonly<Record<string, () => Buffer>> = {
  'shared dicts, 64 wide and 15 deep': () => zipOf(sharedDicts(64, 15)),
  'tiny tensors over a large storage': () => scattered(2000, 64),
  'nested parameters': () => zipOf(nestedParameters(50_000)),
  'a flood of dicts': () => zipOf(repeated(3_000_000, '}')),
  'a long name of a class': () => zipOf(global('a'.repeat(20 * MIB), 'b')),
  'a long key': () => zipOf(dict({ ['a'.repeat(20 * MIB)]: dict({ b: one(), c: one() }) })),
  'a shared ordered dict': () =>
    zipOf(
      tuple(repeated(50_000, tuple(int(1), int(2)))),
      put(0),
      '0',
      dict(
        Object.fromEntries(
          Array.from({ length: 20_000 }, (_, i) => [
            `k${i}`,
            ops(global('collections', 'OrderedDict'), get(0), '\x85', 'R'),
          ]),
        ),
      ),
    ),
  'a header of 90 MB': () => header(`{"a":"${'x'.repeat(90 * MIB)}"}`),
  'nested brackets': () => header(`{"a":${'['.repeat(30 * MIB)}`),
  'nested and closed brackets': () => header(`{"a":${'['.repeat(10 * MIB)}${']'.repeat(10 * MIB)}}`),
  'a long string in the metadata, and no tensor': () => header(`{"__metadata__":{"a":"${'x'.repeat(30 * MIB)}"}}`),
  'a long string of escapes': () => header(`{"__metadata__":{"a":"${'\\n'.repeat(14 * MIB)}"}}`),
  'a long shape': () => header(`{"a":{"dtype":"F16","shape":[${many(9 * MIB, () => '1')}],"data_offsets":[0,0]}}`),
  'a flood of tensors': () =>
    header(`{${many(450_000, (i) => `"t${i}":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}`)}}`),
  'a long name of a tensor': () =>
    header(`{"${'.motion_modules.0.'.repeat(MIB)}":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}`),
  'a flood of strings': () => zipOf(repeated(1_000_000, text('x'))),
  'a flood of objects': () => zipOf(global('a', 'b'), put(0), repeated(120_000, ops(get(0), ')R'))),
  'a long string of wide characters in the metadata, and no valid tensor': () =>
    header(`{"__metadata__":{"a":"\u754c${'x'.repeat(30 * MIB)}"},"t":null}`),
};
