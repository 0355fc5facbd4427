import { PickleBytes } from './pickle-bytes.ts';
import { isHarmful } from './pickle-globals.ts';
import { BadModelError } from './tensor.ts';

/** The name of a Python object in a pickle. Nothing is imported. */
export class GlobalName {
  readonly module: string;
  readonly name: string;
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
  toString(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A call in a pickle, as data. Nothing is called. */
export class Instance {
  readonly callable: Pickled;
  readonly args: readonly Pickled[];
  readonly items = new Map<Pickled, Pickled>();
  readonly elements: Pickled[] = [];
  state: Pickled = null;
  constructor(callable: Pickled, args: readonly Pickled[]) {
    this.callable = callable;
    this.args = args;
  }
}

/** A reference to an object outside the pickle: in PyTorch's files, a storage. */
export class PersistentId {
  readonly id: Pickled;
  constructor(id: Pickled) {
    this.id = id;
  }
}

/** A value in a pickle. Lists, tuples and sets are arrays, dicts are Maps. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Pickled[]
  | Map<Pickled, Pickled>
  | GlobalName
  | Instance
  | PersistentId;

/** A model's pickle contains only names and shapes: a few MB at most. */
export const MAX_PICKLE_BYTES = 32 * 2 ** 20;
/** Limits the work and memory that a pickle can cause; that of a model with 2,000 tensors has about 60,000 opcodes. */
const MAX_OPERATIONS = 500_000;
/** Dicts and objects, the largest values; a model has two for each tensor. */
const MAX_OBJECTS = 50_000;
/** Longer than the name of any class. */
const MAX_CLASS_NAME = 500;

/**
 * Read one pickle (Python's pickletools, protocols 0 to 5) as data. Objects of unknown classes become inert records.
 *
 * @param path of the file, for messages
 * @returns the value, the end position of the pickle, and all references to objects outside it
 * @throws BadModelError when it is damaged, or names an object that could act on the machine
 */
export function unpickle(
  path: string,
  bytes: Buffer,
  start: number,
): { value: Pickled; end: number; persistentIds: readonly PersistentId[] } {
  const machine: Machine = new Machine(new PickleBytes(path, bytes, start));
  for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
    const code = machine.bytes.u8();
    if (code === STOP) {
      return { value: machine.pop(), end: machine.bytes.position, persistentIds: machine.persistentIds };
    }
    const operation = OPERATIONS.get(code);
    if (!operation) machine.bytes.fail(`has an unknown opcode 0x${code.toString(16)}`);
    operation(machine);
  }
  return machine.bytes.fail(`has more than ${MAX_OPERATIONS} opcodes`);
}

class Machine {
  readonly bytes: PickleBytes;
  readonly stack: Pickled[] = [];
  /** Stack heights of the MARKs; nothing below the last one can be popped. */
  readonly marks: number[] = [];
  readonly memo = new Map<number, Pickled>();
  readonly persistentIds: PersistentId[] = [];
  #objects = 0;

  constructor(bytes: PickleBytes) {
    this.bytes = bytes;
  }

