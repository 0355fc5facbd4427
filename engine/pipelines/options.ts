import type { LogLine, RenderProgress, RenderRequest } from '../../protocol/engine.ts';
import type { ModelStore } from '../models/store.ts';
import type { deviceMemory } from '../onnx/device-memory.ts';
import type { ChosenRuntime, Device } from '../onnx/providers.ts';
import type { RenderPictures } from '../pictures/render-pictures.ts';

export interface RenderOptions {
  readonly store: ModelStore;
  readonly signal: AbortSignal;
  /** Aborted: the render ends after the step that it makes, and keeps what there is. */
  readonly stopHere?: AbortSignal;
  readonly pictures?: RenderPictures;
  /** The memory of a device; default: as it is detected. */
  readonly deviceMemory?: typeof deviceMemory;
  /** What runs the models; default: as the computer has it. */
  readonly chooseRuntime?: (device: Device, threads: number) => Promise<ChosenRuntime>;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly log: (line: LogLine) => void;
}

/** What a render needs of its request besides the work. */
export type RenderSettings = Omit<RenderRequest, 'work'>;
