import { fileLine, rollCheck } from '../roll-check.ts';

export const wildcardConflict = rollCheck('travel/wildcard-conflict', ({ marker, file }) => ({
  message: `A wildcard file has a merge conflict: “${marker}” in ${fileLine(file)}. Its markers could become part of a prompt. Resolve the conflict in that file.`,
}));
