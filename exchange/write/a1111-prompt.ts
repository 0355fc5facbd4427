import { SETTING_KEYS } from '../../grammar/settings/schema.ts';
import { travelText } from '../../plan/infotext.ts';
import { losses } from '../lost.ts';
import type { ExportTarget } from '../target.ts';
import { type ClipView, pointsOf } from '../view.ts';

/** Losses that any prompt of sd-webui-animatediff has. */
export const A1111_LOSSES = ['easing', 'negative-travel', 'lora-travel', 'hash-sign', 'wildcards'] as const;

/** Text for A1111's prompt box with sd-webui-animatediff; the negative prompt has a box of its own. */
export const a1111Prompt: ExportTarget = {
  name: 'a1111-prompt',
  carries: () => ['dialect'],
  besides: SETTING_KEYS,
  mixes: true,
  write: (view) => {
    const text = a1111Text(view);
    return {
      text: `${text}\n`,
      parts: { text, negative: view.negative },
      hint: view.negative === '' ? null : `Negative prompt, for its own box: ${view.negative}`,
      lost: promptLosses(view),
    };
  },
};

/** Step schedules and AND are lost only while prompts travel. */
export function promptLosses(view: ClipView) {
  return losses(view, [...A1111_LOSSES, ...(view.keys.length > 0 ? (['prompt-editing', 'and'] as const) : [])]);
}

/**
 * The head, a line for each keyframe, the tail. Holds and cuts are further keyframes, and there is one at frame 0,
 * because frames before the first have an empty prompt there.
 */
export function a1111Text(view: ClipView): string {
  const keys = pointsOf(view).map(({ frame, key: { prompt } }) => ({ frame, prompt }));
  return travelText({ head: view.head, keys, tail: view.tail });
}
