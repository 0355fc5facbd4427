import { namesOf } from '../../clip/definitions.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { documentSpan, promptsOf } from '../../syntax/document.ts';
import { type Check, replace } from '../check.ts';

export const unknownDefinition: Check = {
  code: 'travel/unknown-definition',
  dialect: 'travel',
  run({ document, settings: { define } }) {
    const names = Object.keys(define);
    return promptsOf(document).flatMap((prompt) =>
      namesOf(prompt)
        .filter(({ name, start }) => !Object.hasOwn(define, name) && prompt.text[start - 1] !== '$')
        .map(({ name, start, end }) => {
          const span = documentSpan(prompt, start, end);
          const meant = didYouMean(name, names);
          const advice = meant ? `Did you mean “$${meant}”?` : `Define it: \`define: {${name}: "…"}\`.`;
          return {
            code: this.code,
            severity: 'hint',
            message: `“$${name}” is not defined. It is treated as text. ${advice}`,
            span,
            fixes: meant ? [replace(`Change to “$${meant}”`, span, `\${${meant}}`)] : [],
          };
        }),
    );
  },
};
