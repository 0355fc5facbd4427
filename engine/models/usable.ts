import { GET_AGAIN_OR_ANOTHER } from '../../plan/get-again.ts';
import { defectText, type ModelDescription, type TensorDefect } from '../../plan/model.ts';
import { describeModel } from '../../weights/describe.ts';
import { describeText } from '../../weights/describe-text.ts';
import { allFinite, firstNonFinite } from '../../weights/finite.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';

/**
 * Rejects a file of a family that is not supported.
 *
 * @returns what the file is
 * @throws BadModelError that names the file and the family
 */
export function checkSupported(file: WeightsFile): ModelDescription {
  const description = describeModel(file);
  if (description.kind === 'unsupported') {
    throw new BadModelError(`${file.path} is ${description.what}, which is not supported. ${OTHER_FILE}`);
  }
  if ('family' in description && description.family !== 'sd1' && description.family !== 'unknown') {
    throw new BadModelError(
      `${file.path} is not for Stable Diffusion 1. It is: ${describeText(description)}. ${OTHER_FILE}`,
    );
  }
  return description;
}

const OTHER_FILE = 'Use a file made for Stable Diffusion 1.5.';

/**
 * Rejects a file whose header shows that a component of it cannot be used.
 *
 * @returns what the file is
 * @throws BadModelError that names the file, the tensor, its shape, and the expected one
 */
export function checkUsable(file: WeightsFile, component: TensorDefect['component']): ModelDescription {
  const description = checkSupported(file);
  const defects = 'defects' in description ? (description.defects ?? []) : [];
  const defect = defects.find((candidate) => candidate.component === component);
  if (defect) {
    throw new BadModelError(
      `${file.path} is damaged or of an unsupported type: ${defectText(defect)}. ${GET_AGAIN_OR_ANOTHER}`,
    );
  }
  return description;
}

/** @throws BadModelError that names the tensor, if a weight is NaN or infinite. Reads all weights. */
export async function checkFiniteWeights(tensors: Iterable<TensorEntry>): Promise<void> {
  const found = await firstNonFinite(tensors);
  if (found === null) return;
  throw new BadModelError(
    `${found.file} is damaged: its tensor "${found.name}" contains values that are NaN or infinite, so all frames would ` +
      `be black. ${GET_AGAIN_OR_ANOTHER}`,
  );
}

/**
 * Passes on what a model computed.
 *
 * @param what the model, for the message: `The UNet of /models/a.safetensors`
 * @param tensors all of its weights; they are read only to explain a failure
 * @throws BadModelError that names the model if a value is NaN or infinite
 */
export async function finite(
  values: Float32Array,
  what: string,
  tensors: () => Iterable<TensorEntry>,
): Promise<Float32Array> {
  if (allFinite(values)) return values;
  await checkFiniteWeights(tensors());
  throw new BadModelError(
    `${what} computed values that are NaN or infinite, so the frames would be black. Its weights are finite, and the ` +
      'engine computes in fp32, so the usual causes are a damaged file, a conversion to fp16 that lost large values, as in ' +
      'some VAEs, and a LoRA of another model family or with a large weight. Use another version of the file, or remove the ' +
      'LoRA.',
  );
}
