/** Writers for PyTorch's formats, opcode by opcode, so that tests can also write what PyTorch never would. */

const text = (value: string) => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('X'), length, bytes]);
};
const int = (value: number) => {
  const bytes = Buffer.alloc(5);
  bytes.write('J');
  bytes.writeInt32LE(value, 1);
  return bytes;
};

export type Op = Buffer | string;
export const ops = (...parts: Op[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
export const pickle = (...parts: Op[]) => ops('\x80\x02', ...parts, '.');
export const global = (module: string, name: string) => ops(`c${module}\n${name}\n`);
export const tuple = (...parts: Op[]) => ops('(', ...parts, 't');
export const dict = (items: Readonly<Record<string, Op>>) =>
  ops('}(', ...Object.entries(items).flatMap(([key, value]) => [text(key), value]), 'u');
export { int, text };

export interface TensorOptions {
  readonly storage?: string;
  readonly key: string;
  readonly count: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset?: number;
  /** The old format's None behind the storage. */
  readonly legacy?: boolean;
}

/** A tensor as `torch.save` writes it. */
export function tensor({
  storage = 'FloatStorage',
  key,
  count,
  shape,
  stride,
  offset = 0,
  legacy,
}: TensorOptions): Buffer {
  return ops(
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple(
      tuple(text('storage'), global('torch', storage), text(key), text('cpu'), int(count), ...(legacy ? ['N'] : [])),
      'Q',
      int(offset),
      tuple(...shape.map(int)),
      tuple(...stride.map(int)),
      '\x89',
      ops(global('collections', 'OrderedDict'), ')R'),
    ),
    'R',
  );
}

export const floats = (...values: number[]) => Buffer.from(new Float32Array(values).buffer);

/** A zip archive of entries that are stored as they are; with `zip64`, all sizes and places stand in 64-bit fields. */
export function zip(entries: Readonly<Record<string, Uint8Array>>, { method = 0, zip64 = false } = {}): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of Object.entries(entries)) {
    const nameBytes = Buffer.from(name);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50);
    header.writeUInt16LE(method, 8);
    header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(data.length, 22);
    header.writeUInt16LE(nameBytes.length, 26);
    const extra = zip64 ? ops(u16(1), u16(24), u64(data.length), u64(data.length), u64(offset)) : Buffer.alloc(0);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50);
    record.writeUInt16LE(method, 10);
    record.writeUInt32LE(zip64 ? 0xffffffff : data.length, 20);
    record.writeUInt32LE(zip64 ? 0xffffffff : data.length, 24);
    record.writeUInt16LE(nameBytes.length, 28);
    record.writeUInt16LE(extra.length, 30);
    record.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
    local.push(header, nameBytes, Buffer.from(data));
    central.push(record, nameBytes, extra);
    offset += 30 + nameBytes.length + data.length;
  }
  const directory = Buffer.concat(central);
  const count = Object.keys(entries).length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : directory.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  return Buffer.concat([...local, directory, ...(zip64 ? zip64Ends(count, directory.length, offset) : []), end]);
}

const u16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);

/** The 64-bit end of the central directory, and the record that tells where it lies. */
function zip64Ends(count: number, size: number, start: number): Buffer[] {
  return [
    ops(u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(count), u64(count), u64(size), u64(start)),
    ops(u32(0x07064b50), u32(0), u64(start + size), u32(1)),
  ];
}

/** A zip archive as `torch.save` writes it. */
export function torchZip(pkl: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Buffer {
  return zip({
    'archive/data.pkl': pkl,
    'archive/byteorder': Buffer.from('little'),
    ...Object.fromEntries(Object.entries(storages).map(([key, data]) => [`archive/data/${key}`, data])),
    'archive/version': Buffer.from('3\n'),
  });
}

/** A file as PyTorch before 1.6 wrote it. */
export function torchLegacy(object: Uint8Array, storages: Readonly<Record<string, Uint8Array>>, width = 4): Buffer {
  const magic = pickle(Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex'));
  const machine = pickle(dict({ protocol_version: int(1001), little_endian: '\x88' }));
  const keys = pickle('](', ...Object.keys(storages).map(text), 'e');
  const data = Object.values(storages).flatMap((bytes) => {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(bytes.length / width));
    return [count, Buffer.from(bytes)];
  });
  return Buffer.concat([magic, pickle('M\xe9\x03'), machine, Buffer.from(object), keys, ...data]);
}
