import { type FilmWeights, filmFilters, filmWeights } from '../../../weights/film.ts';
import { BadModelError, type WeightsFile } from '../../../weights/tensor.ts';
import { graphOptions, type Runtime } from '../../onnx/session.ts';
import { GraphRunner } from '../graph-runner.ts';
import { checkFiniteWeights, checkUsable, finite } from '../usable.ts';
import { filmGraph } from './graph.ts';

/** FILM, of any of the files that `filmWeights` knows. */
export class Film {
  readonly #path: string;
  readonly #weights: FilmWeights;
  readonly #graphs: GraphRunner;

  /** @throws BadModelError when the file is not FILM, or is damaged */
  constructor(file: WeightsFile, runtime: Runtime) {
    checkUsable(file, 'film');
    const weights = filmWeights(file.tensors);
    if (!weights) throw new BadModelError(`${file.path} is not a FILM model. Choose film_net_fp16.pt.`);
    this.#path = file.path;
    this.#weights = weights;
    this.#graphs = new GraphRunner(runtime, 1, 1);
  }

  /** Channels of its first layer. */
  get filters(): number {
    return filmFilters(this.#weights);
  }

  /** Verifies that no weight is NaN or infinite. @throws BadModelError */
  async checkWeights(): Promise<void> {
    await checkFiniteWeights(this.#weights.tensors.values());
  }

  /**
   * A new picture between two. Calls must not overlap.
   *
   * @param first, second `[3, height, width]`, RGB in 0…1; at least 64 pixels high and wide
   * @param time 0 is the first one, 1 the second one
   * @returns `[3, height, width]`, about 0…1, not clamped
   */
  async between(
    first: Float32Array,
    second: Float32Array,
    time: number,
    { height, width }: { readonly height: number; readonly width: number },
  ): Promise<Float32Array> {
    const pictures = new Float32Array(2 * first.length);
    pictures.set(first);
    pictures.set(second, first.length);
    const image = await this.#graphs.run(
      ['film', height, width],
      (runtime) => filmGraph(this.#weights.tensors, { height, width, ...graphOptions(runtime) }),
      {
        pictures: { data: pictures, dims: [2, 3, height, width] },
        times: { data: Float32Array.of(time, 1 - time), dims: [2] },
      },
      false,
    );
    return finite(image, `The FILM network of ${this.#path}`, () => this.#weights.tensors.values());
  }

  async release(): Promise<void> {
    await this.#graphs.release();
  }
}
