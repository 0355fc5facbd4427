import { CLOSER, pairBrackets } from '../../syntax/brackets.ts';
import { type PromptCheck, replace } from '../check.ts';

/** A prompt with more unclosed brackets needs another look, not as many closing ones. */
const MOST_CLOSED = 20;

export const unclosedBracket: PromptCheck = {
  code: 'travel/unclosed-bracket',
  *find(prompt) {
    const end = { start: prompt.span.end, end: prompt.span.end };
    const { unclosed } = pairBrackets(prompt);
    let closers = unclosed
      .map(({ text }) => CLOSER[text]!)
      .reverse()
      .join('');
    const isEscaped = endsInBackslash(prompt.text);
    for (const { text, span } of unclosed) {
      // Brackets are closed from the innermost, so those inside this one come first.
      const own = closers;
      closers = closers.slice(0, -1);
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is never closed. It extends to the end of the prompt, including the tail. Close it, or write “\\${text}” for the character.`,
        span,
        fixes: [
          ...(isEscaped || own.length > MOST_CLOSED ? [] : [replace(`Add “${own}” at the end`, end, own)]),
          replace(`Write “\\${text}”`, span, `\\${text}`),
        ],
      };
    }
  },
};

/** Whether a backslash would escape what is appended. */
function endsInBackslash(text: string): boolean {
  let start = text.length;
  while (text[start - 1] === '\\') start--;
  return (text.length - start) % 2 === 1;
}
