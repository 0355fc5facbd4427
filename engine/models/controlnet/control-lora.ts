import { GET_AGAIN, GET_AGAIN_OR_ANOTHER } from '../../../plan/get-again.ts';
import { defectText } from '../../../plan/model.ts';
import { CONTROL_LORA_MARK } from '../../../weights/control-lora.ts';
import { BadModelError, elementCount, type TensorEntry, type WeightsFile } from '../../../weights/tensor.ts';
import { controlNetDefect } from '../../../weights/unet-defects.ts';
import type { LoraPatch } from '../../lora/patches.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

/** A ControlNet as it runs: its tensors by LDM's names without prefix, and what is added to them. */
export interface ControlNetTensors {
  readonly tensors: Tensors;
  /** By the name of the tensor in its file. */
  readonly changes: ReadonlyMap<string, LoraPatch>;
}

/** The part of a UNet that a ControlNet has, too. */
const WAY_DOWN = /^(?:input_blocks|middle_block|time_embed)\./;

/**
 * The ControlNet that a Control-LoRA makes of a UNet: the UNet's way down, each weight W as W + up·down, and the file's own
 * biases, norms and other layers (ComfyUI's `ControlLora`, comfy/controlnet.py). LoRAs of the clip do not change it.
 *
 * @param own tensors of the file
 * @param unet by LDM's names without prefix
 * @throws BadModelError if it was made for a UNet of other shapes, or is not complete
 */
export function controlLoraTensors({ path }: WeightsFile, own: Tensors, unet: Tensors): ControlNetTensors {
  const whole = [...own].filter(([name]) => name !== CONTROL_LORA_MARK && !/\.(?:up|down)$/.test(name));
  const tensors = new Map([...[...unet].filter(([name]) => WAY_DOWN.test(name)), ...whole]);
  const changes = new Map<string, LoraPatch>();
  for (const [name, up] of own) {
    if (!name.endsWith('.up')) continue;
    const layer = name.slice(0, -'.up'.length);
    const [down, weight] = [own.get(`${layer}.down`), tensors.get(`${layer}.weight`)];
    if (!down) throw new BadModelError(`${path} is damaged: it has ${name}, but no ${layer}.down. ${GET_AGAIN}`);
    if (!weight || !fits(weight, up, down)) {
      const shape = weight ? weight.shape.join('×') : 'missing';
      throw new BadModelError(
        `The Control-LoRA ${path} does not fit this checkpoint, whose ${layer}.weight is ${shape}. Use one made for this kind of checkpoint.`,
      );
    }
    const target = { component: 'unet', target: weight.name, scale: 1 } as const;
    changes.set(weight.name, { kind: 'linear', up, down, ...target });
  }
  const defect = controlNetDefect(tensors);
  if (defect) {
    throw new BadModelError(
      `${path} is damaged or of an unsupported type: ${defectText(defect)}. ${GET_AGAIN_OR_ANOTHER}`,
    );
  }
  return { tensors, changes };
}

const fits = ({ shape }: TensorEntry, up: TensorEntry, down: TensorEntry): boolean =>
  up.shape[0] === shape[0] &&
  elementCount(up.shape.slice(1)) === down.shape[0] &&
  elementCount(down.shape.slice(1)) === elementCount(shape.slice(1));
