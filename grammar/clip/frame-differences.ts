import type { SettingKey } from '../settings/schema.ts';
import { valueOverTime } from '../time/schedule.ts';
import type { AssembledPrompts } from './assemble-keyframes.ts';
import type { ClipContext } from './context.ts';

/** Settings whose effect is in the prompts, shares and numbers of single frames, or not in the frames at all. */
const NOT_FOR_ALL_FRAMES: ReadonlySet<SettingKey> = new Set([
  'fps',
  'loop',
  'save',
  'output',
  'reverse',
  'frames',
  'negative_prompt',
  'transition',
  'cfg_scale',
  'motion_scale',
  'unload_models',
  'motion_module_device',
  'device',
]);

/**
 * Frames of `after` whose prompts or numbers differ from those of `before`, ascending; null: all of them.
 *
 * @param changed the settings that differ
 */
export function changedFrames(
  before: ClipContext,
  after: ClipContext,
  changed: readonly SettingKey[],
): number[] | null {
  if (before.seed !== after.seed || changed.some((key) => !NOT_FOR_ALL_FRAMES.has(key))) return null;
  const [a, b] = [framesOf(before), framesOf(after)];
  const isSamePrompt = rememberPairs((i, j) => isSame(before.prompts.assembled[i], after.prompts.assembled[j]));
  const different = b.mixes.flatMap((mix, frame) => {
    const old = a.mixes[frame];
    const same =
      old !== undefined &&
      Math.abs(old.t - mix.t) < 1e-9 &&
      isSamePrompt(old.from, mix.from) &&
      (mix.t === 0 || isSamePrompt(old.to, mix.to)) &&
      a.cfgScale[frame] === b.cfgScale[frame] &&
      a.motionScale[frame] === b.motionScale[frame];
    return same ? [] : [frame];
  });
  return different.length === b.mixes.length ? null : different;
}

function framesOf({ prompts, settings }: ClipContext) {
  const mixes = prompts.mixes();
  const time = { frames: mixes.length, fps: settings.fps };
  return {
    mixes,
    cfgScale: valueOverTime(settings.cfg_scale, time),
    motionScale: valueOverTime(settings.motion_scale, time),
  };
}

function isSame(a: AssembledPrompts | undefined, b: AssembledPrompts | undefined): boolean {
  if (!a || !b) return a === b;
  const loras = (prompts: AssembledPrompts) => JSON.stringify([...prompts.loras.values()]);
  return a.positive === b.positive && a.negative === b.negative && loras(a) === loras(b);
}

/** Asks once for each pair of indices: many frames mix the same two prompts. */
function rememberPairs(ask: (i: number, j: number) => boolean): (i: number, j: number) => boolean {
  const known = new Map<string, boolean>();
  return (i, j) => {
    const key = `${i} ${j}`;
    const answer = known.get(key) ?? ask(i, j);
    known.set(key, answer);
    return answer;
  };
}
