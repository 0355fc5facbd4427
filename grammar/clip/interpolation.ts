import type { TravelPlan } from '../../plan/plan.ts';
import { lengthOf } from '../time/interpolation.ts';
import type { ClipContext } from './context.ts';

/**
 * The new frames of a clip.
 *
 * @param shown numbers of the shown frames in the clip, in the order in which they are shown
 * @param isWhole whether they are the whole clip
 * @throws {Error} if an error of the clip was ignored, so that no model is known
 */
export function planInterpolation(
  { settings, models, prompts }: Pick<ClipContext, 'settings' | 'models' | 'prompts'>,
  shown: readonly number[],
  isWhole: boolean,
): TravelPlan['output']['interpolation'] {
  const { interpolate, dialect } = settings;
  const length = lengthOf(settings, shown.length, isWhole);
  if (interpolate === undefined || length === null) return null;
  const { count, closed } = length;
  // sd-webui-animatediff mixes whatever it gets.
  const keepsCuts = dialect !== 'webui' && interpolate.cuts === 'keep';
  const common = { count, closed, cuts: keepsCuts ? cutGaps(prompts, shown, closed) : [], findCuts: keepsCuts };
  if (interpolate.method !== 'film') return { method: 'blend', ...common };
  const { film } = models;
  if (!film) throw new Error('A plan with FILM needs its model.');
  // The first version of the file is the same network; only the program around it ignored the time.
  return { method: 'film', model: film.file, timed: dialect !== 'webui' || film.timed, ...common };
}

/** Gaps between two frames of which the later one begins with a `cut`. By position in `shown`. */
function cutGaps(
  { placed, closed: promptsClosed }: ClipContext['prompts'],
  shown: readonly number[],
  closed: boolean,
): number[] {
  const isCut = ({ transition }: (typeof placed)[number]) => transition.kind === 'cut';
  const cuts = new Set(
    placed
      .slice(1)
      .filter(isCut)
      .map(({ frame }) => frame),
  );
  const [first] = placed;
  const wraps = promptsClosed && first !== undefined && first.frame === 0 && isCut(first);
  return shown.flatMap((frame, gap) => {
    if (gap === shown.length - 1 && !closed) return [];
    const next = shown[(gap + 1) % shown.length]!;
    // Frames can be shown backward, and the loop leads from the last one to the first.
    if (Math.abs(frame - next) === 1) return cuts.has(Math.max(frame, next)) ? [gap] : [];
    return wraps && next === 0 ? [gap] : [];
  });
}
