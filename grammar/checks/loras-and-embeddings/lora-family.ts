import { FAMILY_NAMES } from '../../../plan/model.ts';
import { loraSpan } from '../../clip/lora-tags.ts';
import type { Check } from '../check.ts';

export const loraFamily: Check = {
  code: 'travel/lora-family',
  run(clip) {
    const {
      prompts: { loras },
    } = clip;
    return [...loras].flatMap(([name, { model }]) => {
      if (model?.description.kind !== 'lora') return [];
      const { family } = model.description;
      if (family === 'sd1' || family === 'unknown') return [];
      return [
        {
          code: this.code,
          severity: 'error',
          message: `“${name}” is a LoRA for ${FAMILY_NAMES[family]}, which is not supported. It cannot be applied to an SD 1.5 checkpoint. Use a LoRA made for SD 1.5.`,
          span: loraSpan(clip, name),
        },
      ];
    });
  },
};
