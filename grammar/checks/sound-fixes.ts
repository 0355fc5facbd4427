import { type ClipContext, type ClipOptions, clipContext } from '../clip/context.ts';
import { applyEdits } from '../format/format.ts';
import { withLineEndsOf } from '../line-ends.ts';
import type { Fix, Problem, TextSpan } from '../problem.ts';
import { runToEnd } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { reparse } from '../syntax/reparse.ts';
import { type Choice, type FixesTogether, fixesTogether } from './fixes-together.ts';
import { keyBeyondEnd } from './keyframes/key-beyond-end.ts';
import { inOrder, withRoom } from './longer-clip.ts';
import { checkClip } from './run.ts';

/**
 * Characters that the trials of one document may check. Later fixes are offered untried, so that an editor stays
 * responsive.
 */
const MOST_TRIED = 2_000_000;

export interface SoundFixes {
  /** With only those fixes that are sound. A fix is tried when `fixes` is first read. */
  readonly problems: readonly Problem[];
  /**
   * One fix of every problem of a kind, or the mechanical fixes of all kinds (null), that are sound when applied at
   * once.
   */
  readonly together: (code: Problem['code'] | null) => FixesTogether;
}

/** `tooShort`: the clip with the fixes, if they are not sound because keyframes are after its end. */
type Trial = { readonly sound: true } | { readonly sound: false; readonly tooShort: ClipContext | null };

/**
 * Finds which fixes are sound: the problem is gone, no error or warning is new, and no prompt changes that the problem
 * does not concern. A fix that makes a keyframe after the end of the clip also increases `frames`. Mechanical fixes
 * with a single edit that change no prompt are sound by construction (`test/grammar/checks/fixes.test.ts`).
 */
export function soundFixes(found: readonly Problem[], clip: ClipContext, options: ClipOptions): SoundFixes {
  const { document, environment, seed } = clip;
  const problems = withLineEnds(found, document.text);
  const earlier = countByCode(problems);
  // The same rolls as before, because other rolls can have other problems.
  const sameRolls = { ...options, overrides: { ...options.overrides, seed } };
  const trial = (choices: readonly Choice[]): Trial => {
    const text = applyEdits(document.text, inOrder(choices.flatMap(({ fix }) => fix.edits)));
    const fixed = reparse(document, text);
    const fixedClip = runToEnd(clipContext(fixed, environment, sameRolls));
    const later = runToEnd(checkClip(fixedClip));
    const concerned = choices.filter(({ fix }) => !fix.mechanical || fix.changesPrompt).map(({ problem }) => problem);
    if (!keepsOthers(concerned, document, fixed)) return { sound: false, tooShort: null };
    if (!isWorse(new Set(choices.map(({ problem }) => problem.code)), earlier, later)) return { sound: true };
    const { code } = keyBeyondEnd;
    const isTooShort = (countByCode(later).get(code) ?? 0) > (earlier.get(code) ?? 0);
    return { sound: false, tooShort: isTooShort ? fixedClip : null };
  };
  // The fixes of one kind are often those of all kinds, too.
  const trials: { readonly choices: readonly Choice[]; readonly sound: boolean }[] = [];
  const isSound = (choices: readonly Choice[]) => {
    const known = trials.find((other) => areSame(other.choices, choices));
    if (known) return known.sound;
    const { sound } = trial(choices);
    trials.push({ choices, sound });
    return sound;
  };
  let left = MOST_TRIED;
  // Problems can share a fix.
  const tried = new Map<Fix, Fix | null>();
  /** The fix, or one that also makes room for it; null if neither is sound. */
  const soundOne = (problem: Problem, fix: Fix): Fix | null => {
    if (isSimple(fix) || left < document.text.length) return fix;
    const known = tried.get(fix);
    if (known !== undefined) return known;
    left -= document.text.length;
    const result = trial([{ problem, fix }]);
    const longer = result.sound || !result.tooShort ? null : withRoom(fix, result.tooShort);
    const other = longer && trial([{ problem, fix: longer }]).sound ? longer : null;
    const sound = result.sound ? fix : other;
    tried.set(fix, sound);
    return sound;
  };
  const groups = new Map<Problem['code'] | null, FixesTogether>();
  return {
    problems: problems.map((problem) => {
      const { fixes } = problem;
      if (!fixes || fixes.every(isSimple)) return problem;
      let sound: readonly Fix[] | null = null;
      return {
        ...problem,
        get fixes() {
          sound ??= fixes.flatMap((fix) => soundOne(problem, fix) ?? []);
          return sound;
        },
      };
    }),
    together: (code) => {
      const group =
        groups.get(code) ??
        fixesTogether(problems, code, (choices) => choices.every(({ fix }) => isSimple(fix)) || isSound(choices));
      groups.set(code, group);
      return group;
    },
  };
}

