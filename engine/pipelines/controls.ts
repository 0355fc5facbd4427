import { setImmediate } from 'node:timers/promises';
import { actsOnNegative, isSoft, type ModelCallPlace, unitActs } from '../../plan/controlnet.ts';
import { controlNetFiles, hintImages } from '../../plan/model-files.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { hintOf } from '../annotators/hint.ts';
import { hasDarkLines } from '../annotators/hints/dark-lines.ts';
import type { Picture } from '../annotators/picture.ts';
import { planPictures } from '../inputs/pictures.ts';
import { readWithAlpha } from '../media/read-image.ts';
import { FileHashes } from '../models/file-hashes.ts';
import { unchangedState } from '../models/model-files.ts';
import type { UNet } from '../models/unet/unet.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import type { PipelineContext } from './context.ts';
import type { WindowControl } from './denoiser.ts';

type ControlPlan = Pick<TravelPlan, 'control' | 'frames' | 'sampling' | 'width' | 'height'>;
type Context = Pick<PipelineContext, 'files' | 'progress' | 'signal' | 'cacheFolder' | 'warn' | 'info'>;

/** The ControlNets that act on a window at a model call. @param positions in the plan's `frames` */
export type ControlsAt = (positions: readonly number[], place: ModelCallPlace) => readonly WindowControl[];

/**
 * The ControlNet units of a plan, with the hints of all frames that they act on. Each picture is annotated and embedded
 * once, however many frames and units have it; pictures of equal contents are one.
 *
 * @throws RenderError if a file has changed since it was planned, or is no image
 */
export async function openControls(
  plan: ControlPlan,
  unet: Pick<UNet, 'embedHints'>,
  context: Context,
): Promise<ControlsAt> {
  const { control, frames, sampling } = plan;
  if (!control) return () => [];
  const identities = await identify(control.pictures, context);
  const models = controlNetFiles(plan).map(({ path }) => path);
  /** Of each unit, its embedded hints by the index of the picture. */
  const hints = await embedAll(plan, unet, context, identities, models);
  return (positions, place) =>
    control.units.flatMap((unit, index): WindowControl[] => {
      if (!unitActs(unit, place, sampling)) return [];
      const own = positions.map((position) => frames[position]!.controls?.[index] ?? null);
      const weights = own.map((frame) => frame?.weight ?? 0);
      const first = own.find((frame, i) => frame !== null && weights[i] !== 0);
      if (!first) return [];
      const embedded = (picture: number) => hints[index]!.get(picture)!;
      return [
        {
          controlNet: models.indexOf(unit.file.path),
          // A frame without a hint has weight 0, so any other one is as good.
          hints: own.map((frame, i) => embedded(frame && weights[i] !== 0 ? frame.picture : first.picture)),
          weights,
          soft: isSoft(unit),
          pooled: unit.pooled,
          negative: actsOnNegative(unit),
        },
      ];
    });
}

type Pictures = NonNullable<TravelPlan['control']>['pictures'];

/** What is equal for pictures of equal contents. */
async function identify(pictures: Pictures, { cacheFolder, signal }: Context): Promise<string[]> {
  const files = new Map(pictures.map(({ file }) => [file.path, file]));
  const hashes = await new FileHashes(cacheFolder).of([...files.values()], signal);
  return pictures.map(({ file: { path }, shown }) => `${hashes.get(path) ?? path} ${JSON.stringify(shown ?? null)}`);
}

