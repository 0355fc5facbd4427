import { type Check, promptsOf, replace } from '../check.ts';
import { linesOf } from './webui-keyframe.ts';

/**
 * A1111 reads the LoRA tags of a batch's first prompt, and takes the tags out of all. In sd-webui-animatediff that is the
 * prompt of frame 0, which is empty where the first key comes later.
 */
export const webuiLora: Check = {
  code: 'travel/webui-lora',
  dialect: 'webui',
  run({ document }) {
    const keys = linesOf(document).filter((line) => line.part === 'key');
    if (keys.length === 0) return [];
    const begins = keys.some(({ frame }) => frame === 0);
    const later = keys
      .filter(({ frame }) => frame > 0)
      .map(({ offset, text }) => [offset, offset + text.length] as const);
    const message = begins
      ? 'AUTOMATIC1111 reads the LoRA tags of frame 0 only, for the whole clip; this one does nothing. Put it in the head.'
      : 'sd-webui-animatediff has an empty prompt before its first key, and AUTOMATIC1111 reads the LoRA tags of frame 0 only; this one does nothing. Begin with a key at 0.';
    let at = 0;
    return promptsOf(document)
      .flatMap(({ parts }) => parts)
      .filter(({ kind, span: { start } }) => {
        if (kind !== 'Network') return false;
        while (at < later.length && later[at]![1] <= start) at++;
        return !begins || (at < later.length && later[at]![0] <= start);
      })
      .map(({ span }) => ({
        code: this.code,
        severity: 'warning',
        message,
        span,
        fixes: [replace('Remove the tag', span, '')],
      }));
  },
};
