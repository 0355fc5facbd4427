import { foundIn, rollCheck } from '../roll-check.ts';

export const emptyWildcard = rollCheck('travel/empty-wildcard', ({ name, file }) => ({
  message: `Wildcard “__${name}__” has no choices.${foundIn(file)} Add lines to its file, one choice per line.`,
}));
