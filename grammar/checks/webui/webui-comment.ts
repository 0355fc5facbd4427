import type { Problem } from '../../problem.ts';
import { bodyLines } from '../../webui/body-lines.ts';
import { type Check, replace } from '../check.ts';

/**
 * A1111 removes comments from the prompts that sd-webui-animatediff has assembled, each of them a single line: the text
 * below a comment is removed with it.
 */
export const webuiComment: Check = {
  code: 'travel/webui-comment',
  dialect: 'webui',
  run({ document }) {
    const lines = bodyLines(document);
    if (!lines.some(({ part }) => part === 'key')) return [];
    const last = lines.at(-1)!;
    const hasTail = last.part === 'tail';
    return lines.flatMap((line): Problem[] => {
      const at = line.text.indexOf('#');
      if (at < 0 || line === last || (line.part === 'key' && !hasTail)) return [];
      const lost = line.part === 'head' ? 'the keyframes and the tail' : 'the lines of the tail';
      const start = line.offset + at;
      const end = line.offset + line.text.trimEnd().length;
      const before = line.text.slice(0, at).trimEnd();
      const whole = before === '';
      const from = whole ? line.offset : line.offset + before.length;
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `AUTOMATIC1111 cuts off the prompt at “#”. It does so after the prompt is assembled, so ${lost} below are lost. Remove the comment.`,
          span: { start, end },
          fixes: [
            replace('Remove the comment', { start: from, end: whole ? line.offset + line.text.length + 1 : end }, ''),
          ],
        },
      ];
    });
  },
};
