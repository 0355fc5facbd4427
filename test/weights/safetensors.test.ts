import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerProblem } from '../../weights/header-scan.ts';
import { openWeights } from '../../weights/open.ts';
import { readAllFloats, readFloats } from '../../weights/read.ts';
import { openSafetensors } from '../../weights/safetensors.ts';
import { BadModelError, type DType } from '../../weights/tensor.ts';
import { runs } from '../property-runs.ts';
import { fileOf, safetensorsOf, safetensorsWith, temporaryFolder } from './files.ts';

const one = (dtype: string, shape: readonly number[], from: number, to: number) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('openSafetensors', () => {
  it('returns name, type, shape and position of each tensor, and reads no data', async () => {
    const bytes = safetensorsOf({ b: one('F16', [1], 8, 10), a: one('F32', [2, 1], 0, 8) }, new Uint8Array(10));
    const path = fileOf(bytes, 'Möbel 猫.safetensors');
    const { tensors, size } = await openSafetensors(path);
    expect(size).toBe(bytes.length);
    expect([...tensors.values()].toSorted((x, y) => x.offset - y.offset)).toEqual([
      { name: 'a', dtype: 'F32', shape: [2, 1], file: path, offset: bytes.length - 10, length: 8 },
      { name: 'b', dtype: 'F16', shape: [1], file: path, offset: bytes.length - 2, length: 2 },
    ]);
  });

  it('keeps metadata, and ignores metadata that is none', async () => {
    const good = fileOf(safetensorsWith({ a: [1] }, { metadata: { 'modelspec.title': 'Pocket' } }));
    const odd = fileOf(safetensorsOf({ __metadata__: { n: 3 }, a: one('U8', [1], 0, 1) }, new Uint8Array(1)));
    expect((await openSafetensors(good)).metadata).toEqual({ 'modelspec.title': 'Pocket' });
    expect((await openSafetensors(odd)).metadata).toEqual({});
  });

  it('keeps a tensor whose name JavaScript objects treat specially', async () => {
    const path = fileOf(
      safetensorsOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', new Uint8Array(1)),
    );
    expect([...(await openSafetensors(path)).tensors.keys()]).toEqual(['__proto__']);
  });

  it('drops metadata that is very long, and keeps everything else', async () => {
    const long = `"\\u00e9${'x\\"é'.repeat(400_000)}"`;
    const header = `{"__metadata__":{"image":${long},"ss_output_name":"ink"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`;
    const file = await openSafetensors(fileOf(safetensorsOf(header, new Uint8Array(1))));
    expect(file.metadata).toEqual({ image: '', ss_output_name: 'ink' });
    expect([...file.tensors.keys()]).toEqual(['a']);
  });

  const U8 = one('U8', [1], 0, 1);
  const bad: [string, Uint8Array, RegExp][] = [
    ['three bytes', new Uint8Array(3), /is not a model file, or it is truncated: it has only 3 bytes/],
    [
      'a header longer than the cap',
      Buffer.from('ffffffffffffff7f00', 'hex'),
      /is not a model file, or it is damaged: its first 8 bytes are not the length of a \.safetensors header/,
    ],
    ['zeros', new Uint8Array(1000), /is not a model file, or it is damaged: it starts with zeros/],
    ['a header longer than the file', safetensorsWith({ a: [4] }).subarray(0, 30), /header alone extends/],
    ['a header that is not JSON', safetensorsOf('{"a":'), /its \.safetensors header is not valid JSON\. /],
    ['a header of other bytes', safetensorsOf('\0\x1b\n\n'), /its \.safetensors header is not valid JSON\. /],
    ['a header that is a list', safetensorsOf([1]), /its \.safetensors header is not a JSON object/],
    ['a header that is nested too deeply', safetensorsOf('{"a":[[[1]]]}'), /header is nested too deeply/],
    ['truncated data', safetensorsWith({ a: [4] }).subarray(0, -1), /"a" should end at byte \d+, but the file has/],
    [
      'a length that the shape does not have',
      safetensorsOf({ a: one('F16', [4], 0, 7) }, new Uint8Array(7)),
      /needs 8 bytes/,
    ],
    ['offsets that run backwards', safetensorsOf({ a: one('F16', [4], 8, 0) }, new Uint8Array(8)), /needs 8 bytes/],
    [
      'negative offsets',
      safetensorsOf({ a: one('U8', [1], -1, 0) }),
      /tensor "a" has the invalid data_offsets \[-1,0\] instead of two byte positions/,
    ],
    [
      'one offset',
      safetensorsOf({ a: { ...U8, data_offsets: [0] } }),
      /tensor "a" has the invalid data_offsets \[0\] instead of two byte positions/,
    ],
    ['no offsets', safetensorsOf({ a: { dtype: 'U8', shape: [1] } }), /tensor "a" has no data_offsets/],
    [
      'a dimension that is not a whole number',
      safetensorsOf({ a: one('U8', [0.5], 0, 0) }),
      /tensor "a" has the invalid shape \[0\.5\] instead of a list of sizes/,
    ],
    ['no shape', safetensorsOf({ a: { dtype: 'U8', data_offsets: [0, 1] } }), /tensor "a" has no shape/],
    [
      'seventeen dimensions',
      safetensorsOf({ a: one('U8', Array(17).fill(1), 0, 1) }, new Uint8Array(1)),
      /tensor "a" has the invalid shape \[1,1.*\] instead of a list of sizes/,
    ],
    [
      'a long value',
      safetensorsOf({ a: { ...U8, shape: 'x'.repeat(5000) } }),
      /tensor "a" has the invalid shape "x{50,100}… instead/,
    ],
    [
      'a type that is a number',
      safetensorsOf({ a: { ...U8, dtype: 5 } }),
      /tensor "a" has the invalid dtype 5 instead of the name of a type/,
    ],
    [
      'a size larger than any file',
      safetensorsOf({ a: one('U8', [2 ** 40, 2 ** 40], 0, 1) }, new Uint8Array(1)),
      /needs/,
    ],
    [
      'a tensor without a description',
      safetensorsOf({ a: null }),
      /tensor "a" has the invalid description null instead of a dtype, a shape and data_offsets/,
    ],
    ['a long name', safetensorsOf({ ['n'.repeat(1001)]: U8 }, new Uint8Array(1)), /name has 1001 characters/],
    [
      'overlapping tensors',
      safetensorsOf({ a: one('U8', [2], 0, 2), b: one('U8', [2], 1, 3) }, new Uint8Array(3)),
      /"b" overlaps/,
    ],
    ['a gap', safetensorsOf({ a: U8, b: one('U8', [1], 2, 3) }, new Uint8Array(3)), /"b" has a gap/],
    ['bytes after the end', safetensorsOf({ a: U8 }, new Uint8Array(5)), /4 bytes after its last tensor/],
    [
      'two tensors with the same name',
      safetensorsOf(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        new Uint8Array(1),
      ),
      /two tensors named "a"/,
    ],
  ];
  it.each(bad)('rejects %s, and says what to do', async (_, bytes, message) => {
    const path = fileOf(bytes, 'any.ckpt');
    const refusal = openSafetensors(path);
    await expect(refusal).rejects.toThrow(BadModelError);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow(path);
    await expect(refusal).rejects.toThrow(/[^.]\. (The file is damaged\. )?Download or copy it again\.$/);
  });

  it('rejects an unsupported type, and says which to use', async () => {
    const path = fileOf(safetensorsOf({ a: one('C64', [1], 0, 1) }, new Uint8Array(1)));
    await expect(openSafetensors(path)).rejects.toThrow(/C64.*F16, BF16 or F32/);
  });

  it('answers any bytes with an index or a refusal', async () => {
    const valid = safetensorsWith({ a: [3], b: [2, 2] });
    const path = fileOf(valid);
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length - 1), fc.nat(255), async (at, value) => {
        const bytes = Buffer.from(valid);
        bytes[at] = value;
        writeFileSync(path, bytes);
        const result = await openSafetensors(path).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(BadModelError);
      }),
      runs(200),
    );
  });
});

