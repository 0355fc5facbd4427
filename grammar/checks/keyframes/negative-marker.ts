import type { Problem } from '../../problem.ts';
import { type Check, findInPrompt, type PromptCheck, replace } from '../check.ts';

const MISSPELT =
  /(?<!\S)(?:-neg|--[ \t]+neg|—neg|–neg|--negative)(?![\w-])|(?<=[^\s-])--neg(?![\w-])|(?<!\S)--neg(?=\w)(?!ative(?![\w-]))/g;

export const misspeltNegative: PromptCheck = {
  code: 'travel/negative-marker',
  dialect: 'travel',
  *find(prompt) {
    for (const { text, span } of findInPrompt(prompt, MISSPELT)) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” does not begin a negative prompt here, so what follows stays in the positive one. Write “--neg” with a blank on both sides.`,
        span,
        fixes: [replace('Change to “ --neg ”', span, ' --neg ')],
      };
    }
  },
};

export const negativeMarker: Check = {
  code: 'travel/negative-marker',
  dialect: 'travel',
  run({ document }) {
    const repeated = document.keyframes.flatMap(({ negative }) =>
      (negative?.markers.slice(1) ?? []).map(
        (span): Problem => ({
          code: this.code,
          severity: 'warning',
          message: 'The negative prompt began already; this second --neg has no effect. Remove it.',
          span,
          related: [{ span: negative!.markers[0]!, message: 'It begins here.' }],
          fixes: [replace('Remove this --neg', span, '', true)],
        }),
      ),
    );
    const outside = [...document.head, ...document.tail].flatMap(({ prompt }) =>
      prompt.parts
        .filter(({ kind }) => kind === 'Negative')
        .map(
          ({ span }): Problem => ({
            code: this.code,
            severity: 'warning',
            message:
              '--neg counts in keyframes only; here it is text. Use the setting `negative_prompt` for every frame.',
            span,
          }),
        ),
    );
    return [...repeated, ...outside];
  },
};
