import { findInPrompt, type PromptCheck, replace } from '../check.ts';

export const tab: PromptCheck = {
  code: 'travel/tab',
  *find(prompt) {
    for (const { span } of findInPrompt(prompt, /\t+/g)) {
      yield {
        code: this.code,
        severity: 'information',
        message: 'A tab counts as a space. Its width differs between editors. Use a space.',
        span,
        fixes: [replace('Change to a space', span, ' ', true)],
      };
    }
  },
};
