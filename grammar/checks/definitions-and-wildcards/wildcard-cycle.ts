import { rollCheck } from '../roll-check.ts';

export const wildcardCycle = rollCheck(
  'travel/wildcard-cycle',
  ({ names }) => `Wildcard “__${names[0]}__” contains itself: ${names.join(' → ')}. Remove one of these references.`,
);
