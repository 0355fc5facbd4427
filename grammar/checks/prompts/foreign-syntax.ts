import { findInPrompt, type PromptCheck, replace } from '../check.ts';

/** Keywords of Regional Prompter, double braces of NovelAI and template tools, variables of Dynamic Prompts. */
const FOREIGN = /(?<!\w)(ADDCOL|ADDROW|ADDBASE|ADDCOMM)(?!\w)|\{\{([^{}]*)\}\}|\$\{\w+=[^{}]*\}/g;

export const foreignSyntax: PromptCheck = {
  code: 'travel/foreign-syntax',
  *find(prompt) {
    for (const { text, groups, span } of findInPrompt(prompt, FOREIGN)) {
      const [word, braced] = groups;
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text.slice(0, 40)}” is the syntax of another extension. It is treated as text here. Remove it.`,
        span,
        fixes: word ? [replace('Remove it', span, '')] : braced ? [replace('Remove the braces', span, braced)] : [],
      };
    }
  },
};