async function embedAll(
  plan: ControlPlan,
  unet: Pick<UNet, 'embedHints'>,
  context: Context,
  identities: readonly string[],
  models: readonly string[],
): Promise<ReadonlyMap<number, Float32Array>[]> {
  const { frames, width, height } = plan;
  const { units } = plan.control!;
  const used = units.map((_, unit) => [
    ...new Set(
      frames.flatMap(({ controls }) => {
        const own = controls?.[unit];
        return own && own.weight !== 0 ? [own.picture] : [];
      }),
    ),
  ]);
  const total = used.reduce((sum, { length }) => sum + length, 0);
  context.progress.begin('encode', 0, total);
  const hints = new HintMaker(plan, context);
  const size = { height: height / VAE_FACTOR, width: width / VAE_FACTOR };
  /** By the ControlNet and what its hint is made of. */
  const embedded = new Map<string, Float32Array>();
  const all: Map<number, Float32Array>[] = [];
  for (const [index, unit] of units.entries()) {
    const model = models.indexOf(unit.file.path);
    const keyOf = (picture: number) => [model, identities[picture], unit.preprocessor, unit.resize].join(' ');
    const missing = [...new Map(used[index]!.map((picture) => [keyOf(picture), picture])).entries()].filter(
      ([key]) => !embedded.has(key),
    );
    /** In the order in which their hints are made. */
    const order: number[] = [];
    const wanted = new Set(missing.map(([, picture]) => picture));
    const made = await unet.embedHints(model, hints.each(unit, wanted, order), size);
    for (const [i, picture] of order.entries()) embedded.set(keyOf(picture), made[i]!);
    for (const _ of used[index]!) context.progress.advance(total);
    all.push(new Map(used[index]!.map((picture) => [picture, embedded.get(keyOf(picture))!])));
  }
  return all;
}

/** Models of edges, lines and scribbles, by their usual names. */
const LINE_MODEL = /canny|lineart|line_art|scribble|softedge|hed|pidi|mlsd/i;

type Unit = NonNullable<TravelPlan['control']>['units'][number];

/** Makes hints from the pictures of a plan. */
class HintMaker {
  readonly #plan: ControlPlan;
  readonly #context: Context;
  readonly #warned = new Set<string>();

  constructor(plan: ControlPlan, context: Context) {
    this.#plan = plan;
    this.#context = context;
  }

  /**
   * The hints of pictures for a unit, as a ControlNet takes them: first those of image files.
   *
   * @param order receives the index of each picture before its hint
   */
  async *each(unit: Unit, wanted: ReadonlySet<number>, order: number[]): AsyncGenerator<Float32Array> {
    const { pictures } = this.#plan.control!;
    for (const index of wanted) {
      const { file, shown } = pictures[index]!;
      if (shown) continue;
      await this.#begin();
      await unchangedState(file);
      order.push(index);
      yield toInput(this.#make(unit, await readWithAlpha(file.path), file.path));
    }
    const inVideos = new Set([...wanted].filter((index) => pictures[index]!.shown));
    if (inVideos.size === 0) return;
    for await (const { indices, rgb, width, height } of planPictures(
      hintImages(this.#plan),
      inVideos,
      null,
      this.#context,
    )) {
      await this.#begin();
      const hint = toInput(
        this.#make(unit, { width, height, channels: 3, data: rgb }, pictures[indices[0]!]!.file.path),
      );
      for (const index of indices) {
        order.push(index);
        yield hint;
      }
    }
  }

  /** Annotating blocks the thread. This lets a cancel request in. */
  async #begin(): Promise<void> {
    const { files, signal } = this.#context;
    await setImmediate();
    signal.throwIfAborted();
    await files.check();
  }

  #make({ name, preprocessor, resize }: Unit, picture: Picture, path: string): Picture {
    const { sampling, width, height } = this.#plan;
    // sd-webui-controlnet's seed of random annotators.
    const seed = (sampling.seed + sampling.noise.subseed) % 2 ** 32;
    const hint = hintOf(picture, { preprocessor, resize, width, height, seed });
    if (preprocessor === 'none') this.#warnOfDarkLines(hint, path, name);
    return hint;
  }

  /** Once for each unit: the images of a folder are alike. */
  #warnOfDarkLines(hint: Picture, path: string, unit: string): void {
    if (this.#warned.has(unit) || !LINE_MODEL.test(unit) || !hasDarkLines(hint)) return;
    this.#warned.add(unit);
    this.#context.warn(
      `${path} has dark lines on white, but ${unit} was trained with white lines on black. Set \`preprocessor: invert\`.`,
    );
  }
}

/** 8-bit RGB `[height, width, 3]` as `[3, height, width]`, values from 0 to 1. */
export function toInput({ data }: Picture): Float32Array {
  const area = data.length / 3;
  const out = new Float32Array(data.length);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++) out[channel * area + pixel] = data[pixel * 3 + channel]! / 255;
  }
  return out;
}