const problemOf = (header: string) => headerProblem(Buffer.from(header));

describe('headerProblem', () => {
  it('finds a key that occurs twice in the outermost object only', () => {
    expect(problemOf('{"a":{"x":1},"b":{"x":1}}')).toBeNull();
    expect(problemOf('{"a":"a","b":["a","a"],"c":"b"}')).toBeNull();
    expect(problemOf('{"a\\"":1,"a":2,"a\\"":3}')).toBe('has two tensors named "a""');
    expect(problemOf('{"a":1,"\\u0061":3}')).toBe('has two tensors named "a"');
  });

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
        (value) => problemOf(JSON.stringify(value)) === null,
      ),
    );
  });
});

describe('openWeights', () => {
  it('reports what is wrong with a folder, an empty file and a missing file', async () => {
    const folder = temporaryFolder();
    await expect(openWeights(folder)).rejects.toThrow(/ is a folder, not a model file\. Name a model file in it\.$/);
    await expect(openWeights(join(folder, 'none.safetensors'))).rejects.toThrow(
      /none\.safetensors was not found\. Check the path\.$/,
    );
    await expect(openWeights(fileOf(''))).rejects.toThrow(/is empty/);
    await expect(openWeights(fileOf(safetensorsOf({})))).rejects.toThrow(/contains no named tensors/);
  });

  it.skipIf(process.platform === 'win32')('says what else is not a file', async () => {
    const pipe = join(temporaryFolder(), 'pipe.ckpt');
    execFileSync('mkfifo', [pipe]);
    await expect(openWeights(pipe)).rejects.toThrow(/ is a named pipe, not a model file\. Name a model file\.$/);
    await expect(openWeights('/dev/null')).rejects.toThrow(/^\/dev\/null is a device, not a model file\. /);
  });

  const web = 'not a model: the download failed. Download it again, signed in if necessary.';
  const words = 'text, not a model. If it was downloaded, download it again, signed in if necessary.';
  it.each([
    ['a web page', '<!DOCTYPE html>', `a web page, ${web}`],
    ['a web page with a byte order mark', '\uFEFF <html>', `a web page, ${web}`],
    ['an error in JSON', '{"error":"unauthorized"}', `JSON text, ${web}`],
    ['one over several lines', '\n{\n  "error": "unauthorized"\n}\n', `JSON text, ${web}`],
    ['a list in JSON', '[{"error":"unauthorized"}]', `JSON text, ${web}`],
    ['an empty object', '{}', `JSON text, ${web}`],
    ['an error in words', 'Entry not found', words],
    ['one in Japanese', 'このファイルは存在しません。'.repeat(9), words],
    ['an INI file', '[section]\na = 1\n', words],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\n',
      'a Git LFS pointer, not a model. Run "git lfs pull" in its folder.',
    ],
  ])('recognizes %s by its bytes', async (_, text, what) => {
    const path = fileOf(text);
    await expect(openWeights(path)).rejects.toThrow(new BadModelError(`${path} is ${what}`));
  });

  it.each(['{'.charCodeAt(0), '['.charCodeAt(0), ' '.charCodeAt(0), 10])(
    'opens a model whose first byte is %i, as in a text',
    async (first) => {
      const path = fileOf(
        safetensorsOf(`${JSON.stringify({ a: one('U8', [1], 0, 1) }).padEnd(256 + first)}`, new Uint8Array(1)),
      );
      expect(readFileSync(path)[0]).toBe(first);
      expect([...(await openWeights(path)).tensors.keys()]).toEqual(['a']);
    },
  );

  it('follows symbolic links and does not go by the name', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'picture.png'), safetensorsWith({ a: [1] }));
    symlinkSync('picture.png', join(folder, 'link.ckpt'));
    expect([...(await openWeights(join(folder, 'link.ckpt'))).tensors.keys()]).toEqual(['a']);
  });

  it('drops the prefix of data-parallel training when every name has it', async () => {
    const all = await openWeights(fileOf(safetensorsWith({ 'module.a': [1], 'module.b': [1] })));
    const some = await openWeights(fileOf(safetensorsWith({ 'module.a': [1], b: [1] })));
    expect([...all.tensors].map(([name, entry]) => [name, entry.name])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    expect([...some.tensors.keys()]).toEqual(['module.a', 'b']);
  });
});

