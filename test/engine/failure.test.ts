import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failureOf, RenderError } from '../../engine/failure.ts';
import { CannotWriteError } from '../../engine/media/atomic.ts';
import { BadModelError } from '../../weights/tensor.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('failureOf', () => {
  it.each([
    [new RenderError('file-changed', 'It changed.'), 'file-changed', 'It changed.'],
    [new BadModelError('It is damaged.'), 'bad-model', 'It is damaged.'],
    [new CannotWriteError('The disk is full.'), 'cannot-write', 'The disk is full.'],
    [AbortSignal.abort().reason, 'cancelled', 'The render was canceled.'],
  ])('keeps the message of %s', (error, kind, message) => {
    expect(failureOf(error)).toEqual({ ok: false, kind, message });
  });

  it.each(['std::bad_alloc', 'Failed to allocate memory for requested buffer of size 1', 'CUDA out of memory'])(
    'suggests what to change when memory runs out: %s',
    (text) => {
      const { kind, message } = failureOf(new Error(`${text}\nmore`));
      expect(kind).toBe('out-of-memory');
      expect(message).toBe(
        'Out of memory. Choose a smaller width and height or a shorter context, or close other programs. ' +
          `(${text})`,
      );
    },
  );

  it.each([
    'A valid external Instance reference no longer exists. Device is lost.',
    'CUDA failure 719: unspecified launch failure ; GPU=0',
    'DmlExecutionProvider: 887A0005 The GPU device instance has been suspended.',
  ])('says that the render can continue on the CPU if the GPU is lost: %s', (text) => {
    const { kind, message } = failureOf(new Error(`${text}\nmore`));
    expect(kind).toBe('device-lost');
    expect(message).toContain('continue on the CPU');
    expect(message).toContain(`(${text})`);
  });

  it('explains an invalid request without a stack trace', () => {
    const error = thrownBy(() => z.object({ plan: z.object({ width: z.int() }) }).parse({ plan: { width: 'wide' } }));
    const { kind, message } = failureOf(error);
    expect(kind).toBe('internal');
    expect(message).toMatch(/^The engine received an invalid request:\n.*plan\.width/s);
    expect(message).not.toMatch(/^ {4}at /m);
  });

  it('asks to report a bug, with its stack trace', () => {
    const { kind, message } = failureOf(new TypeError('x is undefined'));
    expect(kind).toBe('internal');
    expect(message).toMatch(
      /^The render failed because of a bug in Prompt Travel\. Please report it:\nTypeError: x is/,
    );
    expect(message).toMatch(/^ {4}at .*failure\.test/m);
    expect(failureOf('text').message).toMatch(/report it:\ntext$/);
  });
});
