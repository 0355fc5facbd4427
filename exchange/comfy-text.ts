import { literalText } from './text.ts';

const EMBEDDING =
  /(?<![\w-])embedding:(?:[\w .-]{1,60}[\\/]){0,9}([\w-]+(?:\.[\w-]+)*?)(?:\.(?:pt|bin|safetensors))?(?![\w.-])/g;

/**
 * A prompt of ComfyUI in A1111's syntax: square brackets are text there, and embeddings have a prefix.
 *
 * Source: ComfyUI `comfy/sd1_clip.py`.
 */
export function comfyText(text: string): string {
  return literalText(text.replace(EMBEDDING, '$1')).replace(/\\[\s\S]|[[\]]/g, (found) =>
    found.length === 1 ? `\\${found}` : found,
  );
}