/** The problems with fixes that keep the line ends of the file, so that no check has to. */
function withLineEnds(problems: readonly Problem[], source: string): Problem[] {
  const known = new Map<Fix, Fix>();
  const keeping = (fix: Fix): Fix => {
    const kept = known.get(fix) ?? {
      ...fix,
      edits: fix.edits.map(({ span, text }) => ({ span, text: withLineEndsOf(source, text) })),
    };
    known.set(fix, kept);
    return kept;
  };
  return problems.map((problem) => (problem.fixes ? { ...problem, fixes: problem.fixes.map(keeping) } : problem));
}

const isSimple = ({ mechanical, changesPrompt, edits }: Fix) => mechanical && !changesPrompt && edits.length === 1;

const areSame = (a: readonly Choice[], b: readonly Choice[]) =>
  a.length === b.length && a.every(({ fix }, i) => fix === b[i]!.fix);

type Counts = ReadonlyMap<Problem['code'], number>;

function countByCode(problems: readonly Problem[]): Counts {
  const counts = new Map<Problem['code'], number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

function isWorse(fixed: ReadonlySet<Problem['code']>, earlier: Counts, problems: readonly Problem[]): boolean {
  const later = countByCode(problems);
  for (const code of fixed) if ((later.get(code) ?? 0) >= (earlier.get(code) ?? 0)) return true;
  return problems.some(
    ({ code, severity }) =>
      (severity === 'error' || severity === 'warning') && later.get(code)! > (earlier.get(code) ?? 0),
  );
}

/** Whether every line of the head and tail, and every keyframe, that no problem concerns is unchanged. */
function keepsOthers(problems: readonly Problem[], before: TravelDocument, after: TravelDocument): boolean {
  const concerned = problems.flatMap(({ span, related = [] }) => [span, ...related.map((other) => other.span)]);
  const left = new Map<string, number>();
  for (const words of wordsOf(after, [])) left.set(words, (left.get(words) ?? 0) + 1);
  return wordsOf(before, concerned).every((words) => {
    const count = left.get(words) ?? 0;
    left.set(words, count - 1);
    return count > 0;
  });
}

function wordsOf({ head, keyframes, tail }: TravelDocument, except: readonly TextSpan[]): string[] {
  const isExcept = touches(except);
  return [
    ...[...head, ...tail].filter(({ line }) => !isExcept(line)).map(({ prompt }) => words(prompt.text)),
    ...keyframes
      // With a comment at the end of its line.
      .filter(({ span, line }) => !isExcept({ start: span.start, end: Math.max(span.end, line.end) }))
      .map(({ position, hold, transition, prompt, negative }) =>
        JSON.stringify([
          position.text,
          hold?.text,
          transition?.text,
          words(prompt.text),
          negative && words(negative.prompt.text),
        ]),
      ),
  ];
}

/** Whether a span touches one of the others. In logarithmic time, because all problems of a file can be among them. */
function touches(others: readonly TextSpan[]): (span: TextSpan) => boolean {
  const ordered = [...others].sort((a, b) => a.start - b.start);
  let furthest = -1;
  const ends = ordered.map(({ end }) => {
    furthest = Math.max(furthest, end);
    return furthest;
  });
  return (span) => {
    // How many start before the end of the span.
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ordered[middle]!.start <= span.end) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ends[low - 1]! >= span.start;
  };
}

const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');
