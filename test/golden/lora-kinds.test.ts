import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { loraPatches } from '../../engine/lora/patches.ts';
import { openWeights } from '../../weights/open.ts';
import { readFloats } from '../../weights/read.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN } from './folder.ts';
import { difference } from './lora-differences.ts';
import { itWithGolden } from './tests.ts';

const FOLDER = join(GOLDEN_FOLDER, 'lora');
const Kinds = z.record(z.string(), z.object({ note: z.string(), layers: z.int() }));
const kinds = HAS_GOLDEN
  ? Object.keys(Kinds.parse(JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8'))))
  : [''];

describe('every kind of LoRA', () => {
  itWithGolden.each(kinds)('changes exactly the expected weights, by the expected values: %s', async (kind) => {
    const model = await openWeights(join(GOLDEN_FOLDER, 'models/tiny-sd15.safetensors'));
    const lora = await openWeights(join(FOLDER, `${kind}.safetensors`));
    const { tensors: expected } = await openWeights(join(FOLDER, `${kind}.expected.safetensors`));
    const { patches, ...rest } = await loraPatches(lora, { unet: model, textEncoder: model });
    expect(rest).toEqual({ unmatched: [], misfits: [], others: [], unsupported: [] });
    expect(patches.map(({ target }) => target).sort()).toEqual([...expected.keys()].sort());
    for (const patch of patches) {
      const values = await difference(patch, model.tensors.get(patch.target)!);
      const reference = await readFloats(expected.get(patch.target)!);
      expect(values.length, patch.target).toBe(reference.length);
      const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = reference.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
      expect(worst, patch.target).toBeLessThanOrEqual(1e-5 + 1e-4 * largest);
    }
  });
});
