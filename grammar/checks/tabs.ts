import { type Check, findInPrompts, replace } from './check.ts';

export const tabs: Check = {
  code: 'travel/tab',
  run({ document }) {
    return findInPrompts(document, /\t+/g).map(({ span }) => ({
      code: this.code,
      severity: 'information',
      message: 'A tab is a blank here, and looks different in every editor. Use a blank.',
      span,
      fixes: [replace('Change to a blank', span, ' ', true)],
    }));
  },
};
