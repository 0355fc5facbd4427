import { scheduleSteps } from '../../../prompt/step-schedule.ts';
import { type Check, findInPrompts, replace } from '../check.ts';

/** `[a:b:0.5]`, `[b:8]` or `[a|b]`, without nested brackets. */
const EDITING = /\[[^[\]:|]*[:|][^[\]]*\]/g;

/** sd-webui-animatediff uses the encodings of the first sampling step in all steps. */
export const webuiEditing: Check = {
  code: 'travel/webui-editing',
  dialect: 'webui',
  run({ document, settings: { steps } }) {
    return findInPrompts(document, EDITING).flatMap(({ text, span }) => {
      const schedule = scheduleSteps(text, { steps });
      if (schedule.length < 2) return [];
      const first = schedule[0]!.text;
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `Prompt editing has no effect in sd-webui-animatediff. This is “${first}” in all sampling steps. Write that, or remove \`dialect: webui\`.`,
          span,
          fixes: [replace(first === '' ? 'Remove it' : `Write “${first}”`, span, first)],
        },
      ];
    });
  },
};
