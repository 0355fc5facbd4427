import { memoizeByPrompt } from '../../memoize-by-prompt.ts';
import type { Problem, TextSpan } from '../../problem.ts';
import { documentSpan, type PromptText } from '../../syntax/document.ts';
import { type Check, type Match, replace } from '../check.ts';

const CODE = 'travel/negative-marker';

const DASH = '[-‐‑‒–—―−﹘﹣－ーｰ]';
const WORD = '(?:[nN][eE][gG]|[ｎＮ][ｅＥ][ｇＧ])';
/** The colon of a setting or a parameter. */
const COLON = '[:：=]?';

/** As a word of its own: `-neg`, `-- neg`, `--negative`, `--NEG`, `—neg`, `－－neg`. */
const OWN_WORD = String.raw`(?<!\S)(?:-[nN][eE][gG]|--[ \t]+[nN][eE][gG]|--[nN][eE][gG][aA][tT][iI][vV][eE]|(?!-{1,3}neg)${DASH}{1,3}${WORD})(?![\w-])${COLON}`;
const AFTER_WORD = String.raw`(?<=[^\s-])(?:--|[–—−﹘﹣－ー]{2})${WORD}(?![\w-])${COLON}`;
const BEFORE_WORD = String.raw`(?<!\S)--neg(?=\w)(?!ative(?![\w-]))`;

/** With another dash, in capitals, attached to a word, or in the full-width characters of an input method. */
const MISSPELLED = new RegExp(`${OWN_WORD}|${AFTER_WORD}|${BEFORE_WORD}`, 'g');

export const misspelledNegativeMarker: Check = {
  code: CODE,
  dialect: 'travel',
  *run({ document: { head, keyframes, tail, text } }) {
    for (const { prompt, negative } of keyframes) {
      for (const { text: written, span } of misspelled(prompt)) {
        const marker = separated('--neg', span, text);
        yield {
          code: CODE,
          severity: 'warning',
          message: `“${written}” does not start a negative prompt. The text after it stays in the positive prompt. Write “--neg” with a space on both sides.`,
          span,
          fixes: [replace('Change to “--neg”', span, marker)],
        };
      }
      const marker = negative?.markers[0];
      const colon = marker && /^[:：=]/.exec(text.slice(marker.end, marker.end + 1))?.[0];
      if (marker && colon) {
        const span = { start: marker.start, end: marker.end + 1 };
        yield {
          code: CODE,
          severity: 'warning',
          message: `“${colon}” after “--neg” is part of the negative prompt. Write “--neg” with a space on both sides.`,
          span,
          fixes: [replace(`Remove “${colon}”`, span, separated('--neg', span, text))],
        };
      }
      for (const { text: written, span } of negative ? misspelled(negative.prompt) : []) {
        yield {
          code: CODE,
          severity: 'warning',
          message: `The negative prompt has already started. “${written}” is part of it. Remove it.`,
          span,
          related: [{ span: negative!.markers[0]!, message: 'It starts here.' }],
          fixes: [replace(`Remove “${written}”`, span, '')],
        };
      }
    }
    for (const { prompt } of [...head, ...tail]) {
      for (const { text: written, span } of misspelled(prompt)) {
        yield {
          code: CODE,
          severity: 'warning',
          message: `“${written}” outside a keyframe is treated as text. ${SETTING}`,
          span,
        };
      }
    }
  },
};

const SETTING = 'Use the setting `negative_prompt` for a negative prompt in every frame.';

const misspelledIn = memoizeByPrompt((prompt) => Array.from(prompt.text.matchAll(MISSPELLED)));

function misspelled(prompt: PromptText): Pick<Match, 'text' | 'span'>[] {
  return misspelledIn(prompt).map(({ 0: text, index }) => ({
    text,
    span: documentSpan(prompt, index, index + text.length),
  }));
}

/** A word with a space on each side that has none yet. */
function separated(word: string, { start, end }: TextSpan, text: string): string {
  const isSpace = (at: number) => at < 0 || at >= text.length || text[at]!.trim() === '';
  return `${isSpace(start - 1) ? '' : ' '}${word}${isSpace(end) ? '' : ' '}`;
}

export const misplacedNegativeMarker: Check = {
  code: CODE,
  dialect: 'travel',
  run({ document: { head, keyframes, tail } }) {
    const repeated = keyframes.flatMap(({ negative }) =>
      (negative?.markers.slice(1) ?? []).map(
        (span): Problem => ({
          code: CODE,
          severity: 'warning',
          message: 'The negative prompt has already started. This second --neg has no effect. Remove it.',
          span,
          related: [{ span: negative!.markers[0]!, message: 'It starts here.' }],
          fixes: [replace('Remove this --neg', span, '', true)],
        }),
      ),
    );
    const outside = [...head, ...tail].flatMap(({ prompt }) =>
      prompt.parts
        .filter(({ kind }) => kind === 'Negative')
        .map(
          ({ span }): Problem => ({
            code: CODE,
            severity: 'warning',
            message: `--neg outside a keyframe is treated as text. ${SETTING}`,
            span,
          }),
        ),
    );
    return [...repeated, ...outside];
  },
};
