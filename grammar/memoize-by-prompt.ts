import type { PromptText } from './syntax/document.ts';

/** Slots of `PromptIdentity` that are taken. */
let slots = 0;

/**
 * Caches a function of prompts, because a keystroke changes the words of only one prompt.
 *
 * @param answer must depend on the words of the prompt alone, not on its position
 */
export function memoizeByPrompt<T extends object | boolean>(
  answer: (prompt: PromptText) => T,
): (prompt: PromptText) => T {
  const slot = slots++;
  return (prompt) => {
    const known = prompt.identity.answer(slot);
    // Only this function writes to its slot.
    if (known !== undefined) return known as T;
    const found = answer(prompt);
    prompt.identity.keep(slot, found);
    return found;
  };
}
