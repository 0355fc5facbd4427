import { type ClipContext, type ClipOptions, clipContext } from '../clip/context.ts';
import { applyEdits } from '../format/format.ts';
import { withLineEndsOf } from '../line-ends.ts';
import type { Fix, Problem, TextSpan } from '../problem.ts';
import { runToEnd } from '../sliced-task.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { reparse } from '../syntax/reparse.ts';
import { keyBeyondEnd } from './keyframes/key-beyond-end.ts';
import { inOrder, withRoom } from './longer-clip.ts';
import { checkClip } from './run.ts';

/** Characters that the trials of one document may check. Later fixes are offered untried, so that an editor stays responsive. */
const MOST_TRIED = 2_000_000;

/**
 * The problems with only those fixes that are sound: the problem is gone, no error or warning is new, and no prompt
 * changes that the problem does not concern. A fix that makes a keyframe after the end of the clip also increases
 * `frames`. A fix is tried when `fixes` is first read. Mechanical fixes with a single edit
 * that change no prompt are sound by construction (`test/grammar/checks/fixes.test.ts`).
 */
export function withSoundFixes(found: readonly Problem[], clip: ClipContext, options: ClipOptions): Problem[] {
  const { document, environment, seed } = clip;
  const problems = found.map((problem) => withLineEnds(problem, document.text));
  const earlier = countByCode(problems);
  // The same rolls as before, because other rolls can have other problems.
  const sameRolls = { ...options, overrides: { ...options.overrides, seed } };
  let left = MOST_TRIED;
  const sound = (problem: Problem, fix: Fix, makesRoom = false): Fix | null => {
    if (isSimple(fix) || left < document.text.length) return fix;
    left -= document.text.length;
    const text = applyEdits(document.text, inOrder(fix.edits));
    const fixed = reparse(document, text);
    const fixedClip = runToEnd(clipContext(fixed, environment, sameRolls));
    const later = runToEnd(checkClip(fixedClip));
    if (!keepsOthers(fix.mechanical && !fix.changesPrompt ? null : problem, document, fixed)) return null;
    if (!isWorse(problem, earlier, later)) return fix;
    const { code } = keyBeyondEnd;
    const needsRoom = !makesRoom && (countByCode(later).get(code) ?? 0) > (earlier.get(code) ?? 0);
    const longer = needsRoom ? withRoom(fix, fixedClip) : null;
    return longer && sound(problem, longer, true);
  };
  // Problems can share a fix.
  const tried = new Map<Fix, Fix | null>();
  return problems.map((problem) => {
    const { fixes } = problem;
    if (!fixes || fixes.every(isSimple)) return problem;
    let offered: readonly Fix[] | null = null;
    return {
      ...problem,
      get fixes() {
        offered ??= fixes.flatMap((fix) => {
          const known = tried.get(fix);
          const result = known === undefined ? sound(problem, fix) : known;
          tried.set(fix, result);
          return result ?? [];
        });
        return offered;
      },
    };
  });
}

/** The problem with fixes that keep the line ends of the file, so that no check has to. */
function withLineEnds(problem: Problem, source: string): Problem {
  if (!problem.fixes) return problem;
  const keeping = (fix: Fix): Fix => ({
    ...fix,
    edits: fix.edits.map(({ span, text }) => ({ span, text: withLineEndsOf(source, text) })),
  });
  return { ...problem, fixes: problem.fixes.map(keeping) };
}

const isSimple = ({ mechanical, changesPrompt, edits }: Fix) => mechanical && !changesPrompt && edits.length === 1;

type Counts = ReadonlyMap<Problem['code'], number>;

function countByCode(problems: readonly Problem[]): Counts {
  const counts = new Map<Problem['code'], number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

function isWorse({ code: fixed }: Problem, earlier: Counts, problems: readonly Problem[]): boolean {
  const later = countByCode(problems);
  if ((later.get(fixed) ?? 0) >= (earlier.get(fixed) ?? 0)) return true;
  return problems.some(
    ({ code, severity }) =>
      (severity === 'error' || severity === 'warning') && later.get(code)! > (earlier.get(code) ?? 0),
  );
}

/** Whether every line of the head and tail, and every keyframe, that a problem does not concern is unchanged; null: all. */
function keepsOthers(problem: Problem | null, before: TravelDocument, after: TravelDocument): boolean {
  const concerned = problem ? [problem.span, ...(problem.related ?? []).map(({ span }) => span)] : [];
  const left = new Map<string, number>();
  for (const words of wordsOf(after, [])) left.set(words, (left.get(words) ?? 0) + 1);
  return wordsOf(before, concerned).every((words) => {
    const count = left.get(words) ?? 0;
    left.set(words, count - 1);
    return count > 0;
  });
}

function wordsOf({ head, keyframes, tail }: TravelDocument, except: readonly TextSpan[]): string[] {
  const isExcept = (span: TextSpan) => except.some(({ start, end }) => start <= span.end && span.start <= end);
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

const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');
