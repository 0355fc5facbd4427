import { issueCheck } from '../issue-check.ts';

export const settingMissing = issueCheck('travel/setting-missing', ({ name, expected }) => ({
  message: `“${name}” is missing. It must be ${expected}.`,
}));
