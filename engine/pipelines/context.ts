import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelFiles } from '../models/model-files.ts';
import type { ModelStore } from '../models/store.ts';
import type { Runtime } from '../onnx/session.ts';
import type { RenderPictures } from '../pictures/render-pictures.ts';
import type { ProgressReporter } from '../progress.ts';

/** What a pipeline needs besides the plan. */
export interface PipelineContext {
  readonly runtime: Runtime;
  readonly store: ModelStore;
  readonly files: ModelFiles;
  /** Absolute folder that caches encoded prompts; null: no cache. */
  readonly cacheFolder: string | null;
  readonly checkpoint: Checkpoint;
  readonly progress: ProgressReporter;
  readonly pictures: RenderPictures;
  readonly signal: AbortSignal;
  /** Aborted: the render ends after the step that it makes, and keeps what there is. */
  readonly stopHere: AbortSignal;
  /** Bytes that models and their values may take on the device; null: unknown. */
  readonly memory: number | null;
  /** Receives what the user may want to know. */
  readonly info: (line: string) => void;
  /** Receives what the user should know about a render that goes on. */
  readonly warn: (line: string) => void;
}
