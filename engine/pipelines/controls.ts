import { actsOnNegative, hintSeed, isSoft, type ModelCallPlace, unitActs } from '../../plan/controlnet.ts';
import { controlNetFiles } from '../../plan/model-files.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { UNet } from '../models/unet/unet.ts';
import type { PipelineContext } from './context.ts';
import { readControlMasks } from './control-masks.ts';
import type { WindowControl } from './denoiser.ts';
import { EmbeddedHints } from './embedded-hints.ts';
import { reportFor, withoutEmpty } from './empty-hints.ts';
import { HintMaker, identifyPictures } from './hint-maker.ts';

type ControlPlan = Pick<TravelPlan, 'control' | 'frames' | 'sampling' | 'width' | 'height'>;
type Context = Pick<PipelineContext, 'files' | 'progress' | 'signal' | 'cacheFolder' | 'warn' | 'info'>;

/** The ControlNets that act on a window at a model call. @param positions in the plan's `frames` */
export type ControlsAt = (positions: readonly number[], place: ModelCallPlace) => Promise<readonly WindowControl[]>;

/**
 * The ControlNet units of a plan, with the hints of all frames that they act on.
 *
 * @throws RenderError if a file has changed since it was planned, or is no image
 */
export async function openControls(
  plan: ControlPlan,
  unet: Pick<UNet, 'embedHints'>,
  context: Context,
): Promise<ControlsAt> {
  const { control, sampling } = plan;
  if (!control) return async () => [];
  const identities = await identifyPictures(control.pictures, context);
  const models = controlNetFiles(plan).map(({ path }) => path);
  const used = usedPictures(plan);
  const hints = await embeddedHints(plan, used, unet, context, identities, models);
  const masks = await readControlMasks(plan, context);
  const given = control.units.map((unit, i) => {
    const empty = new Set(used[i]!.filter((picture) => hints.isEmpty(i, picture)));
    const frames = plan.frames.map(({ index, controls }) => ({ index, control: controls?.[i] ?? null }));
    return withoutEmpty(frames, unit.empty, empty, reportFor(unit, context));
  });
  return async (positions, place) => {
    const acting: WindowControl[] = [];
    for (const [index, unit] of control.units.entries()) {
      if (!unitActs(unit, place, sampling)) continue;
      const own = positions.map((position) => given[index]![position]!);
      const regions = own.map((frame) => (frame?.mask === undefined ? undefined : masks.get(frame.mask)!));
      const weights = own.map((frame, i) => (frame && regions[i] !== null ? frame.weight : 0));
      const first = own.find((frame, i) => frame !== null && weights[i] !== 0);
      if (!first) continue;
      acting.push({
        controlNet: models.indexOf(unit.file.path),
        // A frame without a hint has weight 0, so any other one is as good.
        hints: await hints.of(
          index,
          own.map((frame, i) => (frame && weights[i] !== 0 ? frame.picture : first.picture)),
        ),
        weights,
        ...withMasks(regions),
        soft: isSoft(unit),
        pooled: unit.pooled,
        negative: actsOnNegative(unit),
      });
    }
    return acting;
  };
}

/** Indices of the pictures that each unit of a plan uses. */
function usedPictures({ control, frames }: ControlPlan): number[][] {
  return control!.units.map((_, unit) => [
    ...new Set(
      frames.flatMap(({ controls }) => {
        const own = controls?.[unit];
        return own && own.weight !== 0 ? [own.picture] : [];
      }),
    ),
  ]);
}

async function embeddedHints(
  { control, sampling, width, height }: ControlPlan,
  used: readonly (readonly number[])[],
  unet: Pick<UNet, 'embedHints'>,
  context: Context,
  identities: readonly (string | null)[],
  models: readonly string[],
): Promise<EmbeddedHints> {
  const { units, pictures } = control!;
  const total = used.reduce((sum, { length }) => sum + length, 0);
  context.progress.begin('encode', 0, total);
  const seed = hintSeed(sampling.seed, sampling.noise.subseed);
  const maker = new HintMaker({ pictures, seed, width, height }, context, identities);
  const hints = new EmbeddedHints({ units, used, models, pictures, identities, width, height }, unet, maker);
  await hints.prepare(() => context.progress.advance(total));
  return hints;
}

/** What a unit gets of masks: nothing if no frame has one. A frame without one is all white, one of weight 0 anything. */
function withMasks(regions: readonly (Float32Array | null | undefined)[]): Pick<WindowControl, 'masks'> {
  const any = regions.find((region) => region != null);
  if (!any) return {};
  const white = any.map(() => 1);
  return { masks: regions.map((region) => region ?? white) };
}
