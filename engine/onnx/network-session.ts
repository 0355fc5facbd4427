import { readFile } from 'node:fs/promises';
import { messageOf } from '../../plan/message-of.ts';
import type { FileRef } from '../../plan/plan.ts';
import { BadModelError } from '../../weights/tensor.ts';
import { isOutOfMemory } from '../failure.ts';
import { unchangedState } from '../models/model-files.ts';
import { checkNetwork, MOST_NETWORK_BYTES, type NetworkInput } from './network-file.ts';
import { createInferenceSession, type FloatTensor, floatTensor, timed } from './session.ts';

/**
 * Fixed, because the way in which ONNX Runtime divides an operator decides its last bits: a hint is the same with any
 * number of threads of the render.
 */
export const NETWORK_THREADS = 4;

type InferenceSession = Awaited<ReturnType<typeof createInferenceSession>>;

/** A network that users have as an ONNX file. It runs on the CPU. */
export class NetworkSession {
  readonly path: string;
  /** At least one. */
  readonly inputs: readonly NetworkInput[];
  readonly #session: InferenceSession;

  private constructor(path: string, inputs: readonly NetworkInput[], session: InferenceSession) {
    this.path = path;
    this.inputs = inputs;
    this.#session = session;
  }

  /** @throws BadModelError if the file cannot be used; RenderError if it has changed since it was planned */
  static async open(file: FileRef): Promise<NetworkSession> {
    const { path } = file;
    await unchangedState(file);
    if (file.size > MOST_NETWORK_BYTES) throw new BadModelError(`${path} is larger than 2 GB. Use a smaller network.`);
    const bytes = await readFile(path);
    const inputs = checkNetwork(bytes, path);
    if (inputs.length === 0) throw new BadModelError(`${path} has no input. Use the file as it is published.`);
    try {
      return new NetworkSession(path, inputs, await createInferenceSession(bytes, NETWORK_THREADS));
    } catch (error) {
      throw rejected(`${path} cannot be used by ONNX Runtime`, error);
    }
  }

  /**
   * Runs the network on its first input. Blocks the thread.
   *
   * @returns its outputs, in order
   * @throws BadModelError if ONNX Runtime rejects the input, or an output is not float32
   */
  async run({ data, dims }: FloatTensor): Promise<FloatTensor[]> {
    const { path } = this;
    const feeds = { [this.inputs[0]!.name]: floatTensor(data, dims) };
    const results = await timed(() => this.#session.run(feeds)).catch((error: unknown) => {
      throw rejected(`${path} cannot be run on an image of this size`, error);
    });
    return this.#session.outputNames.map((name) => {
      const { data, dims } = results[name]!;
      if (data instanceof Float32Array) return { data, dims };
      throw new BadModelError(`${path} has an output “${name}” that is not float32. Use the file in full precision.`);
    });
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** What ONNX Runtime throws, explained; its own words are for whoever made the network. Another cause is kept. */
function rejected(what: string, error: unknown): unknown {
  if (isOutOfMemory(error)) return error;
  const [line] = messageOf(error).split('\n');
  return new BadModelError(`${what}. Use the file as it is published. (${line})`, { cause: error });
}
