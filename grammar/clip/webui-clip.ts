import type { FrameMix } from '../../plan/mixing.ts';
import { stripWebuiComments } from '../../prompt/comments.ts';
import type { Settings } from '../settings/schema.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { webuiBody } from '../webui/body-lines.ts';
import { parseWebuiPrompt } from '../webui/prompt.ts';
import { webuiMixes, webuiPromptsClosed } from '../webui/travel.ts';
import type { AssembledPrompts } from './assemble-keyframes.ts';
import { sumLoras, takeLoras } from './lora-tags.ts';

/** The prompts of a clip in the webui dialect, and which of them each frame mixes. */
export interface WebuiClip {
  readonly assembled: readonly AssembledPrompts[];
  /** The frame of each of `assembled`; empty without keyframes. */
  readonly keyFrames: readonly number[];
  readonly mixes: readonly FrameMix[];
  /** The message with which sd-webui-animatediff refuses the prompt; there are no prompts then. */
  readonly refusal: string | null;
}

/**
 * The prompts that sd-webui-animatediff would encode. Only the LoRA tags of the first frame's prompt are used, for the
 * whole clip; the negative prompt never travels.
 */
export function webuiClip(document: TravelDocument, settings: Settings): WebuiClip {
  const { frames, context, closed_loop: closedLoop } = settings;
  const count = Math.max(frames, context);
  const parsed = parseWebuiPrompt(webuiBody(document), { frames, context });
  const negative = stripWebuiComments(settings.negative_prompt);
  const assembled = (prompt: string, loras: AssembledPrompts['loras']): AssembledPrompts => ({
    positive: takeLoras(stripWebuiComments(prompt)).text,
    negative,
    loras,
  });
  const lorasOf = (prompt: string) => sumLoras(takeLoras(prompt).loras);
  switch (parsed.kind) {
    case 'plain':
      return {
        assembled: [assembled(parsed.prompt.trim(), lorasOf(parsed.prompt))],
        keyFrames: [],
        mixes: Array.from({ length: count }, () => ({ from: 0, to: 0, t: 0 })),
        refusal: null,
      };
    case 'refused':
      return { assembled: [], keyFrames: [], mixes: [], refusal: parsed.message };
    case 'travel': {
      const keys = parsed.keyframes.map(({ frame }) => frame);
      const indexOf = new Map(keys.map((frame, i) => [frame, i]));
      const loras = lorasOf(parsed.perFrame[0] ?? '');
      const mixes = webuiMixes(keys, count, webuiPromptsClosed(frames, context, closedLoop));
      return {
        assembled: parsed.keyframes.map(({ prompt }) => assembled(prompt, loras)),
        keyFrames: keys,
        mixes: mixes.map(({ from, to, rate }) => ({ from: indexOf.get(from)!, to: indexOf.get(to)!, t: rate })),
        refusal: null,
      };
    }
  }
}
