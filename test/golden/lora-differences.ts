import { join } from 'node:path';
import { z } from 'zod';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { LoraChanges } from '../../engine/graph/lora-changes.ts';
import { type LoraPatch, loraPatches } from '../../engine/lora/patches.ts';
import { cpu, Session } from '../../engine/onnx/session.ts';
import { openWeights } from '../../weights/open.ts';
import type { TensorEntry } from '../../weights/tensor.ts';
import type { Computation } from './case.ts';

const Params = z.looseObject({ unet: z.string(), text_encoder: z.string(), loras: z.record(z.string(), z.string()) });

/** What LoRA files add to weights at strength 1, as `<kind>/<key of the weight>`. */
export const loraDifferences: Computation = async (golden) => {
  const params = Params.parse(golden.manifest.params);
  const open = (file: string) => openWeights(join(golden.folder, file));
  const [unet, textEncoder] = [await open(params.unet), await open(params.text_encoder)];
  const outputs: Record<string, Float32Array> = {};
  for (const [kind, file] of Object.entries(params.loras)) {
    const { patches } = await loraPatches(await open(file), { unet, textEncoder });
    for (const patch of patches) {
      const name = `${kind}/${patch.target}`;
      const { tensors } = patch.component === 'textEncoder' ? textEncoder : unet;
      if (golden.has(name)) outputs[name] = await difference(patch, tensors.get(patch.target)!);
    }
  }
  const missing = golden.tensorNames.filter((name) => !(name in outputs));
  if (missing.length > 0) throw new Error(`${golden.id}: no LoRA layer found for ${missing.join(', ')}`);
  return outputs;
};

/** What a patch adds to a weight at strength 1. */
export async function difference(patch: LoraPatch, weight: TensorEntry): Promise<Float32Array> {
  const graph = new GraphBuilder();
  const { value, scale } = new LoraChanges(graph).change(patch, weight);
  const factor = graph.input('factor', [1]);
  graph.output('difference', graph.op('Mul', [value, factor], value.dims));
  const session = await Session.create(graph.toModel(), cpu());
  try {
    return await session.run({ factor: { data: Float32Array.of(scale), dims: [1] } });
  } finally {
    await session.release();
  }
}
