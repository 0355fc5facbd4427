import type { Problem } from '../../problem.ts';
import { lostKeys } from '../../syntax/key-notation.ts';
import type { Check } from '../check.ts';
import { keyChange } from '../key-change.ts';

export const keyNotation: Check = {
  code: 'travel/key-notation',
  dialect: 'travel',
  run({ document }) {
    return lostKeys(document)
      .filter(({ kind }) => kind === 'notation')
      .map((lost): Problem => {
        const advice =
          lost.key === null ? 'Write a position such as 8, 0-8, -1, 50%, 1.5s or 250ms.' : `Write “${lost.key}”.`;
        return {
          code: this.code,
          severity: 'warning',
          message: `“${lost.written}” is not a valid key. The line is text of every frame. ${advice}`,
          ...keyChange(lost, document.text),
        };
      });
  },
};
