import { findCycle, namesOf } from '../../clip/definitions.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { documentSpan } from '../../syntax/document.ts';
import { type Check, promptsOf, replace } from '../check.ts';

export const unknownDefinition: Check = {
  code: 'travel/unknown-definition',
  dialect: 'travel',
  run({ document, settings: { define } }) {
    const names = Object.keys(define);
    return promptsOf(document).flatMap((prompt) =>
      namesOf(prompt)
        .filter(({ name }) => !Object.hasOwn(define, name))
        .map(({ name, start, end }) => {
          const span = documentSpan(prompt, start, end);
          const meant = didYouMean(name, names);
          return {
            code: this.code,
            severity: 'hint',
            message: `“$${name}” is not defined, so it is text.${meant ? ` Did you mean “$${meant}”?` : ` Define it: \`define: {${name}: "…"}\`.`}`,
            span,
            fixes: meant ? [replace(`Change to “$${meant}”`, span, `\${${meant}}`)] : [],
          };
        }),
    );
  },
};

export const definitionCycle: Check = {
  code: 'travel/definition-cycle',
  run({ settings: { define }, spans }) {
    const cycle = findCycle(new Map(Object.entries(define)));
    if (!cycle) return [];
    const span = spans.get(`define.${cycle[0]}`)?.value ?? spans.get('define')?.key ?? { start: 0, end: 0 };
    const message = `These definitions stand for each other in a circle: ${cycle.join(' → ')}. Write one of them without the others.`;
    return [{ code: this.code, severity: 'error', message, span }];
  },
};
