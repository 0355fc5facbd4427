import type { AssembledPrompts } from './assemble-keyframes.ts';
import type { Environment, ResolvedModel } from './environment.ts';

/** A LoRA that the tags of a clip name. */
export interface UsedLora {
  /** null if not found. It may be of another kind than `lora` or `motion-lora`. */
  readonly model: ResolvedModel | null;
  /** Why its file cannot be read; null if it can, or if there is no such file. */
  readonly unreadable: string | null;
  /** Its distinct UNet strengths, in order of appearance. */
  readonly weights: ReadonlySet<number>;
}

/** The LoRAs of a clip by the name in their tags, in order of appearance. */
export function usedLoras(
  assembled: readonly AssembledPrompts[],
  environment: Pick<Environment, 'resolveModel' | 'unreadableModel'>,
): ReadonlyMap<string, UsedLora> {
  const weights = new Map<string, Set<number>>();
  let before: AssembledPrompts['loras'] | null = null;
  for (const { loras } of assembled) {
    // Keyframes without tags of their own share one map.
    if (loras === before) continue;
    before = loras;
    for (const { name, unet } of loras.values()) weights.set(name, (weights.get(name) ?? new Set()).add(unet));
  }
  return new Map(
    [...weights].map(([name, used]) => {
      const model = environment.resolveModel('lora', name);
      const unreadable = model ? null : (environment.unreadableModel?.('lora', name) ?? null);
      return [name, { model, unreadable, weights: used }];
    }),
  );
}
