import { promptsOf } from '../../syntax/document.ts';
import { bodyLines } from '../../webui/body-lines.ts';
import { type Check, replace } from '../check.ts';

/**
 * A1111 uses the LoRA tags of a batch's first prompt, and removes the tags from all prompts. In sd-webui-animatediff,
 * the first prompt is that of frame 0, which is empty if the first key is later.
 */
export const webuiLora: Check = {
  code: 'travel/webui-lora',
  dialect: 'webui',
  run({ document }) {
    const keys = bodyLines(document).filter((line) => line.part === 'key');
    if (keys.length === 0) return [];
    const startsAtZero = keys.some(({ frame }) => frame === 0);
    const later = keys
      .filter(({ frame }) => frame > 0)
      .map(({ offset, text }) => [offset, offset + text.length] as const);
    const reason = startsAtZero
      ? 'AUTOMATIC1111 uses only the LoRA tags of frame 0, for the whole clip. Move it to the head.'
      : 'AUTOMATIC1111 uses only the LoRA tags of frame 0, and in sd-webui-animatediff frame 0 has no prompt before the first key. Add a key at 0.';
    let at = 0;
    return promptsOf(document)
      .flatMap(({ parts }) => parts)
      .filter(({ kind, span: { start } }) => {
        if (kind !== 'Network') return false;
        while (at < later.length && later[at]![1] <= start) at++;
        return !startsAtZero || (at < later.length && later[at]![0] <= start);
      })
      .map(({ span }) => ({
        code: this.code,
        severity: 'warning',
        message: `This tag has no effect. ${reason}`,
        span,
        fixes: [replace('Remove the tag', span, '')],
      }));
  },
};
