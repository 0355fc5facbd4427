import type { Problem } from '../../problem.ts';
import { type Check, replace } from '../check.ts';
import { linesOf } from './webui-keyframe.ts';

/**
 * A1111 takes comments out of the prompts that sd-webui-animatediff has put together, each one line by then: what the
 * file has below the comment is gone too.
 */
export const webuiComment: Check = {
  code: 'travel/webui-comment',
  dialect: 'webui',
  run({ document }) {
    const lines = linesOf(document);
    if (!lines.some(({ part }) => part === 'key')) return [];
    const last = lines.at(-1)!;
    const hasTail = last.part === 'tail';
    return lines.flatMap((line): Problem[] => {
      const at = line.text.indexOf('#');
      if (at < 0 || line === last || (line.part === 'key' && !hasTail)) return [];
      const lost = line.part === 'head' ? 'the keyframes and the tail' : 'the tail';
      const start = line.offset + at;
      const end = line.offset + line.text.trimEnd().length;
      const before = line.text.slice(0, at).trimEnd();
      const whole = before === '';
      const from = whole ? line.offset : line.offset + before.length;
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `AUTOMATIC1111 cuts off a prompt at “#”, when it is put together already: ${lost} below are lost. Remove the comment.`,
          span: { start, end },
          fixes: [
            replace('Remove the comment', { start: from, end: whole ? line.offset + line.text.length + 1 : end }, ''),
          ],
        },
      ];
    });
  },
};
