import { fromComfyWeights } from './comfy-weights.ts';
import { literalText } from './text.ts';

const EMBEDDING =
  /(?<![\w-])embedding:(?:[\w .-]{1,60}[\\/]){0,9}([\w-]+(?:\.[\w-]+)*?)(?:\.(?:pt|bin|safetensors))?(?![\w.-])/g;

/**
 * A prompt of ComfyUI in A1111's syntax: square brackets are text there, and embeddings have a prefix.
 *
 * @param hasChoices `{a|b}` picks one
 *
 * Source: ComfyUI `comfy/sd1_clip.py`; ComfyUI_frontend `processDynamicPrompt`.
 */
export function comfyText(text: string, hasChoices = false): string {
  const chosen = hasChoices ? withoutSingleChoices(text) : text;
  return literalText(fromComfyWeights(chosen.replace(EMBEDDING, '$1')), hasChoices).replace(
    /\\[\s\S]|[[\]]/g,
    (found) => (found.length === 1 ? `\\${found}` : found),
  );
}

/** `{a}` and `{{a}}` have one choice. */
function withoutSingleChoices(text: string): string {
  let now = text;
  for (let depth = 0, before = ''; depth < DEEPEST && now !== before; depth++) {
    before = now;
    now = now.replace(/(?<!\\)\{([^{}|\\]*)\}/g, '$1');
  }
  return now;
}

/** Nested braces beyond it stay. */
const DEEPEST = 10;
