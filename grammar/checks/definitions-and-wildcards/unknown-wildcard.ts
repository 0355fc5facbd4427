import { rollCheck } from '../roll-check.ts';

export const unknownWildcard = rollCheck(
  'travel/unknown-wildcard',
  ({ name }) =>
    `Wildcard “__${name}__” not found. Create ${name}.txt in the wildcards folder, with one choice per line.`,
);
