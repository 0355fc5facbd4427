import { z } from 'zod';
import { DTYPE_BYTES, elementCount, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';

export const MotionLayout = z.enum(['v1', 'v2', 'v3']);
export type MotionLayout = z.infer<typeof MotionLayout>;

/** Positions in the table of a v1 module. */
const V1_POSITIONS = 24;

/**
 * A v2 motion module in another version's layout: v3 is v2 without `mid_block`, and v1 is v3 with 24 positions. The
 * weights are those of the file; only the index changes. `null` keeps the file's own layout.
 */
export function motionModuleAs(layout: MotionLayout | null, file: WeightsFile): WeightsFile {
  if (layout === null || layout === 'v2') return file;
  const entries = [...file.tensors].filter(([name]) => !name.startsWith('mid_block.'));
  const tensors = entries.map(([name, entry]) => [name, layout === 'v1' ? withV1Positions(entry) : entry] as const);
  return { ...file, tensors: new Map(tensors) };
}

function withV1Positions(entry: TensorEntry): TensorEntry {
  if (!entry.name.endsWith('.pe')) return entry;
  const [one, , width] = entry.shape as [number, number, number];
  const shape = [one, V1_POSITIONS, width];
  return { ...entry, shape, length: elementCount(shape) * DTYPE_BYTES[entry.dtype] };
}
