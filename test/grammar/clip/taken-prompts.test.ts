import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTravel, resolveClip } from '../../../grammar/language.ts';
import { reparse } from '../../../grammar/syntax/reparse.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';

const HERE = testEnvironment({
  wildcard: (name) => (name === 'w' ? ['1', '2', '3'] : null),
  wildcardNames: () => ['w'],
});

const part = fc.constantFrom('$a', '$' + '{b}', '$c', '<lora:x:1>', '__w__', '{p|q}', 'word', '$$a', ', ');
const definition = fc.constantFrom('', 'red', '$b', '<lora:y:0.5>', '__w__', 'a $c', '$a', '{d|e}');
const prompt = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
const define = fc.record({ a: definition, b: definition, c: definition }, { requiredKeys: [] });

const travel = (definitions: object, prompts: readonly string[]) =>
  `---\nseed: 5\ndefine: ${JSON.stringify(definitions)}\n---\nhead $a\n${prompts.map((text, i) => `${i}: ${text}\n`).join('')}`;

const resolved = (document: ReturnType<typeof parseTravel>) => {
  const { assembled, loras, rolled, rollIssues } = resolveClip(document, HERE).context.prompts;
  const prompts = assembled.map(({ positive, negative, loras: own }) => ({ positive, negative, own: [...own] }));
  return { prompts, loras: [...loras], rolled, rollIssues };
};

describe('the prompts of a clip', () => {
  it('are those of a fresh parse after every edit of the definitions and of the prompts', () => {
    fc.assert(
      fc.property(
        fc.array(prompt, { minLength: 3, maxLength: 8 }),
        fc.array(fc.tuple(define, fc.nat(), prompt), { minLength: 2, maxLength: 5 }),
        (start, versions) => {
          const prompts = [...start];
          let document = parseTravel('');
          for (const [definitions, at, text] of versions) {
            // The prompts below the settings are the same objects as before; then one of them changes.
            document = reparse(document, travel(definitions, prompts));
            expect(resolved(document)).toEqual(resolved(parseTravel(document.text)));
            prompts[at % prompts.length] = text;
            document = reparse(document, travel(definitions, prompts));
            expect(resolved(document)).toEqual(resolved(parseTravel(document.text)));
          }
        },
      ),
      runs(300),
    );
  });
});
