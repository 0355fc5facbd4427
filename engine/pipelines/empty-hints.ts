import { mapOfModel } from '../../plan/control-maps.ts';
import type { FrameControl } from '../../plan/controlnet.ts';
import { framesInWords } from '../../plan/frames-in-words.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { PipelineContext } from './context.ts';

type Unit = NonNullable<TravelPlan['control']>['units'][number];

/**
 * What each frame gets from a unit, after its black hints: as they are, the last one that is not black, or nothing, as the
 * unit says. Before the first one that is not black, nothing is held.
 *
 * @param frames with what the unit has for them
 * @param empty pictures whose hints are black
 * @param report receives frames with black hints, if there are any, and whether all frames of the unit have one
 */
export function withoutEmpty(
  frames: readonly { readonly index: number; readonly control: FrameControl | null }[],
  rule: Unit['empty'],
  empty: ReadonlySet<number>,
  report: (frames: readonly number[], isEvery: boolean) => void,
): (FrameControl | null)[] {
  const found: number[] = [];
  let last: number | null = null;
  let isEvery = true;
  const given = frames.map(({ index, control: own }): FrameControl | null => {
    if (!own || own.weight === 0) return own;
    if (!empty.has(own.picture)) {
      last = own.picture;
      isEvery = false;
      return own;
    }
    found.push(index);
    if (rule === undefined) return own;
    return rule === 'off' || last === null ? null : { ...own, picture: last };
  });
  if (found.length > 0) report(found, isEvery);
  return given;
}

/** Reports frames with black hints, with what can be done. For models of images, black is an image. */
export function reportFor(
  { name, empty }: Pick<Unit, 'name' | 'empty'>,
  { warn, info }: Pick<PipelineContext, 'warn' | 'info'>,
): (frames: readonly number[], isEvery: boolean) => void {
  return (frames, isEvery) => {
    if (mapOfModel(name) === 'images') return;
    const what = `The hint of ${name} is black in ${framesInWords(frames)}: nothing was found there.`;
    // They may be a part of the clip, so another frame may have a hint.
    if (isEvery) {
      const does = empty === undefined ? 'guides all of these frames by black' : 'does not act in any of these frames';
      const off = empty === undefined ? ', or `empty: off` for weight 0' : '';
      warn(`${what} The unit ${does}. Use another input or preprocessor${off}.`);
    } else if (empty === 'hold') info(`${what} The last hint is held.`);
    else if (empty === 'off') info(`${what} The unit does not act there.`);
    else {
      warn(
        `${what} The unit guides these frames by black. Set \`empty: hold\` to hold the last hint, or \`empty: off\` for weight 0.`,
      );
    }
  };
}