describe('readFloats', () => {
  const cases: [DType, string, number[]][] = [
    ['F32', '0000803f000020c00000807f', [1, -2.5, Number.POSITIVE_INFINITY]],
    ['F16', '003c00c1010000800004007c', [1, -2.5, 2 ** -24, -0, 2 ** -14, Number.POSITIVE_INFINITY]],
    ['BF16', '803f20c0', [1, -2.5]],
    ['F64', '00000000000004c0', [-2.5]],
    ['I64', 'ffffffffffffffff4d00000000000000', [-1, 77]],
    ['I32', 'feffffff', [-2]],
    ['I16', 'fdff', [-3]],
    ['I8', 'fc', [-4]],
    ['U8', 'fc', [252]],
    ['BOOL', '0001', [0, 1]],
  ];
  it.each(cases)('reads %s', async (dtype, hex, values) => {
    const data = Buffer.from(hex, 'hex');
    const path = fileOf(safetensorsOf({ a: one(dtype, [values.length], 0, data.length) }, data));
    const { tensors } = await openSafetensors(path);
    expect([...(await readFloats(tensors.get('a')!))]).toEqual(values);
  });

  it('reads NaN of half precision', async () => {
    const path = fileOf(safetensorsOf({ a: one('F16', [1], 0, 2) }, Buffer.from('017e', 'hex')));
    expect([...(await readFloats((await openSafetensors(path)).tensors.get('a')!))]).toEqual([Number.NaN]);
  });

  it('reads gathered bytes instead of the file', async () => {
    const gathered = new Uint8Array(new Float32Array([3, 4]).buffer);
    const entry = { name: 'a', dtype: 'F32', shape: [2], file: 'nowhere', offset: 0, length: 8, gathered } as const;
    expect(await readAllFloats([entry, entry])).toEqual([new Float32Array([3, 4]), new Float32Array([3, 4])]);
  });

  it('reports a file that became shorter after it was indexed', async () => {
    const bytes = safetensorsWith({ a: [4] });
    const path = fileOf(bytes);
    const { tensors } = await openSafetensors(path);
    writeFileSync(path, bytes.subarray(0, -3));
    await expect(readFloats(tensors.get('a')!)).rejects.toThrow(/ends before byte/);
  });
});
