import type { TravelPlan } from '../../plan/plan.ts';
import type { Problem, TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { type RollIssue, WildcardRoller } from '../wildcards/roll.ts';
import type { Environment } from './environment.ts';

/** The rolls of one render, and what could not be rolled. */
export interface ClipRolls {
  /** Replaces the wildcards and choices of a text; texts come in the document's order. */
  readonly roll: (text: string, scope: string) => string;
  /** Takes a text of the document that is not rendered. */
  readonly skip: (text: string) => void;
  readonly rolled: () => TravelPlan['rolled'];
  readonly problems: () => readonly Problem[];
}

export function clipRolls(seed: number, document: TravelDocument, environment: Environment): ClipRolls {
  const roller = new WildcardRoller(seed, (name) => environment.wildcard(name));
  // One wildcard that is missing is one problem, however often it is written.
  const problems = new Map<string, Problem>();
  return {
    skip: (text) => roller.skip(text),
    roll(text, scope) {
      const { text: rolled, issues: found } = roller.roll(text, scope);
      for (const problem of found) {
        const { code, message, name } = explain(problem);
        problems.set(message, { code, severity: 'error', message, span: placeOf(name, document) });
      }
      return rolled;
    },
    rolled: () => roller.rolled.map((roll) => ({ ...roll })),
    problems: () => [...problems.values()],
  };
}

function explain(problem: RollIssue): { code: Problem['code']; message: string; name: string | null } {
  switch (problem.kind) {
    case 'unknown-wildcard':
      return {
        code: 'travel/unknown-wildcard',
        message: `There is no wildcard file for “__${problem.name}__”. Make ${problem.name}.txt in the wildcards folder, one choice a line.`,
        name: problem.name,
      };
    case 'empty-wildcard':
      return {
        code: 'travel/empty-wildcard',
        message: `The wildcard file of “__${problem.name}__” has no line to choose. Write one choice a line.`,
        name: problem.name,
      };
    case 'wildcard-cycle':
      return {
        code: 'travel/wildcard-cycle',
        message: `These wildcards name each other in a circle: ${problem.names.join(' → ')}. Take one out.`,
        name: problem.names[0] ?? null,
      };
    case 'too-deep':
      return {
        code: 'travel/wildcard-too-deep',
        message: 'Choices and wildcards stand too deep inside one another. Nest fewer of them.',
        name: null,
      };
    case 'too-long':
      return {
        code: 'travel/wildcard-too-long',
        message: 'Wildcards and choices make too long a text. Use fewer or shorter ones.',
        name: null,
      };
  }
}

/** Where a wildcard is written first; the start of the file where another file or a definition holds it. */
function placeOf(name: string | null, { head, keyframes, tail }: TravelDocument): TextSpan {
  const prompts = [
    ...head,
    ...keyframes.flatMap(({ prompt, negative }) => [{ prompt }, ...(negative ? [negative] : [])]),
    ...tail,
  ];
  for (const { prompt } of name === null ? [] : prompts) {
    const part = prompt.parts.find(({ kind, text }) => kind === 'Wildcard' && text === `__${name}__`);
    if (part) return part.span;
  }
  return { start: 0, end: 0 };
}
