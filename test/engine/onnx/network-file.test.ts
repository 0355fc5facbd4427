import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from '../../../engine/graph/generated/onnx_pb.js';
import { checkNetwork } from '../../../engine/onnx/network-file.ts';
import { BadModelError } from '../../../weights/tensor.ts';
import { type Change, channelNetwork } from '../annotators/networks.ts';

const checked = (change?: Change, size: readonly [number, number] | null = [4, 6]) =>
  checkNetwork(channelNetwork(0, size, change), '/models/depth.onnx');

const foreign = () => create(NodeProtoSchema, { opType: 'ReadFile', domain: 'com.example' });
const outside = () =>
  create(TensorProtoSchema, {
    name: 'secret',
    externalData: [create(StringStringEntryProtoSchema, { key: 'location', value: '../../etc/passwd' })],
  });
const branch = (changes: { node?: ReturnType<typeof foreign>[]; initializer?: ReturnType<typeof outside>[] }) =>
  create(NodeProtoSchema, {
    opType: 'If',
    attribute: [create(AttributeProtoSchema, { name: 'then_branch', g: create(GraphProtoSchema, changes) })],
  });

describe('checkNetwork', () => {
  it('gives the inputs, and which of their sizes are fixed', () => {
    expect(checked()).toEqual([{ name: 'image', dims: [1, 3, 4, 6] }]);
    expect(checked(undefined, null)).toEqual([{ name: 'image', dims: [1, 3, null, null] }]);
  });

  it.each([
    ['text', Buffer.from('a letter')],
    ['a cut file', channelNetwork(0, [4, 6]).subarray(0, 40)],
    ['an invalid tag', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
  ])('rejects %s in plain words', (_, bytes) => {
    expect(() => checkNetwork(bytes, '/models/depth.onnx')).toThrow(
      new BadModelError('/models/depth.onnx is not an ONNX file, or it is damaged. Download or copy it again.'),
    );
  });

  it('rejects operators that are not of ONNX, also in branches and functions', () => {
    const message = /depth\.onnx has the operator com\.example\.ReadFile, which is not one of ONNX/;
    expect(() => checked(({ graph }) => void graph!.node.push(foreign()))).toThrow(message);
    expect(() => checked(({ graph }) => void graph!.node.push(branch({ node: [foreign()] })))).toThrow(message);
    const own = create(FunctionProtoSchema, { name: 'Own', domain: 'pkg.own', node: [foreign()] });
    expect(() => checked((model) => void model.functions.push(own))).toThrow(message);
  });

  it('accepts functions that the file itself has', () => {
    const call = create(NodeProtoSchema, { opType: 'Own', domain: 'pkg.own' });
    const withOwn: Change = (model) => {
      model.functions.push(create(FunctionProtoSchema, { name: 'Own', domain: 'pkg.own' }));
      model.graph!.node.push(call);
    };
    expect(checked(withOwn)).toHaveLength(1);
  });

  it('rejects weights in other files, wherever they are', () => {
    const message = /depth\.onnx keeps its weights in another file \(“secret”\), which is not read/;
    expect(() => checked(({ graph }) => void graph!.initializer.push(outside()))).toThrow(message);
    expect(() => checked(({ graph }) => void graph!.node.push(branch({ initializer: [outside()] })))).toThrow(message);
    const constant = create(NodeProtoSchema, {
      opType: 'Constant',
      attribute: [create(AttributeProtoSchema, { name: 'value', t: outside() })],
    });
    expect(() => checked(({ graph }) => void graph!.node.push(constant))).toThrow(message);
    const marked = create(TensorProtoSchema, { name: 'secret', dataLocation: TensorProto_DataLocation.EXTERNAL });
    expect(() => checked(({ graph }) => void graph!.initializer.push(marked))).toThrow(message);
  });

  it('rejects inputs of other types, and files that are not ONNX', () => {
    const half: Change = ({ graph }) => {
      const { value } = graph!.input[0]!.type!;
      if (value.case === 'tensorType') value.value.elemType = 10;
    };
    expect(() => checked(half)).toThrow(/input “image” that is not float32/);
    expect(() => checkNetwork(new Uint8Array(0), '/a.onnx')).toThrow(/a\.onnx is not an ONNX file/);
    expect(() => checkNetwork(new TextEncoder().encode('<!DOCTYPE html>'), '/a.onnx')).toThrow(
      /a\.onnx is not an ONNX file/,
    );
  });
});
