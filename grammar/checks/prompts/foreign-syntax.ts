import { findInPrompt, type PromptCheck, replace } from '../check.ts';

/**
 * Keywords of Regional Prompter and sd-webui-neutral-prompt, double braces of NovelAI and template tools, variables,
 * parameters and Windows paths of Dynamic Prompts.
 */
const FOREIGN =
  /(?<!\w)(ADDCOL|ADDROW|ADDBASE|ADDCOMM|AND_[A-Z]{2,20})(?!\w)|\{\{([^{}]*)\}\}|\$\{\w+=[^{}]*\}|(?<![\p{L}\p{N}_])__([\p{L}\p{N}][\p{L}\p{N}./\\-]{0,120})(\([^()\r\n]{0,200}\))?__/gu;

export const foreignSyntax: PromptCheck = {
  code: 'travel/foreign-syntax',
  *find(prompt) {
    for (const { text, groups, span } of findInPrompt(prompt, FOREIGN)) {
      const [word, braced, name, parameters] = groups;
      if (name !== undefined) {
        if (!parameters && !name.includes('\\')) continue;
        const wildcard = `__${name.replaceAll('\\', '/')}__`;
        yield {
          code: this.code,
          severity: 'warning',
          message: `“${text.slice(0, 40)}” is not a wildcard here. ${parameters ? 'Parameters are not supported' : 'Folders are separated by “/”'}, so it is treated as text. Write “${wildcard}”.`,
          span,
          fixes: [replace(`Change to “${wildcard}”`, span, wildcard)],
        };
        continue;
      }
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
