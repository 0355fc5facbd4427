import { ANNOTATOR_ALIASES } from '../../plan/annotators.ts';
import type { HintUnit } from '../../plan/clip-inputs.ts';
import { type FrameControl, isPooledModel } from '../../plan/controlnet.ts';
import {
  isDepth,
  NETWORK_ALIASES,
  networkAnnotator,
  PREPROCESSORS,
  type Preprocessor,
  type PublishedNetwork,
} from '../../plan/network-annotators.ts';
import type { FileRef, PlanImage, TravelPlan } from '../../plan/plan.ts';
import type { SourceRange } from '../../plan/source-time.ts';
import type { Settings } from '../settings/schema.ts';
import { type LengthSettings, renderedFps } from '../time/interpolation.ts';
import { type ClipTime, frameOf, parseHold } from '../time/position.ts';
import { valueOverTime } from '../time/schedule.ts';
import type { Environment, InputImages, OtherFiles, ResolvedModel } from './environment.ts';
import { type ClipImages, videoImages, videoRange } from './images.ts';
import { Indexed, IndexedPictures } from './indexed.ts';

type ControlNetUnit = Settings['controlnet'][number];

/** The settings that give a unit an input of its own, which comes before the shared video. */
export const OWN_INPUTS = ['image', 'batch', 'video'] as const;

/** Those that a unit has. */
export const ownInputs = (unit: ControlNetUnit): (typeof OWN_INPUTS)[number][] =>
  OWN_INPUTS.filter((key) => unit[key] !== undefined);

/** The pictures that a unit names; null: not set, not found, or the environment reads no files. */
export type UnitPictures =
  /** One for all frames. */
  | { readonly kind: 'image'; readonly file: FileRef }
  /** By position as written; null: not found. */
  | { readonly kind: 'images'; readonly files: ReadonlyMap<string, FileRef | null> }
  /** One for each frame, in order. */
  | { readonly kind: 'batch'; readonly files: readonly FileRef[]; readonly others?: OtherFiles }
  /** What a video, or a folder of its frames, shows in each frame. */
  | { readonly kind: 'video'; readonly input: InputImages; readonly range: SourceRange };

const WHOLE: SourceRange = { from: 0, to: null, repeat: false };

/**
 * @param shared the video of `video`, for units without an input of their own
 * @param inherited the extended file that sets a setting: paths in it are relative to its folder
 */
export function clipControls(
  { controlnet, video }: Pick<Settings, 'controlnet' | 'video'>,
  shared: ClipImages['video'],
  inherited: ReadonlyMap<string, string>,
  environment: Environment,
): (UnitPictures | null)[] {
  const from = inherited.get('controlnet') ?? '';
  const found = (path: string): InputImages | null => environment.inputImages?.(path, from) ?? null;
  const image = (path: string): FileRef | null => {
    const images = found(path);
    return images?.kind === 'file' ? (images.files[0] ?? null) : null;
  };
  return controlnet.map((unit): UnitPictures | null => {
    if (typeof unit.image === 'string') {
      const file = image(unit.image);
      return file && { kind: 'image', file };
    }
    if (unit.image !== undefined) {
      const files = Object.entries(unit.image).map(([position, path]) => [position, image(path)] as const);
      return { kind: 'images', files: new Map(files) };
    }
    if (unit.batch !== undefined) {
      const folder = found(unit.batch);
      if (folder?.kind !== 'folder') return null;
      return { kind: 'batch', files: folder.files, ...(folder.others && { others: folder.others }) };
    }
    const own = unit.video === undefined ? null : found(unit.video);
    if (unit.video !== undefined) return own?.kind === 'file' ? { kind: 'video', input: own, range: WHOLE } : null;
    return shared && video ? { kind: 'video', input: shared, range: videoRange(video) } : null;
  });
}

/**
 * Where each unit acts: its own mask or the shared one, one for all frames or a folder with one for each; null: not set,
 * not found, or the environment reads no files.
 */
export function clipControlMasks(
  { controlnet, mask: shared }: Pick<Settings, 'controlnet' | 'mask'>,
  inherited: ReadonlyMap<string, string>,
  environment: Environment,
): (InputImages | null)[] {
  const find = (path: string | undefined, key: string) =>
    path === undefined ? null : (environment.inputImages?.(path, inherited.get(key) ?? '') ?? null);
  return controlnet.map(
    ({ mask }) => find(mask, 'controlnet') ?? find(mask === undefined ? shared : undefined, 'mask'),
  );
}

/**
 * The ControlNet of a plan, and what each frame gets from its units.
 *
 * @param masks where each unit acts; null: everywhere
 * @param networks of each unit's preprocessor
 * @param time of the whole clip; `renderedFps`: at which its frames follow one another in a video
 * @returns null if no unit acts on any frame
 */
