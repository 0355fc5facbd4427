import { findInPrompt, type PromptCheck, replace } from '../check.ts';

/** Regional Prompter's words, NovelAI's and template tools' double braces, Dynamic Prompts' variables. */
const FOREIGN = /(?<!\w)(ADDCOL|ADDROW|ADDBASE|ADDCOMM)(?!\w)|\{\{([^{}]*)\}\}|\$\{\w+=[^{}]*\}/g;

export const foreignSyntax: PromptCheck = {
  code: 'travel/foreign-syntax',
  *find(prompt) {
    for (const { text, groups, span } of findInPrompt(prompt, FOREIGN)) {
      const [word, braced] = groups;
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text.slice(0, 40)}” belongs to another extension and means nothing here: it is text. Remove it.`,
        span,
        fixes: word ? [replace('Remove it', span, '')] : braced ? [replace('Remove the braces', span, braced)] : [],
      };
    }
  },
};
