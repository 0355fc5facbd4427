import { FAMILY_NAMES } from '../../../plan/model.ts';
import { samplerFacts } from '../../../plan/samplers.ts';
import type { ClipContext } from '../../clip/context.ts';
import { startsFromImages } from '../../clip/images.ts';
import type { ModelIssueOf } from '../../clip/models.ts';
import { samplerOf } from '../../clip/sampling.ts';
import type { Problem } from '../../problem.ts';
import { settingValues } from '../../settings/entries.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

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
  return settingValues(clip.settings).flatMap(({ path, about: { use }, value, isDefault }) => {
    const place = clip.spans.get(path);
    const problem = (message: string, span = settingSpan(clip, path)) => [
      { message: namingFile(clip, path, message), span },
    ];
    if (use.kind === 'later' && !isDefault()) {
      const key = path.split('.').at(-1);
      return problem(`${use.what} is not available yet. Remove \`${key}\` to render without it.`, place?.key);
    }
    if (use.kind === 'partly-available' && !use.available.includes(String(value))) {
      return problem(`The ${use.what} “${value}” is not available yet. Use ${oneOf(use.available)}.`);
    }
    return [];
  });
}

function travellingStrength(clip: ClipContext) {
  const { denoising_strength } = clip.settings;
  const isAvailable = samplerFacts(samplerOf(clip.settings)).ownSteps !== true;
  if (!startsFromImages(clip.settings) || typeof denoising_strength === 'number' || isAvailable) return [];
  const message = `A \`denoising_strength\` over time is not available with ${clip.settings.sampler} yet. Write one number, or choose another sampler.`;
  return [{ message: namingFile(clip, 'denoising_strength', message), span: settingSpan(clip, 'denoising_strength') }];
}

const oneOf = (values: readonly string[]) =>
  values.length <= 1 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

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
