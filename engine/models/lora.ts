import type { TensorEntry } from '../../weights/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { AppliedPatch } from '../graph/weights.ts';
import { changeTensors } from '../lora/changes.ts';
import type { LoraPatch } from '../lora/patches.ts';
import type { Feeds } from '../onnx/session.ts';

/** A LoRA's patches for one component. */
export interface ComponentLora {
  readonly patches: readonly LoraPatch[];
}

const inputName = (index: number) => `lora_${index}`;

/**
 * Adds graph inputs for the strengths of LoRAs.
 *
 * @param sizes of each LoRA's strength input: 1, or the number of samples if it travels
 * @returns their patches by the weight that they change
 */
export function loraInputs(
  graph: GraphBuilder,
  loras: readonly ComponentLora[],
  sizes: readonly number[],
): Map<string, AppliedPatch[]> {
  const byTarget = new Map<string, AppliedPatch[]>();
  loras.forEach(({ patches }, index) => {
    if (patches.length === 0) return;
    const strength = graph.input(inputName(index), [sizes[index]!]);
    for (const patch of patches) {
      const applied = byTarget.get(patch.target);
      if (applied) applied.push({ patch, strength });
      else byTarget.set(patch.target, [{ patch, strength }]);
    }
  });
  return byTarget;
}

/** The values for the inputs that `loraInputs` adds. */
export function loraFeeds(loras: readonly ComponentLora[], strengths: readonly (readonly number[])[]): Feeds {
  return Object.fromEntries(
    loras.flatMap(({ patches }, index) => {
      const values = strengths[index]!;
      return patches.length === 0
        ? []
        : [[inputName(index), { data: Float32Array.from(values), dims: [values.length] }]];
    }),
  );
}

/** The tensors of a patch. */
export function patchTensors(patch: LoraPatch): TensorEntry[] {
  return [...changeTensors(patch), ...(patch.magnitude ? [patch.magnitude] : [])];
}
