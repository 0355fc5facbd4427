import type { PromptText } from './syntax/document.ts';

/**
 * Caches a function of prompts, because a keystroke changes the words of only one prompt.
 *
 * @param answer must depend on the words of the prompt alone, not on its position
 */
export function memoizeByPrompt<T extends object>(answer: (prompt: PromptText) => T): (prompt: PromptText) => T {
  const answers = new WeakMap<object, T>();
  return (prompt) => {
    const known = answers.get(prompt.identity);
    if (known) return known;
    const found = answer(prompt);
    answers.set(prompt.identity, found);
    return found;
  };
}
