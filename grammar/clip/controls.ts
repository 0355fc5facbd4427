import { ANNOTATOR_ALIASES, type AnnotatorName } from '../../plan/annotators.ts';
import { type FrameControl, isPooledModel } from '../../plan/controlnet.ts';
import type { FileRef, PlanImage, TravelPlan } from '../../plan/plan.ts';
import type { SourceRange } from '../../plan/source-time.ts';
import type { Settings } from '../settings/schema.ts';
import { type ClipTime, frameOf, parseHold } from '../time/position.ts';
import { valueOverTime } from '../time/schedule.ts';
import type { Environment, InputImages, ResolvedModel } from './environment.ts';
import { type ClipImages, videoImages, videoRange } from './images.ts';

type ControlNetUnit = Settings['controlnet'][number];

/** The pictures that a unit names; null: not set, not found, or the environment reads no files. */
export type UnitPictures =
  /** One for all frames. */
  | { readonly kind: 'image'; readonly file: FileRef }
  /** By position as written; null: not found. */
  | { readonly kind: 'images'; readonly files: ReadonlyMap<string, FileRef | null> }
  /** One for each frame, in order. */
  | { readonly kind: 'batch'; readonly files: readonly FileRef[] }
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
      return folder?.kind === 'folder' ? { kind: 'batch', files: folder.files } : null;
    }
    const own = unit.video === undefined ? null : found(unit.video);
    if (unit.video !== undefined) return own?.kind === 'file' ? { kind: 'video', input: own, range: WHOLE } : null;
    return shared && video ? { kind: 'video', input: shared, range: videoRange(video) } : null;
  });
}

/**
 * The ControlNet of a plan, and what each frame gets from its units.
 *
 * @param time of the whole clip
 * @returns null if no unit acts on any frame
 */
export function planControl(
  units: readonly ControlNetUnit[],
  models: readonly (ResolvedModel | null)[],
  pictures: readonly (UnitPictures | null)[],
  time: ClipTime,
): {
  readonly control: NonNullable<TravelPlan['control']>;
  readonly frames: readonly (FrameControl | null)[][];
} | null {
  const used = new Map<string, { readonly index: number; readonly picture: PlanImage }>();
  const indexOf = (picture: PlanImage) => {
    const key = JSON.stringify([picture.path, picture.shown]);
    const known = used.get(key) ?? { index: used.size, picture };
    used.set(key, known);
    return known.index;
  };
  const acting = units.flatMap((unit, i) => {
    const [model, own] = [models[i], pictures[i]];
    if (!model || !own) return [];
    const weights = valueOverTime(unit.weight, time);
    const files = filesOverTime(own, time);
    const frames = weights.map((weight, frame): FrameControl | null => {
      const file = files[frame];
      return file && weight > 0 ? { picture: indexOf(file), weight } : null;
    });
    if (frames.every((frame) => frame === null)) return [];
    return [{ unit: unitOf(unit, model), frames }];
  });
  if (acting.length === 0) return null;
  return {
    control: {
      units: acting.map(({ unit }) => unit),
      pictures: [...used.values()].map(({ picture: { shown, ...file } }) => ({ file, ...(shown && { shown }) })),
    },
    frames: Array.from({ length: time.frames }, (_, frame) => acting.map((each) => each.frames[frame]!)),
  };
}

/** The picture of each frame; null: none. Of several at one frame, the later one counts. */
function filesOverTime(pictures: UnitPictures, time: ClipTime): (PlanImage | null)[] {
  const all = Array.from({ length: time.frames }, (_, frame) => frame);
  switch (pictures.kind) {
    case 'image':
      return all.map(() => pictures.file);
    case 'batch':
      return all.map((frame) => pictures.files[frame] ?? null);
    case 'video': {
      const { images, ofFrame } = videoImages(pictures.input, pictures.range, time);
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

function unitOf({ preprocessor, resize, mode, start, end }: ControlNetUnit, { name, file }: ResolvedModel): PlanUnit {
  return { name, file, preprocessor: annotatorOf(preprocessor), resize, mode, start, end, pooled: isPooledModel(name) };
}

/** What a preprocessor is by its own name. Those without an annotator are reported as not available. */
export function annotatorOf(preprocessor: ControlNetUnit['preprocessor']): AnnotatorName {
  const aliases: Readonly<Partial<Record<string, AnnotatorName>>> = ANNOTATOR_ALIASES;
  return aliases[preprocessor] ?? (preprocessor as AnnotatorName);
}
