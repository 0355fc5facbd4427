import { foundIn, rollCheck } from '../roll-check.ts';

export const wildcardCycle = rollCheck('travel/wildcard-cycle', ({ names, file }) => ({
  message: `Wildcard “__${names[0]}__” contains itself: ${names.join(' → ')}.${foundIn(file)} Remove one of these references.`,
}));
