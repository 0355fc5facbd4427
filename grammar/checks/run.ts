import { memoizeByPrompt } from '../memoize-by-prompt.ts';
import type { Problem } from '../problem.ts';
import type { SlicedTask } from '../sliced-task.ts';
import { CHECKS } from './all.ts';
import { type Check, type CheckContext, type PromptCheck, promptsOf } from './check.ts';

/** Problems of one kind that are told of one file. Nobody reads more, and a broken text of 1 MB may have a million. */
export const MOST_OF_A_KIND = 5000;

/** Prompts that are looked at in a piece; some of them may be long, and looked at for the first time. */
const SLICE = 100;

/** All problems that the checks find, in no order. */
export function* checkDocument(context: CheckContext): SlicedTask<Problem[]> {
  const { dialect } = context.settings;
  const found = new FoundProblems();
  const applies = (check: Check | PromptCheck) => !check.dialect || check.dialect === dialect;
  for (const check of CHECKS) {
    if (!('run' in check) || !applies(check)) continue;
    found.add(check.run(context));
    yield;
  }
  for (const [i, prompt] of promptsOf(context.document).entries()) {
    for (const check of concerned(prompt)) if (applies(check)) found.add(check.find(prompt));
    if (i % SLICE === 0) yield;
  }
  return found.problems;
}

/** The checks that find something in a prompt. */
const concerned = memoizeByPrompt((prompt) =>
  CHECKS.filter((check): check is PromptCheck => {
    if ('run' in check) return false;
    for (const _ of check.find(prompt)) return true;
    return false;
  }),
);

/** Problems up to the most of each kind, and where that is reached a word that there are more. */
class FoundProblems {
  readonly problems: Problem[] = [];
  readonly #counts = new Map<Problem['code'], number>();

  add(problems: Iterable<Problem>): void {
    for (const problem of problems) {
      const { code, span } = problem;
      const count = (this.#counts.get(code) ?? 0) + 1;
      if (count > MOST_OF_A_KIND + 1) return;
      this.#counts.set(code, count);
      if (count <= MOST_OF_A_KIND) this.problems.push(problem);
      else {
        const message = `More than ${MOST_OF_A_KIND} problems of this kind were found; the rest is looked for when some are repaired.`;
        this.problems.push({ code, severity: 'information', message, span });
      }
    }
  }
}
