import { z } from 'zod';
import { messageOf } from '../plan/message-of.ts';
import type { RenderFailure } from '../protocol/engine.ts';
import { BadModelError } from '../weights/tensor.ts';
import { CannotWriteError, isDiskFull } from './media/atomic.ts';

/** A render cannot continue, for a reason that the user can act on. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly kind: RenderFailure['kind'];

  constructor(kind: RenderFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Any error as the response that crosses the process boundary. Only bugs carry a stack trace. */
export function failureOf(error: unknown): RenderFailure {
  if (error instanceof RenderError) return failure(error.kind, error.message);
  if (error instanceof BadModelError) return failure('bad-model', error.message);
  if (error instanceof CannotWriteError) {
    return failure(isDiskFull(error.cause) ? 'disk-full' : 'cannot-write', error.message);
  }
  if (isCancellation(error)) return failure('cancelled', 'The render was canceled.');
  if (error instanceof z.ZodError) {
    return failure('internal', `The engine received an invalid request:\n${z.prettifyError(error)}`);
  }
  const message = messageOf(error);
  if (isOutOfMemory(error)) {
    return failure(
      'out-of-memory',
      'Out of memory. Choose a smaller width and height or a shorter context, or close other programs. ' +
        `(${message.split('\n')[0]})`,
    );
  }
  if (isDeviceLost(message)) {
    return failure(
      'device-lost',
      'The GPU stopped during the render. Its driver may have been updated or reset, or the GPU was removed. Render again, ' +
        `or continue on the CPU. (${message.split('\n')[0]})`,
    );
  }
  const details = error instanceof Error ? (error.stack ?? message) : message;
  return failure('internal', `The render failed because of a bug in Prompt Travel. Please report it:\n${details}`);
}

/**
 * Whether an error says that there is not enough memory: of C++ and ONNX Runtime's arenas, CUDA and its libraries,
 * DirectX (E_OUTOFMEMORY), or WebGPU.
 */
export function isOutOfMemory(error: unknown): boolean {
  const message = messageOf(error);
  return /bad_alloc|out of memory|failed to allocate|ALLOC_FAILED|E_OUTOFMEMORY|8007000E/i.test(message);
}

/**
 * Whether a GPU cannot be used any more: WebGPU's and Vulkan's lost devices, DirectX's DXGI_ERROR_DEVICE_REMOVED, _HUNG
 * and _RESET (887A0005, 6 and 7), and those errors of CUDA (cudaError_t) after which its process cannot use it.
 */
function isDeviceLost(message: string): boolean {
  return /device (?:is |was )?lost|DEVICE_(?:LOST|REMOVED|HUNG|RESET)|887A000[567]|CUDA failure (?:46|700|702|719|999)\b/i.test(
    message,
  );
}

/** Whether an error is the reason of an aborted signal. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

const failure = (kind: RenderFailure['kind'], message: string): RenderFailure => ({ ok: false, kind, message });
