import { scheduleSteps } from '../../../prompt/step-schedule.ts';
import { takeLoras } from '../../clip/lora-tags.ts';
import { memoizeByPrompt } from '../../memoize-by-prompt.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { documentSpan, type PromptText, type TravelDocument } from '../../syntax/document.ts';
import { findChoices } from '../../wildcards/choices.ts';
import type { Check } from '../check.ts';

/** Looks like prompt editing: `[a:b:0.5]`, `[b:8]`, `[a|b]`. */
const EDITING = /\[(?:[^[\]|]*\|[^[\]]*|[^[\]]*:[ \t]*[\d.]+[ \t]*)\]/;

const edits = memoizeByPrompt(({ text }) => EDITING.test(text));

const PROBE = '[a|b]';

export const promptEditingDisabled: Check = {
  code: 'travel/prompt-editing-disabled',
  run({ document, settings: { dialect } }) {
    const { head, keyframes, tail } = document;
    const around = [...head, ...tail].map(({ prompt }) => prompt);
    const own = keyframes.map(({ prompt }) => prompt);
    const editsAround = around.some(edits);
    // The head and the tail are part of every prompt; a keyframe's text is part of one.
    const everywhere = editsAround || own.some(edits) ? around : [];
    const concerned = [...everywhere, ...own.filter((prompt) => editsAround || edits(prompt))];
    const suspicious = concerned.filter(({ text }) => text.includes('|') || text.includes('\\'));
    if (suspicious.length === 0) return [];
    // In the webui dialect, a comma follows every line.
    const last = new Set(dialect === 'webui' ? [] : lastTexts(document));
    return suspicious.flatMap((prompt): Problem[] => {
      const bars = prompt.text.includes('|') ? loneBars(prompt.text) : [];
      const slash = last.has(prompt) ? finalBackslash(prompt.text, keyframes.length > 0) : null;
      const problem = (character: string, reason: string, offsets: readonly number[]): Problem => {
        const spans = offsets.map((at) => documentSpan(prompt, at, at + 1));
        return {
          code: this.code,
          severity: 'warning',
          message: `This “${character}” disables prompt editing in the whole prompt. It ${reason}, so the prompt is read literally and does not change by sampling step. Write “\\${character}” for the character.`,
          span: spans[0]!,
          fixes: [escapeAll(character, spans)],
        };
      };
      return [
        ...(bars.length > 0 && isLiteral(prompt.text) ? [problem('|', 'is outside square brackets', bars)] : []),
        ...(slash === null ? [] : [problem('\\', 'ends the prompt', [slash])]),
      ];
    });
  },
};

function escapeAll(character: string, spans: readonly TextSpan[]): Fix {
  const edits = spans.map(({ start }) => ({ span: { start, end: start }, text: '\\' }));
  return { title: `Write “\\${character}”`, edits, mechanical: false };
}

/**
 * The texts that the frames' prompts end with: the tail; without a tail the keyframes, and the head if one of them is
 * empty.
 */
function lastTexts({ head, keyframes, tail }: TravelDocument): PromptText[] {
  const isWritten = ({ text }: PromptText) => /[^\s,]/.test(takeLoras(text).text);
  const lastOf = (lines: TravelDocument['head']) => lines.map(({ prompt }) => prompt).findLast(isWritten);
  const inTail = lastOf(tail);
  if (inTail) return [inTail];
  const own = keyframes.map(({ prompt }) => prompt);
  const inHead = own.length === 0 || !own.every(isWritten) ? lastOf(head) : undefined;
  return inHead ? [inHead, ...own] : own;
}

/**
 * Offset of a backslash that nothing follows after tags are removed and, around keyframes, commas are trimmed; null if
 * there is no such backslash.
 */
function finalBackslash(text: string, trimsCommas: boolean): number | null {
  const at = text.lastIndexOf('\\');
  let first = at;
  while (text[first - 1] === '\\') first--;
  // Two backslashes are one escaped backslash.
  if (at < 0 || (at - first) % 2 === 1) return null;
  const rest = takeLoras(text.slice(at + 1)).text;
  return (trimsCommas ? /^[\s,]*$/ : /^\s*$/).test(rest) ? at : null;
}

/** Whether A1111's rules read a whole prompt as text: then prompt editing in front of it has no effect either. */
function isLiteral(text: string): boolean {
  return scheduleSteps(PROBE + withoutChoices(text), { steps: 2 }).length === 1;
}

/** Choices are rolled before the prompt is read, so their bars are gone by then. */
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

/** Offsets of the bars that are neither in a choice nor directly inside square brackets. */
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