  /** A dict or an object, which counts. */
  pushObject(value: Map<Pickled, Pickled> | Instance): void {
    if (++this.#objects > MAX_OBJECTS) this.bytes.fail(`has more than ${MAX_OBJECTS} objects`);
    this.stack.push(value);
  }

  push(value: Pickled): void {
    this.stack.push(value);
  }

  pop(): Pickled {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  top(): Pickled {
    const value = this.stack.length > (this.marks.at(-1) ?? 0) ? this.stack.at(-1) : undefined;
    return value === undefined ? this.bytes.fail('pops an empty stack') : value;
  }

  popToMark(): Pickled[] {
    return this.stack.splice(this.marks.pop() ?? this.bytes.fail('has no mark'));
  }

  popTuple(length: number): Pickled[] {
    return Array.from({ length }, () => this.pop()).reverse();
  }

  popString(): string {
    const value = this.pop();
    return typeof value === 'string' ? value : this.bytes.fail('has an object name that is not a string');
  }

  putMemo(key: number): void {
    this.memo.set(key, this.top());
  }

  getMemo(key: number): void {
    const value = this.memo.get(key);
    this.push(value === undefined ? this.bytes.fail(`reads the missing memo entry ${key}`) : value);
  }

  setItems(pairs: readonly Pickled[]): void {
    const target = this.top();
    const items = target instanceof Instance ? target.items : target;
    if (!(items instanceof Map) || pairs.length % 2 !== 0)
      this.bytes.fail('sets items of an object that is not a dict');
    for (let i = 0; i < pairs.length; i += 2) items.set(pairs[i]!, pairs[i + 1]!);
  }

  append(values: readonly Pickled[]): void {
    const target = this.top();
    const elements = target instanceof Instance ? target.elements : target;
    if (!Array.isArray(elements)) this.bytes.fail('appends to an object that is not a list');
    for (const value of values) elements.push(value);
  }

  name(module: string, name: string): GlobalName {
    if (module.length + name.length > MAX_CLASS_NAME) this.bytes.fail('has a name of a class that is too long');
    if (isHarmful(module, name)) {
      throw new BadModelError(
        `${this.bytes.path} is unsafe: it uses ${module}.${name}, which can run code on the computer that opens the file. ` +
          'Models do not need it. Nothing was executed. Delete the file and get the model as .safetensors.',
      );
    }
    return new GlobalName(module, name);
  }

  refer(id: Pickled): void {
    const reference = new PersistentId(id);
    this.persistentIds.push(reference);
    this.push(reference);
  }

  call(callable: Pickled, args: Pickled): void {
    if (!Array.isArray(args)) this.bytes.fail('calls without a tuple of arguments');
    this.pushObject(new Instance(callable, args));
  }
}

const STOP = 0x2e;

/** Opcodes by their byte, in the groups of Python's pickletools. */
const OPERATIONS = new Map<number, (m: Machine) => void>([
  // protocol and frame
  [0x80, (m) => void m.bytes.u8()],
  [0x95, (m) => void m.bytes.u64()],
  // constants and numbers
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x49, (m) => m.push(m.bytes.decimal())],
  [0x4c, (m) => m.push(m.bytes.decimal())],
  [0x46, (m) => m.push(m.bytes.decimal())],
  [0x4a, (m) => m.push(m.bytes.i32())],
  [0x4b, (m) => m.push(m.bytes.u8())],
  [0x4d, (m) => m.push(m.bytes.u16())],
  [0x8a, (m) => m.push(m.bytes.integer(m.bytes.u8()))],
  [0x8b, (m) => m.push(m.bytes.integer(m.bytes.u32()))],
  [0x47, (m) => m.push(m.bytes.double())],
  // strings and bytes
  [0x53, (m) => m.push(m.bytes.line().slice(1, -1))],
  [0x54, (m) => m.push(m.bytes.text(m.bytes.u32()))],
  [0x55, (m) => m.push(m.bytes.text(m.bytes.u8()))],
  [0x56, (m) => m.push(m.bytes.line())],
  [0x58, (m) => m.push(m.bytes.text(m.bytes.u32()))],
  [0x8c, (m) => m.push(m.bytes.text(m.bytes.u8()))],
  [0x8d, (m) => m.push(m.bytes.text(m.bytes.u64()))],
  [0x42, (m) => m.push(m.bytes.take(m.bytes.u32()))],
  [0x43, (m) => m.push(m.bytes.take(m.bytes.u8()))],
  [0x8e, (m) => m.push(m.bytes.take(m.bytes.u64()))],
  [0x96, (m) => m.push(m.bytes.take(m.bytes.u64()))],
  // lists, tuples, sets
  [0x5d, (m) => m.push([])],
  [0x29, (m) => m.push([])],
  [0x8f, (m) => m.push([])],
  [0x6c, (m) => m.push(m.popToMark())],
  [0x74, (m) => m.push(m.popToMark())],
  [0x91, (m) => m.push(m.popToMark())],
  [0x85, (m) => m.push(m.popTuple(1))],
  [0x86, (m) => m.push(m.popTuple(2))],
  [0x87, (m) => m.push(m.popTuple(3))],
  [0x61, (m) => m.append([m.pop()])],
  [0x65, (m) => m.append(m.popToMark())],
  [0x90, (m) => m.append(m.popToMark())],
  // dicts
  [0x7d, (m) => m.pushObject(new Map())],
  [0x64, (m) => pushDict(m, m.popToMark())],
  [0x73, (m) => m.setItems(m.popTuple(2))],
  [0x75, (m) => m.setItems(m.popToMark())],
  // stack
  [0x28, (m) => void m.marks.push(m.stack.length)],
  [0x30, (m) => void (m.stack.length === m.marks.at(-1) ? m.marks.pop() : m.pop())],
  [0x31, (m) => void m.popToMark()],
  [0x32, (m) => m.push(m.top())],
  // memo
  [0x67, (m) => m.getMemo(m.bytes.decimal())],
  [0x68, (m) => m.getMemo(m.bytes.u8())],
  [0x6a, (m) => m.getMemo(m.bytes.u32())],
  [0x70, (m) => m.putMemo(m.bytes.decimal())],
  [0x71, (m) => m.putMemo(m.bytes.u8())],
  [0x72, (m) => m.putMemo(m.bytes.u32())],
  [0x94, (m) => m.putMemo(m.memo.size)],
  // names, calls and state, kept as data
  [0x63, (m) => m.push(m.name(m.bytes.line(), m.bytes.line()))],
  [0x93, (m) => pushName(m, m.popString(), m.popString())],
  [0x52, (m) => callWith(m, m.pop(), m.pop())],
  [0x81, (m) => callWith(m, m.pop(), m.pop())],
  [0x92, (m) => callWithKeywords(m, m.pop(), m.pop(), m.pop())],
  [0x69, (m) => m.call(m.name(m.bytes.line(), m.bytes.line()), m.popToMark())],
  [0x6f, (m) => callFirst(m, m.popToMark())],
  [0x62, (m) => setState(m, m.pop())],
  [0x50, (m) => m.refer(m.bytes.line())],
  [0x51, (m) => m.refer(m.pop())],
]);

function pushDict(m: Machine, pairs: Pickled[]): void {
  m.pushObject(new Map());
  m.setItems(pairs);
}

/** STACK_GLOBAL: the name is on top of the module. */
function pushName(m: Machine, name: string, module: string): void {
  m.push(m.name(module, name));
}

/** REDUCE and NEWOBJ: the arguments are on top of the callable. */
function callWith(m: Machine, args: Pickled, callable: Pickled): void {
  m.call(callable, args);
}

/** NEWOBJ_EX: like NEWOBJ, with keyword arguments on top. */
function callWithKeywords(m: Machine, _keywords: Pickled, args: Pickled, callable: Pickled): void {
  m.call(callable, args);
}

/** OBJ: the callable is the first object after the mark. */
function callFirst(m: Machine, [callable, ...args]: Pickled[]): void {
  m.call(callable === undefined ? m.bytes.fail('calls nothing') : callable, args);
}

/** BUILD. A dict's own state (an OrderedDict's `_metadata`) is not about weights. */
function setState(m: Machine, state: Pickled): void {
  const target = m.top();
  if (target instanceof Instance) target.state = state;
}
