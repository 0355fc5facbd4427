import { issueCheck } from '../issue-check.ts';

export const sizeNotMultipleOf8 = issueCheck('travel/size-not-multiple-of-8', ({ name, written }) => ({
  message: `“${name}” must be a multiple of 8, not ${written}. The VAE works in blocks of 8 pixels.`,
}));
