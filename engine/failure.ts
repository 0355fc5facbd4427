import type { RenderFailure } from '../protocol/engine.ts';
import { BadModelError } from '../weights/tensor.ts';
import { CannotWriteError } from './media/atomic.ts';

/** A render that cannot go on, for a reason that the user can act on. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly kind: RenderFailure['kind'];

  constructor(kind: RenderFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Any error as the answer that crosses the process boundary. */
export function failureOf(error: unknown): RenderFailure {
  if (error instanceof RenderError) return { ok: false, kind: error.kind, message: error.message };
  if (error instanceof BadModelError) return { ok: false, kind: 'bad-model', message: error.message };
  if (error instanceof CannotWriteError) return { ok: false, kind: 'cannot-write', message: error.message };
  if (error instanceof Error && error.name === 'AbortError') {
    return { ok: false, kind: 'cancelled', message: 'The render was cancelled.' };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (/bad_alloc|out of memory|Failed to allocate/i.test(text)) {
    return {
      ok: false,
      kind: 'out-of-memory',
      message: `Memory ran out. Try a smaller width and height, or a smaller context. (${text.split('\n')[0]})`,
    };
  }
  return { ok: false, kind: 'internal', message: `Something went wrong inside the engine: ${text}` };
}
