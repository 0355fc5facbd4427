import { rollCheck } from '../roll-check.ts';

export const emptyWildcard = rollCheck(
  'travel/empty-wildcard',
  ({ name }) => `Wildcard “__${name}__” has no choices. Add lines to its file, one choice per line.`,
);
