import { FILE_START } from '../../problem.ts';
import type { Check } from '../check.ts';

export const frameRange: Check = {
  code: 'travel/frame-range',
  run({ range, settings: { frames } }) {
    if (!range || (range.from >= 0 && range.from <= range.to && range.to < frames)) return [];
    const { from, to } = range;
    const what = from === to ? `Frame ${from} is outside the clip` : `Frames ${from}-${to} are not a valid range`;
    const message = `${what}. The clip has frames 0 to ${frames - 1}. Choose ${from === to ? 'one of' : 'a range within'} them.`;
    return [{ code: this.code, severity: 'error', message, span: FILE_START }];
  },
};
