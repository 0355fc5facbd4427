import { findInPrompt, type PromptCheck, replace } from '../check.ts';

const NUMBER = String.raw`\d+(?:\.\d+)?`;

/** Patterns of weights that are read as text, with the text that was meant. */
const MISTAKES: readonly {
  readonly pattern: RegExp;
  readonly meant: (groups: readonly (string | undefined)[]) => string;
  readonly what: string;
}[] = [
  {
    pattern: /\.(\d+\.\d+)(?=\))(?<=\([^():[\]]*[^\d\s():.,[\]]\.\d+\.\d+)/g,
    meant: ([weight]) => `:${weight}`,
    what: 'A dot stands where the colon of a weight belongs',
  },
  {
    pattern: /:[ \t]*(\d+),(\d+)[ \t]*(?=\))/g,
    meant: ([whole, fraction]) => `:${whole}.${fraction}`,
    what: 'A weight is written with a point, not a comma',
  },
  {
    pattern: /:[ \t]*(\d+\.\d+)(?:\.\d+)+[ \t]*(?=\))/g,
    meant: ([weight]) => `:${weight}`,
    what: 'A weight has one point',
  },
];

export const weightSyntax: PromptCheck = {
  code: 'travel/weight-syntax',
  *find(prompt) {
    for (const { pattern, meant, what } of MISTAKES) {
      for (const { text, groups, span } of findInPrompt(prompt, pattern)) {
        yield {
          code: this.code,
          severity: 'warning',
          message: `${what}, so “${text}” is text and the weight is 1.1. Write “${meant(groups)}”.`,
          span,
          fixes: [replace(`Change to “${meant(groups)}”`, span, meant(groups))],
        };
      }
    }
  },
};

const SQUARE = new RegExp(String.raw`\[([^()[\]:|]+):(0?\.\d+|1\.\d+|${NUMBER})\]`, 'g');

export const squareWeight: PromptCheck = {
  code: 'travel/square-weight',
  *find(prompt) {
    for (const { text, groups, span } of findInPrompt(prompt, SQUARE)) {
      const [inner, weight = ''] = groups;
      if (Number(weight) <= 0.95 || !weight.includes('.')) continue;
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” adds “${inner}” from a step on; it is no weight. For a weight write “(${inner}:${weight})”.`,
        span,
        fixes: [replace(`Change to “(${inner}:${weight})”`, span, `(${inner}:${weight})`)],
      };
    }
  },
};
