import { baseOfName } from '../../clip/embedding-names.ts';
import { KIND_NAMES } from '../../clip/models.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { type Check, correctName, removeSetting, settingSpan } from '../check.ts';
import { nameAdvice } from '../name-advice.ts';

/** What A1111 offers in place of a file. */
const NO_VAE = /^(?:automatic|none)$/i;

export const unknownModel: Check = {
  code: 'travel/unknown-model',
  run(clip) {
    return clip.models.issues
      .filter((issue) => issue.kind === 'unknown')
      .map(({ model, name, setting }) => {
        const kind = KIND_NAMES[model];
        const names = clip.environment.modelNames(model);
        const isNone = model === 'motion-module' && name.toLowerCase() === 'none';
        const meant = isNone ? 'none' : (didYouMean(name, names) ?? didYouMean(baseOfName(name), names));
        const span = settingSpan(clip, setting);
        const message = `${capitalized(kind)} “${name}” not found in the model folders.`;
        const problem = { code: this.code, severity: 'error' as const, span };
        if (model === 'vae' && NO_VAE.test(name)) {
          const written = clip.spans.get(setting);
          const fixes = written ? removeSetting(setting, written, clip.document.text) : [];
          return { ...problem, message: `${message} For the checkpoint’s own VAE, remove the line.`, fixes };
        }
        return {
          ...problem,
          message: `${message} ${nameAdvice(kind, names, meant)}`,
          missingModel: { kind: model, name },
          fixes: correctName(span, meant),
        };
      });
  },
};

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
