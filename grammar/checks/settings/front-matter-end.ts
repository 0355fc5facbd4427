import { type Check, replace } from '../check.ts';

export const frontMatterEnd: Check = {
  code: 'travel/front-matter-end',
  run({ document: { frontMatter, text } }) {
    if (!frontMatter || frontMatter.closed) return [];
    const end = { start: text.length, end: text.length };
    return [
      {
        code: this.code,
        severity: 'error',
        message:
          'The settings block is never closed. The whole file is read as settings, without a prompt. Add a line --- after the settings.',
        span: { start: frontMatter.span.start, end: frontMatter.yaml.start },
        fixes: [replace('Close the settings with ---', end, text.endsWith('\n') ? '---\n' : '\n---\n')],
      },
    ];
  },
};
