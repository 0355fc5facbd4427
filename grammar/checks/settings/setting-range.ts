import { samplerFacts } from '../../../plan/samplers.ts';
import { samplingSteps } from '../../../plan/steps.ts';
import type { ClipContext } from '../../clip/context.ts';
import { samplerOf, stepChoice } from '../../clip/sampling.ts';
import type { Problem } from '../../problem.ts';
import { replace, settingSpan } from '../check.ts';
import { type IssueCheck, issueCheck } from '../issue-check.ts';

const ownLimits = issueCheck('travel/setting-range', ({ name, written, bound, limit, span }) => ({
  message: `“${name}” must be ${bound} ${limit}, not ${written}.`,
  fixes: bound === 'at least' || bound === 'at most' ? [replace(`Change to ${limit}`, span, `${limit}`)] : [],
}));

export const settingRange: IssueCheck = {
  ...ownLimits,
  run: (clip) => [...ownLimits.explainAll(clip.settingIssues), ...tooFewSteps(clip)],
};

/** Some samplers cannot make very few steps (`plan/steps.ts`). */
function tooFewSteps(clip: ClipContext): Problem[] {
  const { settings } = clip;
  const { fewest = 1 } = samplerFacts(samplerOf(settings));
  if (settings.steps >= fewest) return tooLittleDenoising(clip);
  const reason = settings.sampler === 'UniPC' ? 'it looks at three steps' : 'it takes one step fewer than `steps`';
  const message = `${settings.sampler} needs \`steps\` of at least ${fewest}. As in A1111, ${reason}.`;
  return [{ code: ownLimits.code, severity: 'error', message, span: settingSpan(clip, 'steps', 'sampler') }];
}

/** Image-to-image makes only a part of `steps`, which can be too few or none. */
function tooLittleDenoising(clip: ClipContext): Problem[] {
  const { settings } = clip;
  const choice = stepChoice(settings);
  if (choice.denoising === null || samplingSteps(choice) > 0) return [];
  const message = `${settings.sampler} makes no step with ${settings.steps} \`steps\` and a \`denoising_strength\` of ${choice.denoising}. Raise one of them, or use another sampler.`;
  return [{ code: ownLimits.code, severity: 'error', message, span: settingSpan(clip, 'denoising_strength', 'steps') }];
}
