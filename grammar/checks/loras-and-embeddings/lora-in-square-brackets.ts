import type { Fix, TextSpan } from '../../problem.ts';
import { pairBrackets } from '../../syntax/brackets.ts';
import type { PromptPart, TravelDocument } from '../../syntax/document.ts';
import { type Check, positivePromptsOf } from '../check.ts';

/** The step of prompt editing: `:0.5]`. */
const STEP = /:[ \t]{0,20}[\d.]{1,20}[ \t]{0,20}(?=\])/g;

/**
 * A1111 takes tags out of a prompt before it reads brackets (`modules/processing.py`, `parse_extra_network_prompts`).
 */
export const loraInSquareBrackets: Check = {
  code: 'travel/lora-in-square-brackets',
  run({ document }) {
    const tagged = positivePromptsOf(document).filter(({ text }) => text.includes('<'));
    return tagged.flatMap((prompt) => {
      const tags = prompt.parts.filter(({ kind, text }) => kind === 'Network' && /^<(?:lora|lyco):/.test(text));
      if (tags.length === 0) return [];
      let next = 0;
      return outermost(pairBrackets(prompt).pairs).flatMap((brackets) => {
        while (next < tags.length && tags[next]!.span.start < brackets.start) next++;
        const first = next;
        while (next < tags.length && tags[next]!.span.start < brackets.end) next++;
        const inside = tags.slice(first, next);
        if (inside.length === 0) return [];
        const fix = moveOut(brackets, inside, document);
        const rest = without(document.text, brackets, inside);
        const effect = /[:|]/.test(rest) ? 'not switched by sampling step' : 'not weakened by these brackets';
        return inside.map(({ text, span }) => ({
          code: this.code,
          severity: 'warning',
          message: `“${text}” is ${effect}. A LoRA tag acts in every step with its own weight, wherever it is written. Write it outside the brackets.`,
          span,
          fixes: [fix],
        }));
      });
    });
  },
};

function outermost(pairs: ReturnType<typeof pairBrackets>['pairs']): TextSpan[] {
  const square = pairs
    .filter(({ open }) => open.text === '[')
    .map(({ open, close }) => ({ start: open.span.start, end: close.span.end }))
    .sort((a, b) => a.start - b.start);
  let end = -1;
  return square.filter((span) => {
    if (span.end <= end) return false;
    end = span.end;
    return true;
  });
}

/** The brackets and their text without tags. */
function without(text: string, { start, end }: TextSpan, tags: readonly PromptPart[]): string {
  let result = '';
  let at = start;
  for (const { span } of tags) {
    result += text.slice(at, span.start);
    at = span.end;
  }
  return result + text.slice(at, end);
}

/** Puts tags in front of their brackets, and removes brackets that hold nothing else. */
function moveOut(brackets: TextSpan, tags: readonly PromptPart[], { text }: TravelDocument): Fix {
  const title = 'Move the tags out of the brackets';
  const written = tags.map((tag) => tag.text).join(' ');
  const isEmpty = /^[\s:|,()[\]]*$/.test(without(text, brackets, tags).replace(STEP, ''));
  if (isEmpty) return { title, edits: [{ span: brackets, text: written }], mechanical: false };
  const before = { start: brackets.start, end: brackets.start };
  return {
    title,
    edits: [
      { span: before, text: `${written} ` },
      ...tags.map(({ span }) => ({ span: withSeparator(text, span), text: '' })),
    ],
    mechanical: false,
  };
}

/** With the space and the comma that a tag leaves behind. */
function withSeparator(text: string, { start, end }: TextSpan): TextSpan {
  let from = start;
  let to = end;
  if (/[:|\]]/.test(text[end] ?? '')) while (/[ \t,]/.test(text[from - 1] ?? '')) from--;
  else while (/[ \t,]/.test(text[to] ?? '')) to++;
  return { start: from, end: to };
}
