import { assemblePrompt } from '../../grammar/clip/assemble.ts';
import { SETTING_KEYS } from '../../grammar/settings/schema.ts';
import { comfyPrompt } from '../comfy-weights.ts';
import { losses, lost } from '../lost.ts';
import { withoutNegMarker } from '../neg-marker.ts';
import type { ExportTarget } from '../target.ts';
import { type ClipView, lorasIn, pointsOf, textsOf } from '../view.ts';

/** Losses of prompts in ComfyUI. */
export const COMFY_LOSSES = ['easing', 'prompt-editing', 'break', 'and', 'wildcards', 'slerp'] as const;

/** A prompt schedule for FizzNodes, with the shared texts in every entry. */
export const fizz: ExportTarget = {
  name: 'fizz',
  carries: () => ['frames', 'mix'],
  besides: SETTING_KEYS,
  mixes: true,
  write: (view) => {
    const text = fizzText(view);
    const hasLoras = textsOf(view).some((prompt) => lorasIn(prompt).loras.length > 0);
    return {
      text: `${text}\n`,
      parts: { text, pre_text: '', app_text: '', max_frames: view.settings.frames },
      hint: `max_frames: ${view.settings.frames}`,
      lost: [
        ...losses(view, COMFY_LOSSES),
        ...startLosses(view),
        ...(hasLoras ? [lost('lora', 'LoRA tags are left out: ComfyUI loads LoRAs with nodes.')] : []),
      ],
    };
  },
};

/** The node holds the first prompt up to its keyframe, also in a clip that goes round. */
export function startLosses({ isClosed, keys }: ClipView) {
  return isClosed && keys[0]!.frame > 0
    ? [
        lost(
          'travel',
          'The frames before the first keyframe hold its prompt there, and do not travel from the last one.',
        ),
      ]
    : [];
}

const promptText = (text: string) => withoutNegMarker(comfyPrompt(text));

/** The entries of a schedule: frame, positive and negative prompt. A closed clip has one more at its end. */
export function fizzEntries(view: ClipView): (readonly [frame: number, positive: string, negative: string])[] {
  const { head, tail, negative, isClosed, settings } = view;
  const around = { before: lorasIn(head).text, after: lorasIn(tail).text };
  const points = pointsOf(view);
  if (points.length === 0) return [[0, promptText(around.before), promptText(lorasIn(negative).text)]];
  const entries = points.map(({ frame, key }): readonly [number, string, string] => [
    frame,
    promptText(assemblePrompt(around.before, lorasIn(key.prompt).text, around.after)),
    promptText(lorasIn(assemblePrompt(negative, key.negative, '')).text),
  ]);
  const [first] = entries;
  return isClosed && first && view.keys[0]?.transition.kind !== 'cut'
    ? [...entries, [settings.frames, first[1], first[2]]]
    : entries;
}

export function fizzText(view: ClipView): string {
  return fizzEntries(view)
    .map(([frame, positive, negative]) => {
      const text = negative === '' ? positive : `${positive} --neg ${negative}`;
      // The nodes drop a 0 at the end of a text.
      return `${JSON.stringify(`${frame}`)}: ${JSON.stringify(text.endsWith('0') ? `${text},` : text)}`;
    })
    .join(',\n');
}
