import { GET_AGAIN } from '../../../plan/get-again.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { embeddingMisfit } from '../../../plan/text-encoder.ts';
import { embeddingTensors } from '../../../weights/describe.ts';
import { allFinite } from '../../../weights/finite.ts';
import { openWeights } from '../../../weights/open.ts';
import { readAllFloats } from '../../../weights/read.ts';
import { BadModelError } from '../../../weights/tensor.ts';
import type { ModelFiles } from '../model-files.ts';

/** The vectors of each textual-inversion embedding by its name, of the text encoder's width. */
export type EmbeddingVectors = ReadonlyMap<string, readonly Float32Array[]>;

/**
 * The vectors of a plan's embeddings.
 *
 * @param width of the text encoder
 * @throws RenderError when a file is missing or changed, BadModelError when it does not fit the text encoder
 */
export async function readEmbeddings(
  embeddings: TravelPlan['embeddings'],
  width: number,
  files: ModelFiles,
): Promise<EmbeddingVectors> {
  const vectors = new Map<string, Float32Array[]>();
  for (const { name, file } of embeddings) {
    await files.use(file);
    const entries = embeddingTensors(await openWeights(file.path)) ?? [];
    const misfit = embeddingMisfit(entries[0]?.shape.at(-1) ?? null, { width }, file.path);
    if (misfit !== null) throw new BadModelError(misfit);
    const rows: Float32Array[] = [];
    for (const [i, values] of (await readAllFloats(entries)).entries()) {
      if (!allFinite(values)) {
        throw new BadModelError(
          `${file.path} is damaged: its tensor "${entries[i]!.name}" contains values that are NaN or infinite. ${GET_AGAIN}`,
        );
      }
      for (let start = 0; start < values.length; start += width) rows.push(values.slice(start, start + width));
    }
    vectors.set(name, rows);
  }
  return vectors;
}
