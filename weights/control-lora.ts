import type { TensorEntry } from './tensor.ts';

/** An empty tensor that Control-LoRAs have. */
export const CONTROL_LORA_MARK = 'lora_controlnet';

/** Whether a ControlNet is one whose weights are changes of the UNet's, `….up` and `….down`. */
export const isControlLora = (tensors: ReadonlyMap<string, TensorEntry>): boolean => tensors.has(CONTROL_LORA_MARK);

/** Its tensors with the names of the weights that they change: `down` has as many axes as the weight. */
export const asWeights = (tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, TensorEntry> =>
  new Map([...tensors].map(([name, entry]) => [name.replace(/\.down$/, '.weight'), entry]));
