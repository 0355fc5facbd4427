import { largest, smallest } from '../../plan/extremes.ts';
import { GET_AGAIN } from '../../plan/get-again.ts';
import {
  type InputSize,
  type MapAnnotator,
  type NetworkAnnotatorName,
  networkAnnotator,
} from '../../plan/network-annotators.ts';
import { roundHalfEven } from '../../plan/round-half-even.ts';
import { BadModelError } from '../../weights/tensor.ts';
import { interpolateBilinear } from './interpolate.ts';
import { normalsOf } from './normals.ts';
import type { OpenNetwork } from './open-network.ts';
import { resize } from './opencv/resize.ts';
import { grayOf, type Picture, planesOf } from './picture.ts';
import { drawPoses } from './pose/draw-poses.ts';
import { findPeople } from './pose/find-people.ts';
import { type Pose, readPose } from './pose/read-pose.ts';
import { scribbled, softEdges } from './soft-edges.ts';
import { paddedToResolution } from './working-size.ts';

/** The least and the largest value of a map. */
export interface ValueRange {
  readonly least: number;
  readonly largest: number;
}

/** What a network sees in a picture, before it is a hint of 8 bits. */
export interface NetworkReading {
  /** Of depth maps; null: the hint does not depend on it. */
  readonly range: ValueRange | null;
  /** What it holds in memory. */
  readonly bytes: number;
  /** @param range black and white of a depth map: its own, or that of the clip @returns gray, at the resolution */
  readonly hint: (range: ValueRange | null) => Picture;
}

/**
 * Runs the network of a preprocessor on a picture, as sd-webui-controlnet does: on the padded picture, of which the
 * result is cut.
 *
 * @param networks open, of the preprocessor
 * @param picture RGB
 * @param resolution length of the shorter side
 * @throws BadModelError if the network is not of the kind that the preprocessor expects
 */
export async function readNetwork(
  name: NetworkAnnotatorName,
  networks: readonly OpenNetwork[],
  picture: Picture,
  resolution: number,
): Promise<NetworkReading> {
  const annotator = networkAnnotator(name)!;
  const { padded, cut } = paddedToResolution(picture, resolution);
  if ('size' in annotator) return mapReading(await mapOf(name, annotator, networks[0]!, padded), annotator.output, cut);
  const { output } = annotator;
  if (output.kind === 'edges') {
    const edges = cut(softEdges(await edgesOf(networks[0]!, padded), output.steps));
    const hint = output.scribble ? scribbled(edges) : edges;
    return { range: null, bytes: hint.data.byteLength, hint: () => hint };
  }
  const poses: Pose[] = [];
  for (const box of await findPeople(networks[0]!, padded)) poses.push(await readPose(networks[1]!, padded, box));
  return { range: null, bytes: 0, hint: () => cut(drawPoses(poses, padded, output)) };
}

function mapReading(
  map: Picture<Float32Array>,
  output: MapAnnotator['output'],
  cut: (result: Picture) => Picture,
): NetworkReading {
  const bytes = map.data.byteLength;
  switch (output.kind) {
    case 'depth': {
      const own = rangeOf(map.data);
      return { range: own, bytes, hint: (range) => cut(depthHint(map, range ?? own)) };
    }
    case 'normals':
      return { range: null, bytes, hint: () => cut(normalsOf(map)) };
    case 'dark-lines': {
      const { black, white } = output;
      const level = (value: number) =>
        Math.trunc(Math.min(Math.max(((value - black) / (white - black)) * 255, 0), 255));
      return { range: null, bytes, hint: () => cut(grayOf(map, (at) => 255 - level(map.data[at]!))) };
    }
  }
}

/** The range of all maps; null: none has one. */
export function commonRange(readings: readonly Pick<NetworkReading, 'range'>[]): ValueRange | null {
  const ranges = readings.flatMap(({ range }) => range ?? []);
  if (ranges.length === 0) return null;
  return {
    least: smallest(ranges.map(({ least }) => least)),
    largest: largest(ranges.map(({ largest }) => largest)),
  };
}

