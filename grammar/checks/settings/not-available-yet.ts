import { FAMILY_NAMES } from '../../../plan/model.ts';
import { samplerFacts } from '../../../plan/samplers.ts';
import type { ClipContext } from '../../clip/context.ts';
import { denoisingStrength, startsFromImages } from '../../clip/images.ts';
import type { ModelIssueOf } from '../../clip/model-issues.ts';
import { samplerOf } from '../../clip/sampling.ts';
import type { Problem } from '../../problem.ts';
import { settingValues } from '../../settings/entries.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { inWords } from '../in-words.ts';

/**
 * Settings and models that the engine has no implementation for; leaving them out would give another clip in silence.
 */
export const notAvailableYet: Check = {
  code: 'travel/not-available-yet',
  run(clip) {
    const problem = ({ message, span }: Pick<Problem, 'message' | 'span'>): Problem => ({
      code: this.code,
      severity: 'error',
      message,
      span,
    });
    return [...unavailableSettings(clip), ...travellingStrength(clip), ...unavailableModels(clip)].map(problem);
  },
};

function unavailableSettings(clip: ClipContext) {
  return settingValues(clip.settings).flatMap(({ path, about: { use }, value }) => {
    if (use.kind !== 'partly-available' || use.available.includes(String(value))) return [];
    const message = `The ${use.what} “${value}” is not available yet. Use ${inWords(use.available, 'or')}.`;
    return [{ message: namingFile(clip, path, message), span: settingSpan(clip, path) }];
  });
}

function travellingStrength(clip: ClipContext) {
  const isAvailable = samplerFacts(samplerOf(clip.settings)).ownSteps !== true;
  const isConstant = typeof denoisingStrength(clip.settings) === 'number';
  if (!startsFromImages(clip.settings) || isConstant || isAvailable) return [];
  const message = `A \`denoising_strength\` over time is not available with ${clip.settings.sampler} yet. Write one number, or choose another sampler.`;
  return [{ message: namingFile(clip, 'denoising_strength', message), span: settingSpan(clip, 'denoising_strength') }];
}

function unavailableModels(clip: ClipContext) {
  return clip.models.issues
    .filter((issue) => issue.kind === 'not-available')
    .map((issue) => ({ message: modelMessage(issue), span: settingSpan(clip, issue.setting) }));
}

function modelMessage({ name, reason }: ModelIssueOf<'not-available'>): string {
  switch (reason) {
    case 'editing':
      return `“${name}” is an editing model, such as InstructPix2Pix, which is not available yet. Use a regular or an inpainting SD 1.5 checkpoint.`;
    case 'motion-module-family':
      return `“${name}” is a motion module for SDXL. SDXL is not available yet. Use a motion module for SD 1.5.`;
    default:
      if ('controlNetFamily' in reason) {
        return `“${name}” is a ControlNet of ${FAMILY_NAMES[reason.controlNetFamily]}, which is not supported. Use a ControlNet for SD 1.5.`;
      }
      return `“${name}” is a checkpoint of ${FAMILY_NAMES[reason.family]}, which is not supported. Use an SD 1.5 checkpoint.`;
  }
}
