import { roundHalfEven } from '../../../plan/round-half-even.ts';
import { type Color, ellipsePolygon, fillCircle, fillConvexPolygon, type Point, thickLine } from '../opencv/drawing.ts';
import type { Picture } from '../picture.ts';
import type { Keypoint, Pose } from './read-pose.ts';

/** What of poses is drawn. */
export interface PoseParts {
  readonly body: boolean;
  readonly hands: boolean;
  readonly face: boolean;
}

/** Pairs of the body's keypoints. */
const LIMBS = [
  ...[1, 2, 1, 5, 2, 3, 3, 4, 5, 6, 6, 7, 1, 8, 8, 9, 9, 10],
  ...[1, 11, 11, 12, 12, 13, 1, 0, 0, 14, 14, 16, 0, 15, 15, 17],
];
/** Of the body's keypoints, and of the limbs except for the last color. */
const COLORS: readonly Color[] = [
  [255, 0, 0],
  [255, 85, 0],
  [255, 170, 0],
  [255, 255, 0],
  [170, 255, 0],
  [85, 255, 0],
  [0, 255, 0],
  [0, 255, 85],
  [0, 255, 170],
  [0, 255, 255],
  [0, 170, 255],
  [0, 85, 255],
  [0, 0, 255],
  [85, 0, 255],
  [170, 0, 255],
  [255, 0, 255],
  [255, 0, 170],
  [255, 0, 85],
];
/** Limbs are darker than keypoints. */
const LIMB_BRIGHTNESS = 0.6;
/** Half the width of a limb, and the radius of keypoints. */
const LIMB = 4;
const POINT = 4;
const FACE_POINT = 3;

const FINGERS = 5;
const JOINTS = 4;
const HAND_LINE = 2;
const HAND_COLOR: Color = [0, 0, 255];
const FACE_COLOR: Color = [255, 255, 255];

/**
 * Poses as OpenPose's ControlNets know them, drawn as sd-webui-controlnet draws them with OpenCV
 * (`annotator/openpose/util.py`).
 *
 * @returns RGB on black
 */
export function drawPoses(
  poses: readonly Pose[],
  { width, height }: { readonly width: number; readonly height: number },
  { body, hands, face }: PoseParts,
): Picture {
  const picture = { width, height, channels: 3, data: new Uint8Array(width * height * 3) };
  for (const pose of poses) {
    if (body) drawBody(picture, pose.body);
    if (hands) for (const hand of pose.hands) drawHand(picture, hand ?? []);
    if (face) for (const keypoint of pose.face ?? []) drawPoint(picture, keypoint, FACE_POINT, FACE_COLOR);
  }
  return picture;
}

const whole = ({ x, y }: Keypoint): Point => ({ x: Math.trunc(x), y: Math.trunc(y) });

/** In a hand or a face, what is at the edge of the picture is not drawn. */
const isInside = ({ x, y }: Point) => x > 0 && y > 0;

function drawBody(picture: Picture, keypoints: Pose['body']): void {
  for (let limb = 0; 2 * limb < LIMBS.length; limb++) {
    const [from, to] = [keypoints[LIMBS[2 * limb]!], keypoints[LIMBS[2 * limb + 1]!]];
    if (!from || !to) continue;
    const [dx, dy] = [from.x - to.x, from.y - to.y];
    const center = whole({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
    const angle = Math.trunc((Math.atan2(dy, dx) * 180) / Math.PI);
    const axes = [Math.trunc(Math.hypot(dx, dy) / 2), LIMB] as const;
    fillConvexPolygon(picture, ellipsePolygon(center, axes, angle), COLORS[limb]!);
  }
  // Also what was drawn of others.
  picture.data.forEach((value, i) => {
    picture.data[i] = value * LIMB_BRIGHTNESS;
  });
  keypoints.forEach((keypoint, i) => {
    if (keypoint) fillCircle(picture, whole(keypoint), POINT, COLORS[i]!);
  });
}

/** From the wrist through the joints of each finger. */
function drawHand(picture: Picture, keypoints: readonly (Keypoint | null)[]): void {
  for (let edge = 0; edge < FINGERS * JOINTS; edge++) {
    const [from, to] = [keypoints[edge % JOINTS === 0 ? 0 : edge], keypoints[edge + 1]];
    if (!from || !to || !isInside(whole(from)) || !isInside(whole(to))) continue;
    thickLine(picture, whole(from), whole(to), HAND_LINE, hueColor(edge / (FINGERS * JOINTS)));
  }
  for (const keypoint of keypoints) drawPoint(picture, keypoint, POINT, HAND_COLOR);
}

function drawPoint(picture: Picture, keypoint: Keypoint | null, radius: number, color: Color): void {
  if (keypoint && isInside(whole(keypoint))) fillCircle(picture, whole(keypoint), radius, color);
}

/** The brightest color of a hue, with the roundings of matplotlib's `hsv_to_rgb`. @param hue 0 … 1, without 1 */
function hueColor(hue: number): Color {
  const sector = Math.floor(hue * 6);
  const part = hue * 6 - sector;
  const [rising, falling] = [1 - (1 - part), 1 - part];
  const colors = [
    [1, rising, 0],
    [falling, 1, 0],
    [0, 1, rising],
    [0, falling, 1],
    [rising, 0, 1],
    [1, 0, falling],
  ] as const;
  const [red, green, blue] = colors[sector]!;
  return [roundHalfEven(red * 255), roundHalfEven(green * 255), roundHalfEven(blue * 255)];
}
