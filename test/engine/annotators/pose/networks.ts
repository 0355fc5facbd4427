import { GraphBuilder } from '../../../../engine/graph/builder.ts';

/** Cells of YOLOX's grids for 640×640, by their first number and the distance of their cells. */
const GRIDS = [
  { first: 0, stride: 8 },
  { first: 6400, stride: 16 },
  { first: 8000, stride: 32 },
] as const;
const CELLS = 8400;
const NUMBERS = 85;

/** A box in the square that the network sees, and how sure it is, as the class of its number. */
export interface FakeBox {
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
  readonly score: number;
  readonly kind?: number;
}

/** A network that finds the same boxes in every picture. */
export function detectorNetwork(boxes: readonly FakeBox[]): Uint8Array {
  const values = new Float32Array(CELLS * NUMBERS);
  boxes.forEach(({ box: [left, top, right, bottom], score, kind = 0 }, i) => {
    const { first, stride } = GRIDS[i % GRIDS.length]!;
    const [x, y] = [(left + right) / 2 / stride, (top + bottom) / 2 / stride];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const cell = first + row * (640 / stride) + column;
    const size = [right - left, bottom - top].map((length) => Math.log(length / stride));
    values.set([x - column, y - row, ...size, 1], cell * NUMBERS);
    values[cell * NUMBERS + 5 + kind] = score;
  });
  const graph = new GraphBuilder();
  const image = graph.input('images', [1, 3, 640, 640]);
  graph.output('output', withValues(graph, image, values, [1, CELLS, NUMBERS]));
  return graph.toModel().bytes;
}

/** A network that reads the same keypoints from every picture, in its pixels of 288×384. @param scores default: 1 */
export function poseNetwork(
  keypoints: readonly (readonly [x: number, y: number])[],
  scores: readonly number[] = keypoints.map(() => 1),
): Uint8Array {
  const along = (axis: 0 | 1, length: number) => {
    const values = new Float32Array(133 * length);
    keypoints.forEach((keypoint, i) => {
      values[i * length + 2 * keypoint[axis]] = scores[i]!;
    });
    return values;
  };
  const graph = new GraphBuilder();
  const image = graph.input('input', [1, 3, 384, 288]);
  graph.output('simcc_x', withValues(graph, image, along(0, 576), [1, 133, 576]));
  graph.output('simcc_y', withValues(graph, image, along(1, 768), [1, 133, 768]));
  return graph.toModel().bytes;
}

/** Values that depend on the input in no way that matters. */
function withValues(
  graph: GraphBuilder,
  input: ReturnType<GraphBuilder['input']>,
  values: Float32Array,
  dims: readonly number[],
) {
  const pixel = graph.reshape(graph.slice(graph.slice(graph.slice(input, 1, 0, 1), 2, 0, 1), 3, 0, 1), [1, 1, 1]);
  const nothing = graph.op('Mul', [pixel, graph.constant([0], [1, 1, 1])], [1, 1, 1]);
  return graph.op('Add', [graph.constant(values, dims), nothing], dims);
}
