import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { threadsOf } from '../../plan/memory.ts';
import { CPU_LAYER, type GraphModel, type GraphOptions } from '../graph/builder.ts';
import { loadRuntime } from './load-runtime.ts';

/** Must be set before ONNX Runtime is loaded. Otherwise, ONNX Runtime sends telemetry since 1.29. */
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = await loadRuntime();

/** Of ONNX Runtime, such as `1.30.0`. */
export const RUNTIME_VERSION: string = ort.env.versions.node ?? ort.env.versions.common;

/** ONNX Runtime's execution providers. */
export type Provider = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';

/** The provider that runs graphs, and how. */
export interface Runtime {
  readonly provider: Provider;
  /** Whether ONNX Runtime's own attention operator is correct on this provider. */
  readonly fusedAttention: boolean;
  /** Threads for the CPU. The pixels do not depend on it. */
  readonly threads: number;
}

/** Threads for the CPU: as many as wanted, or as the system lets this process use at once, which are the most. */
export const threadsFor = (wanted: number | null): number => threadsOf(wanted, availableParallelism());

/** The graph options for a runtime. */
export const graphOptions = ({ provider, fusedAttention, threads }: Runtime): GraphOptions => ({
  fusedAttention,
  openBatch: provider === 'cpu',
  winograd: provider === 'cpu',
  ...(provider === 'cpu' && { threads }),
});

export const cpu = (threads = threadsFor(null)): Runtime => ({
  provider: 'cpu',
  fusedAttention: true,
  threads,
});

export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface IndexTensor {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

export type Feeds = Readonly<Record<string, FloatTensor | IndexTensor>>;

/** ONNX Runtime's options under `extra`: strings, by group. */
type Extra = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Options extends InferenceSession.SessionOptions {
  readonly extra: Extra;
}

/**
 * Weights stay mapped from their file. The graphs are already optimized for the CPU, so ONNX Runtime's optimizations do not make them
 * faster. They would take six times as long as the rest of creating a session, and constant folding would unpack every weight.
 */
const CPU: Options = {
  graphOptimizationLevel: 'disabled',
  enableMemPattern: false,
  extra: { session: { disable_prepacking: '1' } },
};

/** DirectML supports neither memory patterns nor parallel execution. */
const GPU: Options = {
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
  executionMode: 'sequential',
  extra: {},
};

/** The providers in this build of ONNX Runtime. `bundled`: no other library is needed. */
export const supportedBackends = (): readonly { readonly name: string; readonly bundled: boolean }[] =>
  ort.listSupportedBackends();

/** Errors are also thrown, so they need not be printed. */
const ONLY_FATAL = 4;

/** Seconds that this process has spent inside ONNX Runtime, creating and running sessions. */
let runtimeSeconds = 0;
export const secondsInRuntime = (): number => runtimeSeconds;

let running = 0;
let runningSince = 0;

/** Work inside ONNX Runtime, for `secondsInRuntime`: time in which several are running counts once. */
export async function timed<T>(work: () => Promise<T>): Promise<T> {
  if (running++ === 0) runningSince = performance.now();
  try {
    return await work();
  } finally {
    if (--running === 0) runtimeSeconds += (performance.now() - runningSince) / 1000;
  }
}

/** A session on the CPU for a graph that is not ours, with all of ONNX Runtime's optimizations. */
export const createInferenceSession = (bytes: Uint8Array, threads: number): Promise<InferenceSession> =>
  timed(() =>
    ort.InferenceSession.create(bytes, {
      graphOptimizationLevel: 'all',
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      logSeverityLevel: ONLY_FATAL,
    }),
  );

export const floatTensor = (data: Float32Array, dims: readonly number[]): Tensor =>
  new ort.Tensor('float32', data, dims);

/** A graph that is ready to run, with fixed shapes. */
export class Session {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * @param noFallback reject a graph that the provider cannot run without the CPU
   * @throws when ONNX Runtime rejects the graph or the provider, or a file is missing
   */
  static async create(
    { bytes, weightsRoot, hasCpuLayers = false }: GraphModel,
    { provider, threads }: Runtime,
    { noFallback = false } = {},
  ): Promise<Session> {
    const options = provider === 'cpu' ? CPU : GPU;
    const session = {
      ...options.extra.session,
      model_external_initializers_file_folder_path: weightsRoot,
      ...(noFallback && { disable_cpu_ep_fallback: '1' }),
      ...(hasCpuLayers && { layer_assignment_settings: `cpu(=${CPU_LAYER})` }),
    };
    const settings: Options = {
      ...options,
      extra: { ...options.extra, session },
      executionProviders: [provider],
      // By itself, ONNX Runtime takes one thread for two processors that share a core, as virtual machines report theirs.
      intraOpNumThreads: threads,
      logSeverityLevel: ONLY_FATAL,
    };
    return new Session(await timed(() => ort.InferenceSession.create(bytes, settings)));
  }

  /** Run the graph and return its only output. Blocks the thread. */
  async run(feeds: Feeds): Promise<Float32Array> {
    const tensors: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(feeds)) {
      tensors[name] = data instanceof BigInt64Array ? new ort.Tensor('int64', data, dims) : floatTensor(data, dims);
    }
    const results = await timed(() => this.#session.run(tensors));
    const output = results[this.#session.outputNames[0]!]!.data;
    if (!(output instanceof Float32Array)) throw new Error('ONNX Runtime returned a result that is not float32.');
    return output;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
