import { issueCheck } from '../issue-check.ts';

export const link = issueCheck('travel/link', () => ({
  message: 'Links are not supported. Download the file, and write its path on this computer.',
}));
