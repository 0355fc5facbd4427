import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** Set before ONNX Runtime is loaded, or it sends telemetry from 1.29 on. */
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = await import('onnxruntime-node');

/** `lean`: weights stay mapped from their file. `fast`: they are unpacked to float32 and packed for the CPU. */
export type SessionMode = 'lean' | 'fast';

export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface IndexTensor {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

export type Feeds = Readonly<Record<string, FloatTensor | IndexTensor>>;

/** Where weights lie: initializers name their files from here. Windows has one root for each drive. */
const WEIGHTS_ROOT = process.platform === 'win32' ? `${process.cwd().slice(0, 2)}\\` : '/';

const LEAN: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'extended',
  enableMemPattern: false,
  extra: {
    session: { disable_prepacking: '1', model_external_initializers_file_folder_path: WEIGHTS_ROOT },
    optimization: { disable_specified_optimizers: 'ConstantFolding' },
  },
};

const FAST: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'all',
  extra: { session: { model_external_initializers_file_folder_path: WEIGHTS_ROOT } },
};

/** Seconds that this process has spent inside ONNX Runtime, building sessions and running them. */
let runtimeSeconds = 0;
export const secondsInRuntime = (): number => runtimeSeconds;

async function timed<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    runtimeSeconds += (performance.now() - start) / 1000;
  }
}

/** A graph that is ready to run. Its shapes are fixed. */
export class Session {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * @param model ONNX protobuf whose external data lie in the user's files
   * @throws when ONNX Runtime refuses the graph, or a file is not there
   */
  static async create(model: Uint8Array, mode: SessionMode): Promise<Session> {
    const options = mode === 'lean' ? LEAN : FAST;
    return new Session(
      await timed(() =>
        ort.InferenceSession.create(model, { ...options, executionProviders: ['cpu'], logSeverityLevel: 3 }),
      ),
    );
  }

  /** Run the graph and give back its only output. Blocks the thread. */
  async run(feeds: Feeds): Promise<Float32Array> {
    const tensors: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(feeds)) {
      tensors[name] =
        data instanceof BigInt64Array ? new ort.Tensor('int64', data, dims) : new ort.Tensor('float32', data, dims);
    }
    const results = await timed(() => this.#session.run(tensors));
    const output = results[this.#session.outputNames[0]!]!.data;
    if (!(output instanceof Float32Array)) throw new Error('ONNX Runtime gave a result that is not float32.');
    return output;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
