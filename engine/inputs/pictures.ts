import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { whyUnreadable } from '../../disk/why-unreadable.ts';
import { fileName } from '../../plan/paths.ts';
import type { PlanImage, ShownInVideo } from '../../plan/plan.ts';
import { mostFrames, shownFrame } from '../../plan/source-time.ts';
import { HEAD_BYTES, sourceKind } from '../../videos/source-kind.ts';
import { RenderError } from '../failure.ts';
import { readPicture } from '../media/read-image.ts';
import { unchangedState } from '../models/model-files.ts';
import { apngAnimation } from './apng-animation.ts';
import { openCachedVideo } from './cached-video.ts';
import { gifAnimation } from './gif-animation.ts';
import { openAnimation } from './open-animation.ts';
import { rounded } from './open-video.ts';
import { SizeWarning } from './size-warning.ts';
import type { InputContext, PixelSize, SourcePicture, VideoSource } from './source.ts';
import { webpAnimation } from './webp-animation.ts';

/** A picture of a plan, which may stand for several of its images. */
export interface PlanPicture extends SourcePicture {
  /** Positions in the plan's images. */
  readonly indices: readonly number[];
}

type VideoImage = PlanImage & { readonly shown: ShownInVideo };

/** Images of one video, with their positions in the plan. */
interface VideoGroup {
  readonly images: VideoImage[];
  readonly indices: number[];
}

/**
 * The images of a plan one after the other, as they are decoded: of a video, each frame once, and never more than one in
 * memory: the pixels of a picture are valid until the next is asked for. Every video is opened, and found long enough,
 * before the first image is decoded.
 *
 * @param wanted positions in the plan's images
 * @param size to stretch to, as A1111's img2img; null: as they are
 * @throws RenderError with one sentence about a file that cannot be used; the signal's reason
 */
export async function* planPictures(
  images: readonly PlanImage[],
  wanted: ReadonlySet<number>,
  size: PixelSize | null,
  context: InputContext,
): AsyncGenerator<PlanPicture> {
  const { stills, videos } = grouped(images, wanted);
  const opened: { readonly source: VideoSource; readonly indicesOf: ReadonlyMap<number, number[]> }[] = [];
  for (const group of videos) {
    const source = await openSource(group.images[0]!, context);
    opened.push({ source, indicesOf: picksOf(group, source, context) });
  }
  yield* stillPictures(images, stills, size, context);
  for (const { source, indicesOf } of opened) {
    const picks = [...indicesOf.keys()].sort((a, b) => a - b);
    for await (const { frame, picture } of source.frames(picks, size)) {
      yield { indices: indicesOf.get(frame)!, ...picture };
    }
  }
}

async function* stillPictures(
  images: readonly PlanImage[],
  indices: readonly number[],
  size: PixelSize | null,
  { signal, warn }: InputContext,
): AsyncGenerator<PlanPicture> {
  const sizes = new SizeWarning(indices.length, warn);
  for (const index of indices) {
    signal.throwIfAborted();
    const image = images[index]!;
    await unchangedState(image);
    if (image.size === 0) {
      throw new RenderError('unsupported', `The image ${image.path} is empty (0 bytes). Use another copy.`);
    }
    const { picture, upright } = await readPicture(image.path, size);
    sizes.read(image.path, upright);
    yield { indices: [index], ...picture };
  }
}

function grouped(images: readonly PlanImage[], wanted: ReadonlySet<number>) {
  const stills: number[] = [];
  const videos = new Map<string, VideoGroup>();
  for (const index of [...wanted].sort((a, b) => a - b)) {
    const image = images[index]!;
    const { shown } = image;
    if (!shown) {
      stills.push(index);
      continue;
    }
    const { from, to, repeat } = shown;
    const key = JSON.stringify([image.path, from, to, repeat]);
    const group = videos.get(key) ?? { images: [], indices: [] };
    videos.set(key, group);
    group.images.push({ ...image, shown });
    group.indices.push(index);
  }
  return { stills, videos: [...videos.values()] };
}

