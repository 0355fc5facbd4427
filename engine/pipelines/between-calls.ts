import { setImmediate } from 'node:timers/promises';
import type { PipelineContext } from './context.ts';

/**
 * What is done before each call of a model. Running a graph blocks the thread; this lets a cancel request in.
 *
 * @throws the reason of a cancel; RenderError if a file has changed since it was planned
 */
export async function betweenCalls({ files, signal }: Pick<PipelineContext, 'files' | 'signal'>): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
  await files.check();
}
