import { replace } from '../check.ts';
import { issueCheck } from '../issue-check.ts';

export const duplicateSetting = issueCheck('travel/duplicate-setting', ({ name, first, lines }) => ({
  message: `“${name}” is set twice. Only one value can apply. Remove one of them.`,
  related: [{ span: first, message: 'First set here.' }],
  fixes: lines === null ? [] : [replace('Remove the second one', lines, '')],
}));