function rangeOf(values: Float32Array): ValueRange {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return { least, largest };
}

/** Near is white. A map of one depth is black. */
function depthHint(map: Picture<Float32Array>, { least, largest }: ValueRange): Picture {
  const span = largest - least;
  return grayOf(map, (at) => (span > 0 ? ((map.data[at]! - least) / span) * 255 : 0));
}

/** The network's map in the size of the picture. */
async function mapOf(
  name: NetworkAnnotatorName,
  { size, mean, deviation, output }: MapAnnotator,
  session: OpenNetwork,
  picture: Picture,
): Promise<Picture<Float32Array>> {
  const { width, height } = sizeFor(size, session, picture);
  const input = resize(
    { ...picture, data: Float32Array.from(picture.data, (value) => value / 255) },
    width,
    height,
    'cubic',
  );
  const data = planesOf(input, (value, channel) => (value - mean[channel]!) / deviation[channel]!);
  const [map] = await session.run({ data, dims: [1, 3, height, width] });
  const [h, w] = map?.dims.slice(-2) ?? [];
  if (!map || !h || !w || map.data.length !== h * w) {
    throw new BadModelError(
      `${session.path} does not return one map (${map?.dims.join('×') ?? 'nothing'}), as the preprocessor ${name} expects. Use the file as it is published.`,
    );
  }
  checkFinite(map.data, session);
  const own = { width: w, height: h, channels: 1, data: map.data };
  if (w === picture.width && h === picture.height) return own;
  // sd-webui-controlnet enlarges depth maps with PyTorch, and drawings with OpenCV.
  if (output.kind === 'dark-lines') return resize(own, picture.width, picture.height, 'cubic');
  const { width: wide, height: high } = picture;
  return { width: wide, height: high, channels: 1, data: interpolateBilinear(own, wide, high) };
}

/** The edges that a network finds, in the size of the picture: multiples of 64 pixels, which all of them can halve. */
async function edgesOf(network: OpenNetwork, picture: Picture): Promise<Picture<Float32Array>> {
  const { width, height } = picture;
  const data = planesOf(picture, (value) => value);
  const [edges] = await network.run({ data, dims: [1, 3, height, width] });
  checkFinite(edges!.data, network);
  return { width, height, channels: 1, data: edges!.data };
}

/** @throws BadModelError */
function checkFinite(values: Float32Array, { path }: OpenNetwork): void {
  if (!values.every(Number.isFinite)) {
    throw new BadModelError(`${path} returned NaN or infinite values. ${GET_AGAIN}`);
  }
}

/** @throws BadModelError if the network's input is not RGB pictures */
function sizeFor(rule: InputSize, { path, inputs }: OpenNetwork, { width, height }: Picture) {
  const [input] = inputs;
  const [batch, channels, fixedHeight, fixedWidth] = input!.dims;
  if (inputs.length > 1 || input!.dims.length !== 4 || (channels ?? 3) !== 3 || (batch ?? 1) !== 1) {
    const shapes = inputs.map(({ dims }) => dims.map((dim) => dim ?? '?').join('×')).join(', ');
    throw new BadModelError(
      `${path} has the input ${shapes}, but 1×3×height×width is expected. Use the file as it is published.`,
    );
  }
  const [ruledWidth, ruledHeight] = ruled(rule, width, height);
  return { width: fixedWidth ?? ruledWidth, height: fixedHeight ?? ruledHeight };
}

function ruled(rule: InputSize, width: number, height: number): [width: number, height: number] {
  switch (rule.kind) {
    case 'own':
      return [width, height];
    case 'multiple': {
      const side = (length: number) => Math.ceil(length / rule.of) * rule.of;
      return [side(width), side(height)];
    }
    case 'at-least': {
      const { side, multiple } = rule;
      const scale = Math.max(side / width, side / height);
      const rounded = (length: number) => {
        const nearest = roundHalfEven((length * scale) / multiple) * multiple;
        return nearest < side ? Math.ceil((length * scale) / multiple) * multiple : nearest;
      };
      return [rounded(width), rounded(height)];
    }
  }
}
