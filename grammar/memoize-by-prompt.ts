import type { PromptText } from './syntax/document.ts';

/**
 * The same function, which answers again what it has answered for a prompt before: after a keystroke all prompts but one
 * have the words that they had.
 *
 * @param answer depends on the words of the prompt alone, not on its place
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
