import { replace } from '../check.ts';
import { issueCheck } from '../issue-check.ts';

export const settingType = issueCheck('travel/setting-type', ({ name, written, expected, better, advice, span }) => ({
  message:
    written === null
      ? `“${name}” has no value. Write one, or remove the line.`
      : `“${name}” must be ${expected}, not ${written}.${advice === undefined ? '' : ` ${advice}`}`,
  fixes: better === null ? [] : [replace(`Change to ${better}`, span, better)],
}));
