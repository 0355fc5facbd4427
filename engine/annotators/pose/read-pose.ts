import { BadModelError } from '../../../weights/tensor.ts';
import type { OpenNetwork } from '../open-network.ts';
import { warpExcerpt } from '../opencv/warp-affine.ts';
import { type Picture, planesOf } from '../picture.ts';
import type { Box } from './find-people.ts';

/** Pixels of the picture, which a keypoint may be outside of. */
export interface Keypoint {
  readonly x: number;
  readonly y: number;
}

/** Keypoints that were not found are null; a part of which none was found is null. */
export interface Pose {
  /** The 18 of OpenPose (COCO), in its order. */
  readonly body: readonly (Keypoint | null)[];
  /** 21 each. */
  readonly hands: readonly (readonly (Keypoint | null)[] | null)[];
  /** 70: the contour, brows, nose, eyes and mouth, and the pupils. */
  readonly face: readonly (Keypoint | null)[] | null;
}

/** What the network sees, and its parts of a pixel for each position that it tells apart (`simcc_split_ratio`). */
const WIDTH = 288;
const HEIGHT = 384;
const PARTS = 2;
const MEAN = [123.675, 116.28, 103.53] as const;
const DEVIATION = [58.395, 57.12, 57.375] as const;
/** A box is enlarged by this before it is cut out. */
const MARGIN = 1.25;
const LEAST_SCORE = 0.3;

/** COCO-WholeBody: 17 of the body, 6 of the feet, 68 of the face, 21 of each hand. */
const COUNT = 133;
const FACE = [23, 91] as const;
const HANDS = [
  [91, 112],
  [112, 133],
] as const;
const SHOULDERS = [5, 6] as const;
/** OpenPose's keypoints of the body by COCO's numbers; null: the neck, between the shoulders. */
const BODY = [0, null, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3] as const;
/** OpenPose's eyes, which a face has, too. */
const EYES = [14, 15] as const;

interface Scored extends Keypoint {
  readonly score: number;
}

/**
 * The pose of somebody in a picture, read with DWPose as sd-webui-controlnet does (`annotator/openpose/cv_ox_pose.py`,
 * `wholebody.py`).
 *
 * @param picture RGB
 * @throws BadModelError if the network is of another kind
 */
export async function readPose(network: OpenNetwork, picture: Picture, box: Box): Promise<Pose> {
  const [width, height] = [(box.right - box.left) * MARGIN, (box.bottom - box.top) * MARGIN];
  const scale = Math.max(width / WIDTH, height / HEIGHT);
  const excerpt = {
    left: (box.left + box.right - WIDTH * scale) / 2,
    top: (box.top + box.bottom - HEIGHT * scale) / 2,
    scale,
  };
  const person = warpExcerpt(picture, excerpt, { width: WIDTH, height: HEIGHT });
  const data = planesOf(person, (value, channel) => (value - MEAN[channel]!) / DEVIATION[channel]!);
  const [xs, ys] = await network.run({ data, dims: [1, 3, HEIGHT, WIDTH] });
  const isRight = xs?.data.length === COUNT * WIDTH * PARTS && ys?.data.length === COUNT * HEIGHT * PARTS;
  if (!isRight) {
    const given = [xs, ys].map((output) => output?.dims.join('×') ?? 'nothing').join(' and ');
    throw new BadModelError(
      `${network.path} does not return ${COUNT} keypoints of ${WIDTH}×${HEIGHT} (${given}), as DWPose does. Use the file as it is published.`,
    );
  }
  const all = Array.from({ length: COUNT }, (_, i): Scored => {
    const x = largest(xs.data, i, WIDTH * PARTS);
    const y = largest(ys.data, i, HEIGHT * PARTS);
    const score = Math.min(x.value, y.value);
    // What is nowhere is at −1.
    const place = (position: number) => (score > 0 ? position : -1) / PARTS;
    return { x: excerpt.left + place(x.position) * scale, y: excerpt.top + place(y.position) * scale, score };
  });
  return poseOf(all);
}

/** Of OpenPose's parts, what is sure enough. */
function poseOf(all: readonly Scored[]): Pose {
  const found = ({ x, y, score }: Scored): Keypoint | null => (score >= LEAST_SCORE ? { x, y } : null);
  const part = (from: number, to: number) => {
    const keypoints = all.slice(from, to).map(found);
    return keypoints.every((keypoint) => keypoint === null) ? null : keypoints;
  };
  const body = BODY.map((index) => (index === null ? neckOf(all) : found(all[index]!)));
  const face = part(...FACE);
  return {
    body,
    hands: HANDS.map(([from, to]) => part(from, to)),
    face: face && [...face, ...EYES.map((eye) => body[eye]!)],
  };
}

/** Where both shoulders are sure. */
function neckOf(all: readonly Scored[]): Keypoint | null {
  const [left, right] = SHOULDERS.map((index) => all[index]!) as [Scored, Scored];
  if (left.score <= LEAST_SCORE || right.score <= LEAST_SCORE) return null;
  return { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
}

/** The largest value of a keypoint, and where it is first. */
function largest(values: Float32Array, keypoint: number, length: number) {
  let position = 0;
  const own = values.subarray(keypoint * length, (keypoint + 1) * length);
  own.forEach((value, i) => {
    if (value > own[position]!) position = i;
  });
  return { position, value: own[position]! };
}
