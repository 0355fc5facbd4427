import { fileLine, rollCheck } from '../roll-check.ts';

export const wildcardDamaged = rollCheck('travel/wildcard-damaged', ({ what, file }) => ({
  severity: 'warning',
  message: `A wildcard file has a damaged encoding: ${fileLine(file)}. It contains ${what}, which would become part of a prompt. Save the file as UTF-8, or get it again.`,
}));
