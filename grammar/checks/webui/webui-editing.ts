import { scheduleSteps } from '../../../prompt/step-schedule.ts';
import { type Check, findInPrompts, replace } from '../check.ts';

/** `[a:b:0.5]`, `[b:8]` or `[a|b]`, without others inside. */
const EDITING = /\[[^[\]]*[:|][^[\]]*\]/g;

/** sd-webui-animatediff takes the encodings of the first step for all steps. */
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
          message: `In sd-webui-animatediff nothing changes by sampling step: this is “${first}” in all of them. Write that, or remove \`dialect: webui\`.`,
          span,
          fixes: [replace(first === '' ? 'Remove it' : `Write “${first}”`, span, first)],
        },
      ];
    });
  },
};
