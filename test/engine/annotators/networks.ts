import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import {
  type ModelProto,
  ModelProtoSchema,
  TensorShapeProto_DimensionSchema,
} from '../../../engine/graph/generated/onnx_pb.js';
import { fileRef } from '../pipelines/plans.ts';

/** A network of the user's, changed after it is built. */
export type Change = (model: ModelProto) => void;

/**
 * The bytes of a network whose map is a channel of its input.
 *
 * @param size null: any height and width
 */
export function channelNetwork(channel: number, size: readonly [number, number] | null, change: Change = () => {}) {
  const [height, width] = size ?? [8, 8];
  const graph = new GraphBuilder();
  const input = graph.input('image', [1, 3, height, width]);
  graph.output('depth', graph.slice(input, 1, channel, channel + 1));
  const model = fromBinary(ModelProtoSchema, graph.toModel().bytes);
  if (!size) {
    for (const { type } of [...model.graph!.input, ...model.graph!.output]) {
      const { shape } = type!.value.value as { shape: { dim: unknown[] } };
      shape.dim.splice(2, 2, ...[0, 0].map(() => create(TensorShapeProto_DimensionSchema)));
    }
  }
  change(model);
  return toBinary(ModelProtoSchema, model);
}

/** Writes a network, and its folder. */
export async function networkIn(folder: string, name: string, bytes: Uint8Array) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return fileRef(path);
}
