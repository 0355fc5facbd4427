import { type Check, replace } from './check.ts';

export const frontMatterEnd: Check = {
  code: 'travel/front-matter-end',
  run({ document: { frontMatter, text } }) {
    if (!frontMatter || frontMatter.closed) return [];
    const end = { start: text.length, end: text.length };
    return [
      {
        code: this.code,
        severity: 'error',
        message: 'The settings begin here and never end, so the file has no prompt. Write a line --- after them.',
        span: { start: frontMatter.span.start, end: frontMatter.yaml.start },
        fixes: [replace('End the settings with ---', end, text.endsWith('\n') ? '---\n' : '\n---\n')],
      },
    ];
  },
};