async function openSource(image: PlanImage, context: InputContext): Promise<VideoSource> {
  await unchangedState(image);
  const { path, size } = image;
  const name = fileName(path);
  // Not a pipe or a device: those may block, or never end.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(async (error: Error) => {
    const is = await whyUnreadable(path);
    throw new RenderError('unsupported', `“${name}” ${is ?? `cannot be opened: ${error.message}. Use another copy.`}`);
  });
  const kind = await headOf(file)
    .then(sourceKind)
    .finally(() => file.close());
  switch (kind.kind) {
    case 'refused':
      throw new RenderError('unsupported', `“${name}” ${kind.is}`);
    case 'mp4':
    case 'matroska':
    case 'avi':
    case 'other':
      return openCachedVideo(image, name, context);
    case 'gif':
    case 'webp':
    case 'png': {
      if (size > LONGEST_FILE) {
        throw new RenderError(
          'unsupported',
          `“${name}” is larger than the 1 GiB that are read of such a file. Convert it to MP4.`,
        );
      }
      const bytes = await readFile(path);
      return openAnimation(name, PARSERS[kind.kind](bytes), context);
    }
  }
}

const PARSERS = { gif: gifAnimation, webp: webpAnimation, png: apngAnimation };
/** Of animations, which are kept in memory as the file has them. */
const LONGEST_FILE = 2 ** 30;

async function headOf(file: FileHandle): Promise<Buffer> {
  const bytes = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(bytes, 0, HEAD_BYTES, 0);
  return bytes.subarray(0, bytesRead);
}

/** The frames that a video shows, with the images that are that frame. @throws RenderError if it is too short */
function picksOf(
  { images, indices }: VideoGroup,
  { times, cutOffFrom }: VideoSource,
  { warn }: InputContext,
): ReadonlyMap<number, number[]> {
  const { path, shown } = images[0]!;
  const name = fileName(path);
  const { from, to } = shown;
  const { end } = times;
  const fail = (message: string) => new RenderError('unsupported', message);
  const readable = `“${name}” is cut off: only ${rounded(end)} s${cutOffFrom !== null && Number.isFinite(cutOffFrom) ? ` of ${seconds(cutOffFrom)} s` : ''} can be read.`;
  if (from >= end) {
    throw fail(
      `\`from\` (${from} s) is after the end of “${name}”, which is ${seconds(end)} s long. Use an earlier \`from\`.`,
    );
  }
  const picks = new Map<number, number[]>();
  images.forEach((image, i) => {
    const frame = shownFrame(times, image.shown, image.shown.at);
    if (frame !== null) picks.set(frame, [...(picks.get(frame) ?? []), indices[i]!]);
  });
  const found = [...picks.values()].flat().length;
  if (found < images.length) {
    const fps = rateOf(images);
    const most = fps === null ? found : mostFrames(times, shown, fps);
    const part = from > 0 || to !== null ? `from ${from} s to ${seconds(Math.min(to ?? end, end))} s, ` : '';
    const length = cutOffFrom === null ? `It is ${seconds(end)} s long.` : readable;
    throw fail(
      `“${name}” is too short: ${part}it has ${most} frames for this clip, which has ${images.length}. ${length} Set \`frames\` to ${most}, or \`repeat: true\`.`,
    );
  }
  if (to !== null && to > end + TO_TOLERANCE && !(cutOffFrom !== null)) {
    warn(`\`to\` (${to} s) is after the end of “${name}”, which is ${seconds(end)} s long: it is used to its end.`);
  }
  if (cutOffFrom !== null) warn(`${readable} The clip needs no more.`);
  return picks;
}

/** What a person rounds away is not after the end. */
const TO_TOLERANCE = 0.05;

/** The frame rate of images that follow one another; null: there is one. */
function rateOf(images: readonly VideoImage[]): number | null {
  const [first, second] = images.map(({ shown }) => shown.at).sort((a, b) => a - b);
  return second === undefined || second === first ? null : 1 / (second - first!);
}

/** Without zeros that say nothing. */
const seconds = (value: number): string => String(Number(value.toFixed(3)));
