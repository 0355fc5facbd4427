import { memoizeByPrompt } from '../memoize-by-prompt.ts';
import type { Settings } from '../settings/schema.ts';
import type { PromptText } from '../syntax/document.ts';
import { mayRoll } from '../wildcards/roll.ts';
import type { Expander } from './definitions.ts';
import { withoutEscapes } from './escapes.ts';
import { type TaggedText, takeLoras } from './lora-tags.ts';

/** The last result of a prompt, and the definitions that it was expanded with. */
interface Taken {
  definitions: string | null;
  result: TaggedText;
}

const EMPTY: TaggedText = { text: '', loras: [] };
const lastTaken = memoizeByPrompt((): Taken => ({ definitions: null, result: EMPTY }));
const isPlain = memoizeByPrompt(({ text }) => !mayRoll(text));

/**
 * Expands prompts and takes their tags out. What cannot roll depends on its words and on the definitions alone, so a
 * keystroke in one prompt expands no other one again.
 *
 * @returns throws as `Expander.expand` does
 */
export function promptTaker(define: Settings['define'], expander: Expander): (prompt: PromptText) => TaggedText {
  const take = ({ text }: PromptText) => takeLoras(withoutEscapes(expander.expand(text)));
  if (Object.values(define).some(mayRoll)) return take;
  const definitions = sameDefinitions(JSON.stringify(define));
  return (prompt) => {
    if (!isPlain(prompt)) return take(prompt);
    const last = lastTaken(prompt);
    if (last.definitions !== definitions) {
      last.result = take(prompt);
      last.definitions = definitions;
    }
    return last.result;
  };
}

let latest = '';

/** The same object for the same text, so that comparing it 20,000 times costs nothing. */
function sameDefinitions(text: string): string {
  if (text !== latest) latest = text;
  return latest;
}
