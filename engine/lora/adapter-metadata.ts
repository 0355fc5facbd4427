import { z } from 'zod';
import { GET_AGAIN } from '../../plan/get-again.ts';
import { BadModelError, type WeightsFile } from '../../weights/tensor.ts';
import type { LoraComponent } from './target-names.ts';

/** PEFT's configuration of one component's adapter. */
const Adapter = z.object({
  lora_alpha: z.number().optional(),
  /** By the end of a module's name: its own alpha. */
  alpha_pattern: z.record(z.string(), z.number()).optional(),
  use_rslora: z.boolean().optional(),
});
type Adapter = z.infer<typeof Adapter>;

const PREFIX: Readonly<Partial<Record<LoraComponent, string>>> = { unet: 'unet.', textEncoder: 'text_encoder.' };

/**
 * The scale of a layer without its own alpha, from the metadata that diffusers ≥ 0.34 writes instead of alphas
 * (`lora_adapter_metadata`, `_pack_dict_with_prefix` in diffusers; the scale is PEFT's `LoraLayer.update_layer`).
 *
 * @returns a function of a layer's component, name and rank; null without metadata of the component
 * @throws BadModelError when the metadata is damaged
 */
export function adapterScales({
  path,
  metadata,
}: WeightsFile): (component: LoraComponent, layer: string, rank: number) => number | null {
  const text = metadata.lora_adapter_metadata;
  if (text === undefined) return () => null;
  const adapters = new Map<LoraComponent, Adapter>();
  const stored = parse(path, text);
  for (const [component, prefix] of Object.entries(PREFIX)) {
    const own = Object.entries(stored).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    );
    const adapter = Adapter.safeParse(Object.fromEntries(own));
    if (!adapter.success) throw damaged(path, z.prettifyError(adapter.error));
    adapters.set(component as LoraComponent, adapter.data);
  }
  return (component, layer, rank) => {
    const adapter = adapters.get(component);
    const alpha = adapter && alphaOf(adapter, layer);
    return alpha === undefined ? null : alpha / (adapter?.use_rslora ? Math.sqrt(rank) : rank);
  };
}

function alphaOf({ lora_alpha, alpha_pattern = {} }: Adapter, layer: string): number | undefined {
  const own = Object.entries(alpha_pattern).find(([name]) => `.${layer}`.endsWith(`.${name.replace(/^\^/, '')}`));
  return own?.[1] ?? lora_alpha;
}

function parse(path: string, text: string): object {
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch (error) {
    throw damaged(path, error instanceof z.ZodError ? 'it is not an object' : (error as Error).message);
  }
}

const damaged = (path: string, reason: string) =>
  new BadModelError(`${path}: its metadata lora_adapter_metadata cannot be read (${reason}). ${GET_AGAIN}`);
