import { DEEPEST } from '../../wildcards/roll.ts';
import { rollCheck } from '../roll-check.ts';

export const wildcardTooDeep = rollCheck('travel/wildcard-too-deep', () => ({
  message: `Choices and wildcards are nested too deeply. The limit is ${DEEPEST} levels. Nest fewer of them.`,
}));
