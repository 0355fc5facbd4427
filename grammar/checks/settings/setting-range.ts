import type { ClipContext } from '../../clip/context.ts';
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

/** DDIM makes one step fewer than `steps` (`plan/steps.ts`). */
function tooFewSteps(clip: ClipContext): Problem[] {
  const { sampler, steps } = clip.settings;
  if (sampler !== 'DDIM' || steps >= 2) return [];
  const message = 'DDIM needs `steps` of at least 2. As in A1111, it takes one step fewer than `steps`.';
  return [{ code: ownLimits.code, severity: 'error', message, span: settingSpan(clip, 'steps', 'sampler') }];
}
