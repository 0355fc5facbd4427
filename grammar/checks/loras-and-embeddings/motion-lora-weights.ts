import { loraSpan } from '../../clip/lora-tags.ts';
import type { Check } from '../check.ts';

/** Weights that the message lists. */
const MOST_WEIGHTS = 5;

export const motionLoraWeights: Check = {
  code: 'travel/motion-lora-weights',
  run(clip) {
    const {
      prompts: { loras },
    } = clip;
    return [...loras].flatMap(([name, { model, weights }]) => {
      if (model?.description.kind !== 'motion-lora' || weights.size < 2) return [];
      return [
        {
          code: this.code,
          severity: 'error',
          message: `Motion LoRA “${name}” has several weights. A motion LoRA has one weight for the whole clip; here it has ${[...weights].slice(0, MOST_WEIGHTS).join(', ')}. Give it one weight, preferably in the head.`,
          span: loraSpan(clip, name),
        },
      ];
    });
  },
};
