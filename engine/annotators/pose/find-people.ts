import { BadModelError } from '../../../weights/tensor.ts';
import type { OpenNetwork } from '../open-network.ts';
import { resize } from '../opencv/resize.ts';
import type { Picture } from '../picture.ts';

/** Pixels: the part of a picture in which somebody is. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of the square that the network sees, and the value of its pixels beside the picture. */
const SIDE = 640;
const PADDING = 114;
/** Pixels between the cells of each grid. */
const STRIDES = [8, 16, 32];
const CELLS = STRIDES.reduce((sum, stride) => sum + (SIDE / stride) ** 2, 0);

/** Of the numbers of a cell: four of the box, whether there is anything, and one for each class, the first of people. */
const OBJECT = 4;
const PERSON = 5;

const LEAST_TO_COMPARE = 0.1;
const LEAST_SCORE = 0.3;
/** A box that shares more than this with a better one is the same person (`nms_thr`). */
const SAME = 0.45;

/**
 * The people in a picture, found with YOLOX as sd-webui-controlnet does (`annotator/openpose/cv_ox_det.py`), the surest
 * first.
 *
 * @param picture RGB
 * @throws BadModelError if the network is of another kind
 */
export async function findPeople(network: OpenNetwork, picture: Picture): Promise<Box[]> {
  const ratio = Math.min(SIDE / picture.height, SIDE / picture.width);
  const [output] = await network.run({ data: squareOf(picture, ratio), dims: [1, 3, SIDE, SIDE] });
  const [, cells, numbers] = output?.dims ?? [];
  if (output?.dims.length !== 3 || cells !== CELLS || !numbers || numbers <= PERSON) {
    throw new BadModelError(
      `${network.path} does not return ${CELLS} boxes (${output?.dims.join('×') ?? 'nothing'}), as YOLOX for ${SIDE}×${SIDE} does. Use the file as it is published.`,
    );
  }
  return withoutRepeats(candidates(output.data, numbers, ratio)).flatMap(({ box, score }) =>
    score > LEAST_SCORE ? [box] : [],
  );
}

/** `[3, 640, 640]`, values from 0 to 255: the picture at the top left. */
function squareOf(picture: Picture, ratio: number): Float32Array {
  const [width, height] = [picture.width, picture.height].map((side) => Math.trunc(side * ratio)) as [number, number];
  const { data } = resize(picture, width, height, 'linear');
  const square = new Float32Array(3 * SIDE * SIDE).fill(PADDING);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        square[(channel * SIDE + y) * SIDE + x] = data[(y * width + x) * 3 + channel]!;
      }
    }
  }
  return square;
}

interface Candidate {
  readonly box: Box;
  readonly score: number;
}

/** Each cell has the center of its box relative to it, and the logarithm of the box's size. */
function candidates(output: Float32Array, numbers: number, ratio: number): Candidate[] {
  const found: Candidate[] = [];
  let cell = 0;
  for (const stride of STRIDES) {
    const side = SIDE / stride;
    for (let i = 0; i < side ** 2; i++, cell++) {
      const at = cell * numbers;
      const score = output[at + OBJECT]! * output[at + PERSON]!;
      if (!(score > LEAST_TO_COMPARE)) continue;
      const [x, y] = [(output[at]! + (i % side)) * stride, (output[at + 1]! + Math.floor(i / side)) * stride];
      const [width, height] = [Math.exp(output[at + 2]!) * stride, Math.exp(output[at + 3]!) * stride];
      const edges = [x - width / 2, y - height / 2, x + width / 2, y + height / 2].map((edge) => edge / ratio);
      const [left, top, right, bottom] = edges as [number, number, number, number];
      found.push({ score, box: { left, top, right, bottom } });
    }
  }
  return found;
}

/** The best box of each person (non-maximum suppression). */
function withoutRepeats(all: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of all.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => overlap(box, candidate.box) <= SAME)) kept.push(candidate);
  }
  return kept;
}

/** The common part of two boxes, of both together. Their edges belong to them. */
function overlap(a: Box, b: Box): number {
  const area = ({ left, top, right, bottom }: Box) => Math.max(0, right - left + 1) * Math.max(0, bottom - top + 1);
  const common = area({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  return common / (area(a) + area(b) - common);
}
