import { LONGEST } from '../../wildcards/roll.ts';
import { rollCheck } from '../roll-check.ts';

export const wildcardTooLong = rollCheck('travel/wildcard-too-long', () => ({
  message: `Wildcards and choices expand to too much text. The limit is ${LONGEST.toLocaleString('en-US')} characters per render. Use fewer or shorter ones.`,
}));
