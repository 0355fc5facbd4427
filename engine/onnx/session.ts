import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { GraphModel, GraphOptions } from '../graph/builder.ts';

/** Set before ONNX Runtime is loaded, or it sends telemetry from 1.29 on. */
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = await import('onnxruntime-node');

/** `lean`: weights stay mapped from their file. `fast`: they are unpacked to float32 and packed for the CPU. */
export type SessionMode = 'lean' | 'fast';

/** ONNX Runtime's names of what runs a graph. */
export type Provider = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';

/** Where and how graphs run. */
export interface Runtime {
  readonly provider: Provider;
  /** Of the CPU; a GPU has all weights unpacked in its memory. */
  readonly mode: SessionMode;
  /** Whether ONNX Runtime's own attention operator gives right results here. */
  readonly fusedAttention: boolean;
}

/** How graphs are written for what runs them. */
export const graphOptions = ({ provider, mode, fusedAttention }: Runtime): GraphOptions => ({
  fusedAttention,
  openBatch: provider === 'cpu' && mode === 'lean',
});

export const cpu = (mode: SessionMode): Runtime => ({ provider: 'cpu', mode, fusedAttention: true });

export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface IndexTensor {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

export type Feeds = Readonly<Record<string, FloatTensor | IndexTensor>>;

/** ONNX Runtime's options as `extra` has them: strings, by group. */
type Extra = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Options extends InferenceSession.SessionOptions {
  readonly extra: Extra;
}

/**
 * The graphs are written as the CPU likes them, so ONNX Runtime's own passes over them save nothing when they run; they
 * take six times as long as all the rest of making a session, and those that fold constants unpack every weight.
 */
const LEAN: Options = {
  graphOptimizationLevel: 'disabled',
  enableMemPattern: false,
  extra: { session: { disable_prepacking: '1' } },
};

const FAST: Options = { graphOptimizationLevel: 'all', extra: {} };

/** DirectML takes neither memory patterns nor parallel execution. */
const GPU: Options = {
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
  executionMode: 'sequential',
  extra: {},
};

/** What ONNX Runtime was built with. `bundled`: no other library is needed. */
export const supportedBackends = (): readonly { readonly name: string; readonly bundled: boolean }[] =>
  ort.listSupportedBackends();

/** Errors are thrown as well; there is no need to print them. */
const ONLY_FATAL = 4;

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
   * @param noFallback refuse a graph that the provider cannot run alone, where else the CPU would help out
   * @throws when ONNX Runtime refuses the graph or the provider, or a file is not there
   */
  static async create(
    { bytes, weightsRoot }: GraphModel,
    { provider, mode }: Runtime,
    { noFallback = false } = {},
  ): Promise<Session> {
    const options = provider !== 'cpu' ? GPU : mode === 'lean' ? LEAN : FAST;
    const session = {
      ...options.extra.session,
      model_external_initializers_file_folder_path: weightsRoot,
      ...(noFallback && { disable_cpu_ep_fallback: '1' }),
    };
    const settings: Options = {
      ...options,
      extra: { ...options.extra, session },
      executionProviders: [provider],
      logSeverityLevel: ONLY_FATAL,
    };
    return new Session(await timed(() => ort.InferenceSession.create(bytes, settings)));
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
