import { findInPrompt, type PromptCheck, replace } from '../check.ts';

/** Weights that are read as text, and the intended text. */
const MISTAKES: readonly {
  readonly pattern: RegExp;
  readonly intended: (groups: readonly (string | undefined)[]) => string;
  readonly rule: string;
}[] = [
  {
    pattern: /\.(\d+\.\d+)(?=\))(?<=\([^():[\]]*[^\d\s():.,[\]]\.\d+\.\d+)/g,
    intended: ([weight]) => `:${weight}`,
    rule: 'A weight starts with a colon, not a dot',
  },
  {
    pattern: /:[ \t]*(\d+),(\d+)[ \t]*(?=\))/g,
    intended: ([whole, fraction]) => `:${whole}.${fraction}`,
    rule: 'A weight has a decimal point, not a comma',
  },
  {
    pattern: /:[ \t]*(\d+\.\d+)(?:\.\d+)+[ \t]*(?=\))/g,
    intended: ([weight]) => `:${weight}`,
    rule: 'A weight has one decimal point',
  },
];

export const weightSyntax: PromptCheck = {
  code: 'travel/weight-syntax',
  *find(prompt) {
    for (const { pattern, intended, rule } of MISTAKES) {
      for (const { text, groups, span } of findInPrompt(prompt, pattern)) {
        const correct = intended(groups);
        yield {
          code: this.code,
          severity: 'warning',
          message: `“${text}” is not a valid weight. ${rule}, so it is treated as text and the weight is 1.1. Write “${correct}”.`,
          span,
          fixes: [replace(`Change to “${correct}”`, span, correct)],
        };
      }
    }
  },
};
