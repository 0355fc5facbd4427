import type { Literal, LiteralEntry } from './literals.ts';

/** The names that tools give to the frame of a keyframe that is a map. */
export const FRAME_FIELD = /^(?:frame|key|keyframe|start|index)$/i;
const PROMPT_FIELD = /^(?:prompt|text|value|positive|positive_prompt)$/i;
const NEGATIVE_FIELD = /^(?:n_prompt|neg|negative|negative_?prompt|uc)$/i;
/** Also inside a word: a schedule is split at these letters. */
const NEGATIVE_MARKER = /--neg/;

export interface PastedPrompt {
  /** With its negative prompt after `--neg`. */
  readonly prompt: string;
  /** Names of fields that have no equivalent. */
  readonly left: readonly string[];
}

/** The prompt of a frame: text, or a map such as `{"prompt": "a", "negative_prompt": "b"}`; null if it is neither. */
export function promptWithFields(value: Literal): PastedPrompt | null {
  if (value.kind === 'text') return { prompt: value.text, left: [] };
  return value.kind === 'map' ? promptFields(value.entries) : null;
}

/** The prompt in the fields of a keyframe, without the frame; null if they have no prompt. */
export function promptFields(fields: readonly LiteralEntry[]): PastedPrompt | null {
  const positive = fields.find(({ key }) => PROMPT_FIELD.test(key));
  if (positive?.value.kind !== 'text') return null;
  const negative = fields.find(({ key, value }) => NEGATIVE_FIELD.test(key) && value.kind === 'text');
  const left = fields.filter((field) => field !== positive && field !== negative).map(({ key }) => key);
  return { prompt: withNegative(positive.value.text, negative?.value), left };
}

function withNegative(prompt: string, negative: Literal | undefined): string {
  if (negative?.kind !== 'text' || negative.text.trim() === '') return prompt;
  // A second marker would be text.
  return `${prompt}${NEGATIVE_MARKER.test(prompt) ? ',' : ' --neg'} ${negative.text}`;
}
