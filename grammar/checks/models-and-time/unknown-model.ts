import { baseOfName } from '../../clip/embedding-names.ts';
import { KIND_NAMES } from '../../clip/models.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { type Check, correctName, settingSpan } from '../check.ts';
import { nameAdvice } from '../name-advice.ts';

export const unknownModel: Check = {
  code: 'travel/unknown-model',
  run(clip) {
    return clip.models.issues
      .filter((issue) => issue.kind === 'unknown')
      .map(({ model, name, setting }) => {
        const kind = KIND_NAMES[model];
        const names = clip.environment.modelNames(model);
        const meant = didYouMean(name, names) ?? didYouMean(baseOfName(name), names);
        const span = settingSpan(clip, setting);
        return {
          code: this.code,
          severity: 'error',
          message: `${capitalized(kind)} “${name}” not found in the model folders. ${nameAdvice(kind, names, meant)}`,
          span,
          missingModel: { kind: model, name },
          fixes: correctName(span, meant),
        };
      });
  },
};

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