export function planControl(
  units: readonly ControlNetUnit[],
  models: readonly (ResolvedModel | null)[],
  pictures: readonly (UnitPictures | null)[],
  masks: readonly (InputImages | null)[],
  networks: readonly (readonly UnitNetwork[])[],
  time: ControlTime,
): {
  readonly control: NonNullable<TravelPlan['control']>;
  readonly frames: readonly (FrameControl | null)[][];
} | null {
  const used = new IndexedPictures();
  const usedMasks = new Indexed<FileRef>();
  const acting = units.flatMap((unit, i) => {
    const [model, own] = [models[i], pictures[i]];
    if (!model || !own) return [];
    const mask = masks[i] ?? null;
    const frames = unitFrames(unit, own, time).map((each, frame): FrameControl | null => {
      if (!each) return null;
      const { picture, weight } = each;
      const region = mask?.files[mask.kind === 'folder' ? frame : 0];
      return {
        picture: used.indexOf(picture),
        weight,
        ...(region && { mask: usedMasks.indexOf(region, region.path) }),
      };
    });
    if (frames.every((frame) => frame === null)) return [];
    return [{ unit: unitOf(unit, model, networks[i] ?? []), frames }];
  });
  if (acting.length === 0) return null;
  return {
    control: {
      units: acting.map(({ unit }) => unit),
      pictures: used.values,
      ...(usedMasks.values.length > 0 && { masks: usedMasks.values }),
    },
    frames: Array.from({ length: time.frames }, (_, frame) => acting.map((each) => each.frames[frame]!)),
  };
}

interface ControlTime extends ClipTime {
  readonly renderedFps: number;
}

/** The time of a clip, for what its units follow. @param frames of the whole clip */
export const controlTime = (settings: LengthSettings & Pick<Settings, 'fps'>, frames: number): ControlTime => ({
  frames,
  fps: settings.fps,
  renderedFps: renderedFps(settings),
});

/** What a unit has of each frame of the clip; null: it does not act on it. */
export function unitFrames(
  { weight }: Pick<ControlNetUnit, 'weight'>,
  pictures: UnitPictures,
  time: ControlTime,
): ({ readonly picture: PlanImage; readonly weight: number } | null)[] {
  const files = filesOverTime(pictures, time);
  return valueOverTime(weight, time).map((each, frame) => {
    const picture = files[frame];
    return picture && each > 0 ? { picture, weight: each } : null;
  });
}

/** The picture of each frame; null: none. Of several at one frame, the later one counts. */
function filesOverTime(pictures: UnitPictures, time: ControlTime): (PlanImage | null)[] {
  const all = Array.from({ length: time.frames }, (_, frame) => frame);
  switch (pictures.kind) {
    case 'image':
      return all.map(() => pictures.file);
    case 'batch':
      return all.map((frame) => pictures.files[frame] ?? null);
    case 'video': {
      const { images, ofFrame } = videoImages(pictures.input, pictures.range, {
        frames: time.frames,
        fps: time.renderedFps,
      });
      return all.map((frame) => images[ofFrame[frame]!] ?? null);
    }
    case 'images': {
      const files = new Array<FileRef | null>(time.frames).fill(null);
      for (const [position, file] of pictures.files) {
        const hold = parseHold(position)!;
        const first = frameOf(hold.from, time);
        const last = hold.through ? frameOf(hold.through, time) : first;
        for (let frame = Math.max(0, first); frame <= Math.min(last, time.frames - 1); frame++) files[frame] = file;
      }
      return files;
    }
  }
}

type PlanUnit = NonNullable<TravelPlan['control']>['units'][number];

function unitOf(unit: ControlNetUnit, { name, file }: ResolvedModel, networks: readonly UnitNetwork[]): PlanUnit {
  const { mode, start, end, empty } = unit;
  const hint = hintUnitOf(unit, name, networks);
  if (!hint) throw new Error(`A plan needs the preprocessor ${unit.preprocessor}.`);
  return { ...hint, file, mode, start, end, pooled: isPooledModel(name), ...(empty !== 'use' && { empty }) };
}

/**
 * How a unit's hints are made; null: its preprocessor is not available, or a network of it is not found.
 *
 * @param name of its model
 */
export function hintUnitOf(
  { preprocessor: written, resize, normalise }: ControlNetUnit,
  name: string,
  networks: readonly UnitNetwork[],
): HintUnit | null {
  const preprocessor = preprocessorOf(written);
  const files = networks.flatMap(({ file }) => file ?? []);
  if (!PREPROCESSORS.includes(preprocessor) || files.length < networks.length) return null;
  return {
    ...{ name, preprocessor, resize },
    ...(files.length > 0 && { networks: files }),
    ...(normalise === 'clip' && isDepth(preprocessor) && { normalise }),
  };
}

/** What a preprocessor is by its own name. Those that are not available are reported. */
export function preprocessorOf(preprocessor: ControlNetUnit['preprocessor']): Preprocessor {
  const aliases: Readonly<Partial<Record<string, Preprocessor>>> = { ...ANNOTATOR_ALIASES, ...NETWORK_ALIASES };
  return aliases[preprocessor] ?? (preprocessor as Preprocessor);
}

/** A network that a unit's preprocessor needs. */
export interface UnitNetwork extends PublishedNetwork {
  /** null: not found. */
  readonly file: FileRef | null;
}

/** The networks of each unit's preprocessor; none if it needs none, or the environment reads no files. */
export function clipNetworks(
  { controlnet }: Pick<Settings, 'controlnet'>,
  environment: Environment,
): (readonly UnitNetwork[])[] {
  return controlnet.map(({ preprocessor }) =>
    (networkAnnotator(preprocessorOf(preprocessor))?.networks ?? []).flatMap((network) =>
      environment.networkFile ? [{ ...network, file: environment.networkFile(network.names) }] : [],
    ),
  );
}
