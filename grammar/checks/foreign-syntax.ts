import { type Check, findInPrompts, replace } from './check.ts';

/** Regional Prompter's words, NovelAI's and template tools' double braces, Dynamic Prompts' variables. */
const FOREIGN = /(?<!\w)(ADDCOL|ADDROW|ADDBASE|ADDCOMM)(?!\w)|\{\{([^{}]*)\}\}|\$\{\w+=[^{}]*\}/g;

export const foreignSyntax: Check = {
  code: 'travel/foreign-syntax',
  run({ document }) {
    return findInPrompts(document, FOREIGN).map(({ text, groups: [word, braced], span }) => ({
      code: this.code,
      severity: 'warning',
      message: `“${text.slice(0, 40)}” belongs to another extension and means nothing here: it is text. Remove it.`,
      span,
      fixes: word ? [replace('Remove it', span, '')] : braced ? [replace('Remove the braces', span, braced)] : [],
    }));
  },
};
