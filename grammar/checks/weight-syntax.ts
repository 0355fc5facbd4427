import { type Check, findInPrompts, replace } from './check.ts';

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

export const weightSyntax: Check = {
  code: 'travel/weight-syntax',
  run({ document }) {
    return MISTAKES.flatMap(({ pattern, meant, what }) =>
      findInPrompts(document, pattern).map(({ text, groups, span }) => ({
        code: this.code,
        severity: 'warning',
        message: `${what}, so “${text}” is text and the weight is 1.1. Write “${meant(groups)}”.`,
        span,
        fixes: [replace(`Change to “${meant(groups)}”`, span, meant(groups))],
      })),
    );
  },
};

export const squareWeight: Check = {
  code: 'travel/square-weight',
  run({ document }) {
    return findInPrompts(document, new RegExp(String.raw`\[([^()[\]:|]+):(0?\.\d+|1\.\d+|${NUMBER})\]`, 'g'))
      .filter(({ groups }) => Number(groups[1]) > 0.95 && groups[1]!.includes('.'))
      .map(({ text, groups: [inner, weight], span }) => ({
        code: this.code,
        severity: 'warning',
        message: `“${text}” adds “${inner}” from a step on; it is no weight. For a weight write “(${inner}:${weight})”.`,
        span,
        fixes: [replace(`Change to “(${inner}:${weight})”`, span, `(${inner}:${weight})`)],
      }));
  },
};
