import type { ClipContext } from '../../grammar/clip/context.ts';
import { controlTime, unitFrames } from '../../grammar/clip/controls.ts';
import { clipSteps, stepChoice } from '../../grammar/clip/sampling.ts';
import type { Settings } from '../../grammar/settings/schema.ts';
import { type TravellingNumber, valueOverTime } from '../../grammar/time/schedule.ts';
import { unitSteps } from '../../plan/controlnet.ts';
import { type FrameMix, mixedNumber } from '../../plan/mixing.ts';
import type { TimelineLane } from '../../protocol/timeline.ts';

/** With as many digits as a screen can show. */
export const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/**
 * The numbers of a clip that may change from frame to frame, as its plan has them: the guidance, the motion scale if it
 * is not 1, and the weight of each LoRA and of each ControlNet unit.
 *
 * @param mixFrames which keyframes each frame mixes; called only if a number changes. Empty: only what does not change
 * has a lane
 */
export function lanesOf(
  { settings, prompts, controls }: ClipContext,
  mixFrames: () => readonly FrameMix[],
): TimelineLane[] {
  let known: readonly FrameMix[] | null = null;
  const mixesOnce = () => (known ??= mixFrames());
  const numberLane = (name: string, value: TravellingNumber): TimelineLane[] => {
    if (typeof value === 'number') return [{ name, kind: 'number', values: [value] }];
    const time = { frames: mixesOnce().length, fps: settings.fps };
    return time.frames === 0 ? [] : [{ name, kind: 'number', values: unchanged(valueOverTime(value, time)) }];
  };
  const loraLanes = [...prompts.loras].flatMap(([name, { model, weights }]): TimelineLane[] => {
    // A motion LoRA has one weight for the clip.
    const strengths =
      model?.description.kind === 'motion-lora' ? [...weights].slice(0, 1) : loraStrengths(prompts, name);
    if (new Set(strengths).size === 1) return [{ name, kind: 'lora', values: [strengths[0]!] }];
    const values = mixesOnce().map(({ from, to, t }) => mixedNumber(strengths[from]!, strengths[to]!, t));
    return values.length === 0 ? [] : [{ name, kind: 'lora', values: unchanged(values) }];
  });
  const unitLanes = settings.controlnet.flatMap((unit, i): TimelineLane[] => {
    const pictures = controls[i];
    const frames = pictures ? mixesOnce().length : 0;
    if (!pictures || frames === 0) return [];
    const weights = unitFrames(unit, pictures, controlTime(settings, frames)).map((frame) => frame?.weight ?? 0);
    return [{ name: unitName(unit, i), kind: 'unit', steps: stepsOfUnit(settings, unit), values: unchanged(weights) }];
  });
  return [
    ...numberLane('cfg_scale', settings.cfg_scale),
    ...(settings.motion_scale === 1 ? [] : numberLane('motion_scale', settings.motion_scale)),
    ...loraLanes,
    ...unitLanes,
  ];
}

type Unit = Settings['controlnet'][number];

/** `1 canny`. A map that another program made is known by its model. */
const unitName = ({ preprocessor, model }: Unit, index: number): string =>
  `${index + 1} ${preprocessor === 'none' ? model : preprocessor}`;

/** The steps in which a unit acts, as the sampler makes them. */
export const stepsOfUnit = (settings: Settings, unit: Unit) =>
  unitSteps(unit, clipSteps(settings), stepChoice(settings));

/** The strength of a LoRA in the UNet at each keyframe; 0 where it is not named. */
function loraStrengths({ assembled }: ClipContext['prompts'], name: string): number[] {
  return assembled.map(({ loras }) => loras.get(name)?.unet ?? 0);
}

/** A single value if all are the same. */
function unchanged(values: readonly number[]): number[] {
  const all = values.map(rounded);
  return all.every((value) => value === all[0]) ? all.slice(0, 1) : all;
}
