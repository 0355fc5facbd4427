import { type NameUse, namesOf } from '../../clip/definitions.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { documentSpan, type PromptText, promptsOf } from '../../syntax/document.ts';
import { type Check, replace } from '../check.ts';

export const unknownDefinition: Check = {
  code: 'travel/unknown-definition',
  dialect: 'travel',
  run({ document, settings: { define } }) {
    const names = Object.keys(define);
    const isUnknown = ({ text }: PromptText, { name, start }: NameUse) =>
      !Object.hasOwn(define, name) && text[start - 1] !== '$';
    const concerned = promptsOf(document).filter((prompt) => namesOf(prompt).some((use) => isUnknown(prompt, use)));
    return concerned.flatMap((prompt) =>
      namesOf(prompt)
        .filter((use) => isUnknown(prompt, use))
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
