import { baseOfName } from '../../clip/embedding-names.ts';
import { loraSpan } from '../../clip/lora-tags.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { type Check, correctName } from '../check.ts';
import { nameAdvice } from '../name-advice.ts';

export const unknownLora: Check = {
  code: 'travel/unknown-lora',
  run(clip) {
    const {
      environment,
      prompts: { loras },
    } = clip;
    return [...loras].flatMap(([name, { model, unreadable }]) => {
      if (model || unreadable !== null) return [];
      const names = environment.modelNames('lora');
      const meant = didYouMean(name, names) ?? didYouMean(baseOfName(name), names);
      const span = loraSpan(clip, name);
      return [
        {
          code: this.code,
          severity: 'error',
          message: `LoRA “${name}” not found in the model folders. ${nameAdvice('LoRA', names, meant)}`,
          span,
          missingModel: { kind: 'lora', name },
          fixes: correctName(span, meant),
        },
      ];
    });
  },
};
