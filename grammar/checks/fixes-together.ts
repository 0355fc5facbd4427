import type { Fix, Problem } from '../problem.ts';

/** Fixes of several problems that are applied at once. */
export interface FixesTogether {
  readonly fixes: readonly Fix[];
  /** How many problems have such a fix. */
  readonly of: number;
}

/** A problem, and the one of its fixes that is applied. */
export interface Choice {
  readonly problem: Problem;
  readonly fix: Fix;
}

/** Each trial checks the whole file again, and somebody waits for it with a menu open. */
export const MOST_TRIALS = 4;

/**
 * The first fix of every problem of a kind, or the first mechanical fix of every problem (null). The result is sound as
 * a whole: if all fixes at once are not, the longest sound part is found by halving, in at most `MOST_TRIALS` trials.
 */
export function fixesTogether(
  problems: readonly Problem[],
  code: Problem['code'] | null,
  isSound: (choices: readonly Choice[]) => boolean,
): FixesTogether {
  const choices = problems.flatMap((problem): Choice[] => {
    if (code !== null && problem.code !== code) return [];
    const fix = problem.fixes?.find(({ mechanical }) => code !== null || mechanical);
    return fix ? [{ problem, fix }] : [];
  });
  const separate = apart(choices);
  let left = MOST_TRIALS;
  const soundPart = (part: readonly Choice[]): readonly Choice[] => {
    if (part.length === 0 || left === 0) return [];
    left--;
    if (isSound(part)) return part;
    if (part.length === 1) return [];
    const middle = part.length >> 1;
    const halves = [soundPart(part.slice(0, middle)), soundPart(part.slice(middle))] as const;
    const both = halves.flat();
    if (halves.every((half) => half.length > 0) && both.length < part.length && left > 0) {
      left--;
      if (isSound(both)) return both;
    }
    return halves[0].length >= halves[1].length ? halves[0] : halves[1];
  };
  // A single fix is offered at its problem.
  const sound = separate.length > 1 || code === null ? soundPart(separate) : separate;
  return { fixes: sound.map(({ fix }) => fix), of: choices.length };
}

/** Leaves out each fix whose edits touch those of an earlier one; it can be applied afterwards. */
function apart(choices: readonly Choice[]): Choice[] {
  const chosen: Choice[] = [];
  // Ordered by start, so that only the furthest end so far has to be compared.
  const ordered = [...choices].sort((a, b) => startOf(a) - startOf(b));
  let free = -1;
  for (const choice of ordered) {
    if (startOf(choice) <= free) continue;
    chosen.push(choice);
    free = choice.fix.edits.reduce((end, { span }) => Math.max(end, span.end), free);
  }
  return chosen;
}

const startOf = ({ fix }: Choice) => fix.edits.reduce((start, { span }) => Math.min(start, span.start), Infinity);
