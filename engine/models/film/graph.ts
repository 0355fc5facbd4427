import { extractor, FILM_LEVELS, FUSED_LEVELS, fusion, predictor, SUB_LEVELS } from '../../../weights/film.ts';
import type { TensorEntry } from '../../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type GraphOptions, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { float } from '../../graph/messages.ts';
import { pool, resizeLinear } from '../../graph/operations.ts';
import { GraphWeights } from '../../graph/weights.ts';
import { backwardWarp } from './backward-warp.ts';

export interface FilmGraph extends GraphOptions {
  /** Pixels, at least 64. */
  readonly height: number;
  readonly width: number;
}

/** The values of the network, by level, 0 = the finest. Each has two samples: for the first picture and the second. */
export interface FilmValues {
  /** `[2, channels, h, w]`, levels 0 … 6. */
  readonly features: readonly Value[];
  /** What the flow predictors return, `[2, 2, h, w]`: from the first picture to the second, and back. */
  readonly residuals: readonly Value[];
  /** The flows, x and y in pixels of their level. */
  readonly flows: readonly Value[];
  /** Input of the fusion, `[1, channels, h, w]`, levels 0 … 4. */
  readonly aligned: readonly Value[];
  /** Levels 0 … 3. */
  readonly fused: readonly Value[];
  /** `[1, 3, height, width]`, about 0…1, not clamped. */
  readonly image: Value;
}

/**
 * FILM (Reda et al., "FILM: Frame Interpolation for Large Motion", arXiv 2202.04901; google-research/frame-interpolation,
 * `film_net`, and its PyTorch port dajes/frame-interpolation-pytorch): a new picture between two.
 *
 * Inputs: `pictures` `[2, 3, height, width]`, RGB in 0…1; `times` `[2]`, how far the new picture is from the first and
 * from the second, together 1. Output: `image` `[1, 3, height, width]`.
 *
 * @param tensors by the names of `filmWeights`
 */
export function filmGraph(
  tensors: ReadonlyMap<string, TensorEntry>,
  shape: FilmGraph,
  output: (values: FilmValues) => Value = ({ image }) => image,
): GraphModel {
  const { height, width, ...options } = shape;
  const graph = new GraphBuilder(options);
  const network = new FilmNetwork(new Layers(graph, new GraphWeights(graph, tensors)));
  const pictures = graph.input('pictures', [2, 3, height, width]);
  const times = graph.reshape(graph.input('times', [2]), [2, 1, 1, 1]);
  graph.output('image', output(network.values(pictures, times)));
  return graph.toModel();
}

class FilmNetwork {
  readonly #layers: Layers;
  readonly #graph: GraphBuilder;

  constructor(layers: Layers) {
    this.#layers = layers;
    this.#graph = layers.graph;
  }

  values(pictures: Value, times: Value): FilmValues {
    const pyramid = [pictures];
    while (pyramid.length < FILM_LEVELS) pyramid.push(pool(this.#graph, 'AveragePool', pyramid.at(-1)!, 2));
    const features = this.#features(pyramid);
    const { residuals, flows } = this.#flows(features);
    return { features, residuals, flows, ...this.#fuse(pyramid, features, flows, times) };
  }

  /** Features of each level: those of several sizes, from finer pictures of the pyramid, side by side. */
  #features(pyramid: readonly Value[]): Value[] {
    const trees = pyramid.map((picture, level) => {
      const tree: Value[] = [];
      let x = picture;
      for (let sub = 0; sub < Math.min(SUB_LEVELS, FILM_LEVELS - level); sub++) {
        if (sub > 0) x = pool(this.#graph, 'AveragePool', x, 2);
        for (const i of [0, 1]) x = this.#activated(x, extractor(sub, i));
        tree.push(x);
      }
      return tree;
    });
    return pyramid.map((_, level) =>
      trees.flatMap((tree, start) => tree[level - start] ?? []).reduceRight((all, part) => this.#concat(all, part)),
    );
  }

  /** Coarse to fine: each level corrects the flow of the one before. Both directions are computed side by side. */
  #flows(features: readonly Value[]): Pick<FilmValues, 'residuals' | 'flows'> {
    const residuals: Value[] = [];
    const flows: Value[] = [];
    for (let level = FILM_LEVELS - 1; level >= 0; level--) {
      const own = features[level]!;
      const other = this.#swapped(own);
      const coarser = flows[level + 1];
      const flow = coarser && resizeLinear(this.#graph, this.#doubled(coarser), own.dims[2]!, own.dims[3]!);
      const residual = this.#predicted(
        this.#concat(own, flow ? backwardWarp(this.#graph, other, flow) : other),
        predictor(level),
      );
      residuals[level] = residual;
      flows[level] = flow ? this.#layers.add(residual, flow) : residual;
    }
    return { residuals, flows };
  }

  #predicted(pair: Value, name: string): Value {
    let x = pair;
    for (const i of [0, 1, 2, 3]) x = this.#activated(x, `${name}._convs.${i}`);
    return this.#layers.conv(x, `${name}._convs.4`);
  }

  #fuse(
    pyramid: readonly Value[],
    features: readonly Value[],
    flows: readonly Value[],
    times: Value,
  ): Pick<FilmValues, 'aligned' | 'fused' | 'image'> {
    const aligned: Value[] = [];
    const fused: Value[] = [];
    const align = (level: number) => {
      // To the first picture, it is the way back from the second one.
      const flow = this.#layers.multiply(this.#swapped(flows[level]!), times);
      const warped = backwardWarp(this.#graph, this.#concat(pyramid[level]!, features[level]!), flow);
      aligned[level] = this.#concat(this.#oneSample(warped), this.#oneSample(flow));
      return aligned[level]!;
    };
    let x = align(FUSED_LEVELS - 1);
    for (let level = FUSED_LEVELS - 2; level >= 0; level--) {
      const { dims } = pyramid[level]!;
      const name = fusion(level);
      x = this.#layers.conv(this.#layers.resize(x, dims[2]!, dims[3]!), `${name}.0`, { padEnd: true });
      x = this.#concat(align(level), x);
      for (const i of [1, 2]) x = this.#activated(x, `${name}.${i}`);
      fused[level] = x;
    }
    return { aligned, fused, image: this.#layers.conv(x, 'fuse.output_conv') };
  }

  #activated(x: Value, name: string): Value {
    const y = this.#layers.conv(x, name);
    return this.#graph.op('LeakyRelu', [y], y.dims, { attributes: { alpha: float(0.2) } });
  }

  #concat(a: Value, b: Value): Value {
    return this.#layers.concat(a, b, 1);
  }

  #doubled(x: Value): Value {
    return this.#layers.multiply(x, this.#graph.constant([2], [1]));
  }

  /** The second sample before the first. */
  #swapped(x: Value): Value {
    return this.#graph.op('Gather', [x, this.#graph.indices([1, 0])], x.dims, { attributes: { axis: 0 } });
  }

  /** The channels of the second sample behind those of the first. */
  #oneSample(x: Value): Value {
    const [, channels, height, width] = x.dims as [number, number, number, number];
    return this.#layers.reshape(x, [1, 2 * channels, height, width]);
  }
}
