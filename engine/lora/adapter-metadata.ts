import { z } from 'zod';
import { BadModelError, DAMAGED, type WeightsFile } from '../../weights/tensor.ts';
import type { LoraComponent } from './target-names.ts';

const PATTERN = 'numbers by layer';
/** PEFT's configuration of one component's adapter. The message of an issue is what it expects. */
const Adapter = z.object({
  lora_alpha: z.number('a number').optional(),
  /** By the end of a module's name: its own alpha. */
  alpha_pattern: z.record(z.string(), z.number(PATTERN), PATTERN).optional(),
  use_rslora: z.boolean('true or false').optional(),
});
type Adapter = z.infer<typeof Adapter>;

const LONGEST_EXCERPT = 40;

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
    if (!adapter.success) {
      const { path: at, message: expected } = adapter.error.issues[0]!;
      const key = `${prefix}${String(at[0])}`;
      throw damaged(path, `has ${key} = ${excerpt(stored[key])} instead of ${expected}`);
    }
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

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(path, 'is not valid JSON');
  }
  const stored = z.looseObject({}).safeParse(json);
  if (!stored.success) throw damaged(path, 'is not a JSON object');
  return stored.data;
}

/** A value as JSON, cut to a length that fits in a sentence. */
function excerpt(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_EXCERPT ? text : `${text.slice(0, LONGEST_EXCERPT)}…`;
}

const damaged = (path: string, what: string) =>
  new BadModelError(`${path}: its metadata lora_adapter_metadata ${what}. ${DAMAGED}`);
