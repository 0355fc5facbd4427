import type { ClipContext } from '../clip/context.ts';
import { memoizeByPrompt } from '../memoize-by-prompt.ts';
import { parameterLines } from '../pasted/infotext.ts';
import type { Problem } from '../problem.ts';
import type { SlicedTask } from '../sliced-task.ts';
import { promptsOf } from '../syntax/document.ts';
import { CHECKS } from './all.ts';
import type { Check, PromptCheck } from './check.ts';
import { checkSettingPrompts } from './setting-prompts.ts';
import { conflictProblems } from './settings/merge-conflict.ts';

/** Problems of one kind that are reported per file: a broken text of 1 MB may have a million, and nobody reads them. */
export const MOST_OF_A_KIND = 5000;

/** Prompts per slice. Some may be long and checked for the first time. */
const SLICE = 100;

/** Runs all checks. The problems are not sorted. */
export function* checkClip(clip: ClipContext): SlicedTask<Problem[]> {
  const { dialect } = clip.settings;
  const found = new FoundProblems();
  found.add(conflictProblems(clip.document));
  if (found.problems.length > 0) return found.problems;
  const applies = (check: Check | PromptCheck) => !check.dialect || check.dialect === dialect;
  for (const check of CHECKS) {
    if (!('run' in check) || !applies(check)) continue;
    found.add(check.run(clip));
    yield;
  }
  found.add(checkSettingPrompts(clip, PROMPT_CHECKS));
  // `DPM++` and `CFG scale: 7.5` are not weights there.
  const parameters = parameterLines(clip.document);
  const isPrompt = ({ span }: Problem) => !parameters.some(({ start, end }) => start <= span.start && span.end <= end);
  for (const [i, prompt] of promptsOf(clip.document).entries()) {
    for (const check of checksWithProblems(prompt)) {
      if (applies(check)) found.add(Array.from(check.find(prompt)).filter(isPrompt));
    }
    if (i % SLICE === 0) yield;
  }
  return found.problems;
}

const PROMPT_CHECKS = CHECKS.filter((check): check is PromptCheck => !('run' in check));

/** The checks that find a problem in a prompt. */
const checksWithProblems = memoizeByPrompt((prompt) =>
  PROMPT_CHECKS.filter((check) => {
    for (const _ of check.find(prompt)) return true;
    return false;
  }),
);

/** Characters of a name in a message: more than any file name that a person reads. */
const LONGEST_NAME = 200;

/** With the start of names that would fill a screen. */
const withShortNames = (message: string): string =>
  message.length <= LONGEST_NAME
    ? message
    : message.replaceAll(/“([^“”]*)”/g, (whole, name: string) =>
        name.length > LONGEST_NAME ? `“${name.slice(0, LONGEST_NAME / 2)}…”` : whole,
      );

/** Problems up to the limit of each kind, plus a notice for each kind that exceeds it. */
class FoundProblems {
  readonly problems: Problem[] = [];
  readonly #counts = new Map<Problem['code'], number>();

  add(problems: Iterable<Problem>): void {
    for (const problem of problems) {
      const { code, span } = problem;
      const count = (this.#counts.get(code) ?? 0) + 1;
      if (count > MOST_OF_A_KIND + 1) return;
      this.#counts.set(code, count);
      if (count <= MOST_OF_A_KIND) this.problems.push({ ...problem, message: withShortNames(problem.message) });
      else {
        const limit = MOST_OF_A_KIND.toLocaleString('en-US');
        const message = `More than ${limit} problems of this kind in this file. The rest is reported after some are fixed.`;
        this.problems.push({ code, severity: 'information', message, span });
      }
    }
  }
}
