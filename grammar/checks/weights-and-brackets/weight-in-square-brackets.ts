import { findInPrompt, type PromptCheck, replace } from '../check.ts';

const WEIGHTED = /\[([^()[\]:|]+):(\d*\.\d+)\]/g;

/** Numbers up to this are fractions of the sampling steps, as in `[cat:0.5]`. */
const LARGEST_FRACTION = 0.95;

export const weightInSquareBrackets: PromptCheck = {
  code: 'travel/weight-in-square-brackets',
  *find(prompt) {
    for (const { text, groups, span } of findInPrompt(prompt, WEIGHTED)) {
      const [inner, weight] = groups;
      if (Number(weight) <= LARGEST_FRACTION) continue;
      const correct = `(${inner}:${weight})`;
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is not a weight. It adds “${inner}” from a sampling step on. For a weight, write “${correct}”.`,
        span,
        fixes: [replace(`Change to “${correct}”`, span, correct)],
      };
    }
  },
};
