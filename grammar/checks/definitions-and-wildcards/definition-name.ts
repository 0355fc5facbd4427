import { issueCheck } from '../issue-check.ts';

export const definitionName = issueCheck('travel/definition-name', ({ written }) => ({
  message: `“${written}” is not a valid name. Use one word of letters, digits, and _ that does not start with a digit.`,
}));
