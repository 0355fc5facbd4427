import { findInPrompt, type PromptCheck, replace } from '../check.ts';

export const tabs: PromptCheck = {
  code: 'travel/tab',
  *find(prompt) {
    for (const { span } of findInPrompt(prompt, /\t+/g)) {
      yield {
        code: this.code,
        severity: 'information',
        message: 'A tab is a blank here, and looks different in every editor. Use a blank.',
        span,
        fixes: [replace('Change to a blank', span, ' ', true)],
      };
    }
  },
};
