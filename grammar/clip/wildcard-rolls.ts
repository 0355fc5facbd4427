import type { TravelPlan } from '../../plan/plan.ts';
import { FILE_START, type TextSpan } from '../problem.ts';
import { promptsOf, type TravelDocument } from '../syntax/document.ts';
import { type RollIssue, WildcardRoller } from '../wildcards/roll.ts';
import type { Environment } from './environment.ts';

/** The rolls of one render, and what could not be rolled. */
export interface ClipRolls {
  /** Replaces wildcards and choices. Texts are passed in the document's order. */
  readonly roll: (text: string, scope: string) => string;
  /** Passes text of the document that is not rendered. */
  readonly skip: (text: string) => void;
  readonly rolled: () => TravelPlan['rolled'];
  /** One for each wildcard, however often it is written; spans are in the document. */
  readonly issues: () => readonly RollIssue[];
}

export function clipRolls(seed: number, document: TravelDocument, environment: Environment): ClipRolls {
  const roller = new WildcardRoller(seed, (name) => environment.wildcard(name));
  const issues = new Map<string, RollIssue>();
  return {
    roll(text, scope) {
      const { text: rolled, issues: found } = roller.roll(text, scope);
      for (const issue of found) {
        const name = nameOf(issue);
        issues.set(`${issue.kind} ${name}`, { ...issue, span: placeOf(name, document) });
      }
      return rolled;
    },
    skip: (text) => roller.skip(text),
    rolled: () => roller.rolled.map((roll) => ({ ...roll })),
    issues: () => [...issues.values()],
  };
}

function nameOf(issue: RollIssue): string | null {
  switch (issue.kind) {
    case 'unknown-wildcard':
    case 'empty-wildcard':
      return issue.name;
    case 'wildcard-cycle':
      return issue.names[0] ?? null;
    case 'wildcard-too-deep':
    case 'wildcard-too-long':
      return null;
  }
}

/** The first use of a wildcard; the start of the file if another file or a definition holds it. */
function placeOf(name: string | null, document: TravelDocument): TextSpan {
  if (name === null) return FILE_START;
  for (const { parts } of promptsOf(document)) {
    const part = parts.find(({ kind, text }) => kind === 'Wildcard' && text === `__${name}__`);
    if (part) return part.span;
  }
  return FILE_START;
}
