import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWeights } from '../../weights/open.ts';
import { readAllFloats, readFloats } from '../../weights/read.ts';
import { openSafetensors } from '../../weights/safetensors.ts';
import { BadModelError, type WeightsFile } from '../../weights/tensor.ts';
import { GOLDEN_FOLDER } from '../golden/folder.ts';
import { NANO } from '../golden/models.ts';
import { itWithGolden } from '../golden/tests.ts';
import { runs } from '../property-runs.ts';
import { fileOf } from './files.ts';
import {
  dict,
  floats,
  global,
  int,
  ops,
  pickle,
  tensor,
  text,
  torchLegacy,
  torchZip,
  tuple,
  zip,
} from './torch-files.ts';

const open = (bytes: Uint8Array) => openWeights(fileOf(bytes, 'model.ckpt'));
const values = async (file: WeightsFile, name: string) => [...(await readFloats(file.tensors.get(name)!))];

const matrix = { key: '0', count: 6, shape: [2, 3], stride: [3, 1] };
const six = floats(1, 2, 3, 4, 5, 6);

describe('openWeights on PyTorch files', () => {
  itWithGolden('finds the same weights in a .ckpt as in the .safetensors of the same model', async () => {
    const ckpt = await openWeights(NANO);
    const { tensors } = await openSafetensors(join(GOLDEN_FOLDER, 'models/nano-sd15-vae-fp32.safetensors'));
    expect(tensors.size).toBeGreaterThan(100);
    for (const [name, entry] of tensors) {
      const other = ckpt.tensors.get(`first_stage_model.${name}`)!;
      expect(other.shape).toEqual(entry.shape);
      const [half, full] = await readAllFloats([other, entry]);
      const largest = full!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(half!.every((value, i) => Math.abs(value - full![i]!) <= largest / 1024)).toBe(true);
    }
  });

  it('reads 64-bit integers of a .ckpt', async () => {
    const name = 'cond_stage_model.transformer.text_model.embeddings.position_ids';
    expect(await values(await openWeights(NANO), name)).toEqual(Array.from({ length: 77 }, (_, i) => i));
  });

  it('leaves out what lies beside the state dict, classes that nobody has among it', async () => {
    const { tensors } = await openWeights(NANO);
    expect([...tensors.keys()].filter((name) => /optimizer|callback|^state_dict|^epoch/.test(name))).toEqual([]);
  });

  it('indexes the position of each tensor in the file', async () => {
    const file = await open(torchZip(pickle(dict({ a: tensor(matrix) })), { 0: six }));
    expect(file.tensors.get('a')).toMatchObject({ dtype: 'F32', shape: [2, 3], length: 24, file: file.path });
    expect(file.tensors.get('a')).not.toHaveProperty('gathered');
    expect(await values(file, 'a')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads several tensors of one storage', async () => {
    const file = await open(
      torchZip(
        pickle(
          dict({
            a: tensor({ ...matrix, shape: [2], stride: [1], offset: 4 }),
            b: tensor({ ...matrix, shape: [], stride: [], offset: 2 }),
          }),
        ),
        { 0: six },
      ),
    );
    expect(await values(file, 'a')).toEqual([5, 6]);
    expect(await values(file, 'b')).toEqual([3]);
  });

  it('gathers a transposed tensor', async () => {
    const file = await open(
      torchZip(pickle(dict({ a: tensor({ ...matrix, shape: [3, 2], stride: [1, 3] }) })), { 0: six }),
    );
    expect(await values(file, 'a')).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('gathers any permutation of axes as indexing would', async () => {
    const data = floats(...Array.from({ length: 24 }, (_, i) => i));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), async (axes) => {
        const shape = axes.map((axis) => [2, 3, 4][axis]!);
        const stride = axes.map((axis) => [12, 4, 1][axis]!);
        const file = await open(
          torchZip(pickle(dict({ a: tensor({ key: '0', count: 24, shape, stride }) })), { 0: data }),
        );
        const expected: number[] = [];
        for (let i = 0; i < shape[0]!; i++)
          for (let j = 0; j < shape[1]!; j++)
            for (let k = 0; k < shape[2]!; k++) expected.push(i * stride[0]! + j * stride[1]! + k * stride[2]!);
        expect(await values(file, 'a')).toEqual(expected);
      }),
      runs(12),
    );
  });

  it('unwraps state_dict, joins nested names and sees through parameters', async () => {
    const parameter = ops(global('torch._utils', '_rebuild_parameter'), tuple(tensor(matrix), '\x88', 'N'), 'R');
    const nested = await open(
      torchZip(pickle(dict({ epoch: int(3), state_dict: dict({ a: parameter }), b: tensor(matrix) })), { 0: six }),
    );
    const embedding = await open(
      torchZip(pickle(dict({ name: text('x'), string_to_param: dict({ '*': tensor(matrix) }) })), { 0: six }),
    );
    expect([...nested.tensors.keys()]).toEqual(['a']);
    expect([...embedding.tensors.keys()]).toEqual(['string_to_param.*']);
  });

  it('reads archives whose places need 64 bits', async () => {
    const pkl = pickle(dict({ a: tensor(matrix) }));
    const file = await open(zip({ 'x/data.pkl': pkl, 'x/data/0': six }, { zip64: true }));
    expect(await values(file, 'a')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads the format from before 1.6', async () => {
    const object = pickle(
      dict({ a: tensor({ ...matrix, key: 'k1', legacy: true }), b: tensor({ ...matrix, key: 'k0', legacy: true }) }),
    );
    const file = await open(torchLegacy(object, { k0: six, k1: floats(7, 8, 9, 10, 11, 12) }));
    expect(await values(file, 'a')).toEqual([7, 8, 9, 10, 11, 12]);
    expect(await values(file, 'b')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('rejects the old format if it is truncated or its counts disagree', async () => {
    const object = pickle(dict({ a: tensor({ ...matrix, legacy: true }) }));
    const whole = torchLegacy(object, { 0: six });
    await expect(open(whole.subarray(0, -1))).rejects.toThrow(/should extend to/);
    await expect(open(whole.subarray(0, 20))).rejects.toThrow(/ends too early/);
    await expect(open(torchLegacy(object, { 0: floats(1) }))).rejects.toThrow(/1 elements, not 6/);
    await expect(open(torchLegacy(object, { 9: six }))).rejects.toThrow(/no tensor uses/);
    await expect(open(torchLegacy(object, {}))).rejects.toThrow(/"a" is missing/);
  });
});

describe('openWeights on harmful and damaged PyTorch files', () => {
  const harmful: [string, Buffer][] = [
    ['os.system', pickle(global('os', 'system'), tuple(text('touch /')), 'R')],
    ['posix.system', pickle(dict({ a: tensor(matrix), b: ops(global('posix', 'system'), tuple(text('x')), 'R') }))],
    ['nt.system', pickle('(', text('dir'), 'int\nsystem\n')],
    ['builtins.eval', ops('\x80\x04', '\x8c\x08builtins\x8c\x04eval\x93', text('1'), '\x85R.')],
    ['__builtin__.getattr', pickle(global('__builtin__', 'getattr'))],
    ['builtins.exec', pickle('(', global('builtins', 'exec'), text('1'), 'o')],
    ['subprocess.Popen', pickle(global('subprocess', 'Popen'), tuple(), '\x81')],
    ['importlib.import_module', pickle(global('importlib', 'import_module'))],
    ['torch.serialization.os.system', pickle(ops('\x8c\x13torch.serialization\x8c\x09os.system\x93'))],
    [
      'collections.OrderedDict.__init__.__globals__',
      pickle(text('collections'), text('OrderedDict.__init__.__globals__'), '\x93'),
    ],
    ['operator.methodcaller', pickle(global('operator', 'methodcaller'))],
  ];
  it.each(harmful)('rejects %s by name', async (name, pkl) => {
    const refusal = open(torchZip(pkl, { 0: six }));
    await expect(refusal).rejects.toThrow(BadModelError);
    await expect(refusal).rejects.toThrow(`is unsafe: it uses ${name}, which can run code`);
  });

  it('keeps objects of unknown classes inert', async () => {
    const callback = ops(global('my.trainer', 'Callback'), ')\x81', dict({ best: int(1) }), 'b');
    const file = await open(torchZip(pickle(dict({ hook: callback, a: tensor(matrix) })), { 0: six }));
    expect([...file.tensors.keys()]).toEqual(['a']);
  });

  const bad: [string, Buffer, RegExp][] = [
    [
      'a tensor that reaches beyond its storage',
      torchZip(pickle(dict({ a: tensor({ ...matrix, offset: 1 }) })), { 0: six }),
      /"a" extends beyond its data/,
    ],
    [
      'a tensor that repeats its storage',
      torchZip(pickle(dict({ a: tensor({ ...matrix, shape: [30000, 30000], stride: [0, 0] }) })), { 0: six }),
      /extends beyond/,
    ],
    [
      'negative strides',
      torchZip(pickle(dict({ a: tensor({ ...matrix, stride: [-3, 1] }) })), { 0: six }),
      /has an invalid description/,
    ],
    ['a storage that is not there', torchZip(pickle(dict({ a: tensor(matrix) }))), /has no archive\/data\/0/],
    [
      'a storage type that nobody computes with',
      torchZip(pickle(dict({ a: tensor({ ...matrix, storage: 'ComplexFloatStorage' }) })), { 0: six }),
      /ComplexFloatStorage/,
    ],
    [
      'a pickle without end',
      torchZip(pickle(dict({ a: tensor(matrix) })).subarray(0, -1), { 0: six }),
      /ends too early/,
    ],
    ['an unknown opcode', torchZip(pickle('\xff')), /unknown opcode 0xff/],
    ['a pickle that takes from an empty stack', torchZip(pickle('0')), /pops an empty stack/],
    ['a pickle that reaches below its mark', torchZip(pickle(int(1), '(a')), /pops an empty stack/],
    ['a memo that was never set', torchZip(pickle('h\x05')), /missing memo entry 5/],
    ['a call without arguments', torchZip(pickle(global('a', 'b'), 'NR')), /calls without/],
    ['a list of items in no dict', torchZip(pickle(']', int(1), int(2), 's')), /not a dict/],
    ['elements in no list', torchZip(pickle('}', int(1), 'a')), /not a list/],
    ['a huge number', torchZip(pickle('\x8b\xff\xff\xff\x7f')), /number of 2147483647 bytes/],
    ['a text longer than the file', torchZip(pickle('X\xff\xff\xff\x7fa')), /ends too early/],
    ['a flood of opcodes', torchZip(pickle(Buffer.alloc(4_000_001, 'N0'))), /more than 500000 opcodes/],
    ['no tensors', torchZip(pickle(dict({ a: int(1) }))), /contains no named tensors/],
    ['a dict within itself', torchZip(pickle('}q\x00', text('a'), 'h\x00s')), /contains no named tensors/],
    [
      'a lone tensor of no name nested too deeply',
      torchZip(
        pickle(
          ...Array.from({ length: 40 }, () => ops('}', text('a'))),
          tensor(matrix),
          ...Array.from({ length: 40 }, () => 's'),
        ),
        { 0: six },
      ),
      /too deeply/,
    ],
    ['an archive without data.pkl', zip({ 'a.txt': Buffer.from('x') }), /not a PyTorch model/],
    ['a big-endian archive', zip({ 'a/data.pkl': pickle('}'), 'a/byteorder': Buffer.from('big') }), /big-endian/],
    ['a compressed archive', zip({ 'a/data.pkl': pickle('}') }, { method: 8 }), /was recompressed/],
    [
      'a truncated archive',
      torchZip(pickle(dict({ a: tensor(matrix) })), { 0: six }).subarray(0, -30),
      /damaged zip archive\. It may be/,
    ],
    ['a name that leaves its folder', zip({ '../data.pkl': pickle('}') }), /damaged zip archive\. It may be/],
    ['a plain pickle', pickle(global('os', 'system')), /is a pickle, but not a PyTorch model/],
    ['a web page', Buffer.from('\n<!DOCTYPE html><html></html>'), /web page.*the download failed/],
    ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0'), /git lfs pull/],
    ['a GGUF file', Buffer.from('GGUF\x03\x00\x00\x00'), /GGUF/],
    ['an image', Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'), /is an image/],
  ];
  it.each(bad)('rejects %s, and says what to do', async (_, bytes, message) => {
    const refusal = open(bytes);
    await expect(refusal).rejects.toThrow(BadModelError);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow(
      /[^.]\. (Download or copy it again|Download it again, signed in if necessary|(Get|Run|Save|Use) .*|Unpack it first)\.$/,
    );
  });

  it('reports or survives any damage', async () => {
    const valid = torchZip(pickle(dict({ a: tensor(matrix), b: tensor({ ...matrix, shape: [3], stride: [1] }) })), {
      0: six,
    });
    const path = fileOf(valid, 'model.pt');
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length), async (at, value, length) => {
        const bytes = Buffer.from(valid);
        bytes[at] = value;
        writeFileSync(path, length % 3 === 0 ? bytes.subarray(0, length) : bytes);
        const result = await openWeights(path).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(BadModelError);
      }),
      runs(300),
    );
  });
});
