import type { Problem } from '../../problem.ts';
import { type Check, findInPrompt, type PromptCheck, replace } from '../check.ts';

const CODE = 'travel/negative-marker';

const MISSPELLED =
  /(?<!\S)(?:-neg|--[ \t]+neg|—neg|–neg|--negative)(?![\w-])|(?<=[^\s-])--neg(?![\w-])|(?<!\S)--neg(?=\w)(?!ative(?![\w-]))/g;

export const misspelledNegativeMarker: PromptCheck = {
  code: CODE,
  dialect: 'travel',
  *find(prompt) {
    for (const { text, span } of findInPrompt(prompt, MISSPELLED)) {
      yield {
        code: CODE,
        severity: 'warning',
        message: `“${text}” does not start a negative prompt. The text after it stays in the positive prompt. Write “--neg” with a space on both sides.`,
        span,
        fixes: [replace('Change to “ --neg ”', span, ' --neg ')],
      };
    }
  },
};

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
            message:
              '--neg outside a keyframe is treated as text. Use the setting `negative_prompt` for a negative prompt in every frame.',
            span,
          }),
        ),
    );
    return [...repeated, ...outside];
  },
};
