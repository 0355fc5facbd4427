import { scheduleSteps } from '../../../prompt/step-schedule.ts';
import { takeLoras } from '../../clip/lora-tags.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { documentSpan, type PromptText, type TravelDocument } from '../../syntax/document.ts';
import { findChoices } from '../../wildcards/choices.ts';
import type { Check } from '../check.ts';

/** What its author takes for prompt editing: `[a:b:0.5]`, `[b:8]`, `[a|b]`. */
const EDITING = /\[(?:[^[\]|]*\|[^[\]]*|[^[\]]*:[ \t]*[\d.]+[ \t]*)\]/;

const PROBE = '[a|b]';

export const literalSchedule: Check = {
  code: 'travel/literal-schedule',
  run({ document, settings: { dialect } }) {
    const { head, keyframes, tail } = document;
    const around = [...head, ...tail].map(({ prompt }) => prompt);
    const own = keyframes.map(({ prompt }) => prompt);
    const edits = (prompts: readonly PromptText[]) => prompts.some(({ text }) => EDITING.test(text));
    const editsAround = edits(around);
    // Text around the keyframes stands in each of their prompts; theirs in one alone.
    const everywhere = editsAround || edits(own) ? around : [];
    const concerned = [...everywhere, ...own.filter((prompt) => editsAround || edits([prompt]))];
    // In the dialect a comma follows whatever stands in a line.
    const last = new Set(dialect === 'webui' ? [] : lastPieces(document));
    return concerned.flatMap((prompt): Problem[] => {
      const bars = prompt.text.includes('|') ? loneBars(prompt.text) : [];
      const slash = last.has(prompt) ? finalBackslash(prompt.text, keyframes.length > 0) : null;
      const problem = (sign: string, place: string, culprits: readonly number[]): Problem => {
        const spans = culprits.map((at) => documentSpan(prompt, at, at + 1));
        return {
          code: this.code,
          severity: 'warning',
          message: `This “${sign}” ${place}, and so the whole prompt is taken literally: nothing in it changes by sampling step. Write “\\${sign}” for the character.`,
          span: spans[0]!,
          fixes: [escaped(sign, spans)],
        };
      };
      return [
        ...(bars.length > 0 && isLiteral(prompt.text) ? [problem('|', 'stands outside square brackets', bars)] : []),
        ...(slash === null ? [] : [problem('\\', 'ends the prompt', [slash])]),
      ];
    });
  },
};

function escaped(sign: string, spans: readonly TextSpan[]): Fix {
  const edits = spans.map(({ start }) => ({ span: { start, end: start }, text: '\\' }));
  return { title: `Write “\\${sign}”`, edits, mechanical: false };
}

/** What the prompts of frames end with: the tail; without one the keyframes, and the head where one of them is empty. */
function lastPieces({ head, keyframes, tail }: TravelDocument): PromptText[] {
  const isWritten = ({ text }: PromptText) => /[^\s,]/.test(takeLoras(text).text);
  const lastOf = (lines: TravelDocument['head']) => lines.map(({ prompt }) => prompt).findLast(isWritten);
  const inTail = lastOf(tail);
  if (inTail) return [inTail];
  const own = keyframes.map(({ prompt }) => prompt);
  const inHead = own.length === 0 || !own.every(isWritten) ? lastOf(head) : undefined;
  return inHead ? [inHead, ...own] : own;
}

/**
 * Where the backslash is that nothing follows, once tags are taken out and, around keyframes, commas trimmed; null where
 * there is none.
 */
function finalBackslash(text: string, trimsCommas: boolean): number | null {
  const at = text.lastIndexOf('\\');
  let first = at;
  while (text[first - 1] === '\\') first--;
  // Two of them are one that is meant.
  if (at < 0 || (at - first) % 2 === 1) return null;
  const rest = takeLoras(text.slice(at + 1)).text;
  return (trimsCommas ? /^[\s,]*$/ : /^\s*$/).test(rest) ? at : null;
}

/** Whether A1111's rules take all of a prompt as text: then a schedule put before it does nothing either. */
function isLiteral(text: string): boolean {
  return scheduleSteps(PROBE + withoutChoices(text), { steps: 2 }).length === 1;
}

/** Choices are rolled before the prompt is read, so their bars are not there any more. */
function withoutChoices(text: string): string {
  let result = '';
  let from = 0;
  for (const { open, close } of [...findChoices(text).values()].sort((a, b) => a.open - b.open)) {
    if (open < from) continue;
    result += text.slice(from, open);
    from = close + 1;
  }
  return result + text.slice(from);
}

/** Offsets of the bars that are in no choice and directly in no square bracket. */
function loneBars(text: string): number[] {
  const choices = findChoices(text);
  const bars: number[] = [];
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const choice = choices.get(at);
    const character = text[at]!;
    if (choice) at = choice.close;
    else if (character === '\\') at++;
    else if (character === '(' || character === '[') open.push(character);
    else if (character === ')' || character === ']') open.pop();
    else if (character === '|' && open.at(-1) !== '[') bars.push(at);
  }
  return bars;
}
