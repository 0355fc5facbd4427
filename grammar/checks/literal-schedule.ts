import { scheduleSteps } from '../../prompt/step-schedule.ts';
import type { Problem } from '../../protocol/problem.ts';
import { documentOffset, type PromptText } from '../document.ts';
import { findChoices } from '../wildcards/choices.ts';
import type { Check } from './check.ts';

/** What its author takes for prompt editing: `[a:b:0.5]`, `[b:8]`, `[a|b]`. */
const EDITING = /\[(?:[^[\]|]*\|[^[\]]*|[^[\]]*:[ \t]*[\d.]+[ \t]*)\]/;

const PROBE = '[a|b]';

export const literalSchedule: Check = {
  code: 'travel/literal-schedule',
  run({ document: { head, keyframes, tail } }) {
    const around = [...head, ...tail].map(({ prompt }) => prompt);
    const own = keyframes.map(({ prompt }) => prompt);
    const edits = (prompts: readonly PromptText[]) => prompts.some(({ text }) => EDITING.test(text));
    const editsAround = edits(around);
    // Text around the keyframes stands in each of their prompts; theirs in one alone.
    const everywhere = editsAround || edits(own) ? around : [];
    const concerned = [...everywhere, ...own.filter((prompt) => editsAround || edits([prompt]))];
    return concerned.flatMap((prompt): Problem[] => {
      const culprits = prompt.text.includes('|') ? loneBars(prompt.text) : [];
      if (culprits.length === 0 || !isLiteral(prompt.text)) return [];
      const spans = culprits.map((at) => {
        const start = documentOffset(prompt, at);
        return { start, end: start + 1 };
      });
      return [
        {
          code: this.code,
          severity: 'warning',
          message:
            'This “|” stands outside square brackets, and so the whole prompt is taken literally: nothing in it changes by sampling step. Write “\\|” for the character.',
          span: spans[0]!,
          fixes: [
            {
              title: 'Write “\\|”',
              edits: spans.map((span) => ({ span: { start: span.start, end: span.start }, text: '\\' })),
              mechanical: false,
            },
          ],
        },
      ];
    });
  },
};

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
