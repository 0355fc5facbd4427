import { type Check, findInPrompts } from './check.ts';

export const foreignSyntax: Check = {
  code: 'travel/foreign-syntax',
  run({ document }) {
    return findInPrompts(
      document,
      /(?<!\w)(?:ADDCOL|ADDROW|ADDBASE|ADDCOMM)(?!\w)|\{\{[^{}]*\}\}|\$\{\w+=[^{}]*\}/g,
    ).map(({ text, span }) => ({
      code: this.code,
      severity: 'warning',
      message: `“${text.slice(0, 40)}” belongs to another extension and means nothing here: it is text. Remove it.`,
      span,
    }));
  },
};
