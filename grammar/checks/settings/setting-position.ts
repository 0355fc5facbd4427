import { issueCheck } from '../issue-check.ts';

export const settingPosition = issueCheck('travel/setting-position', ({ written }) => ({
  message: `“${written}” is not a valid position. Write a frame (8), -1, 50%, 1.5s, 250ms, or a hold (0-8).`,
}));
