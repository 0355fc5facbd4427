import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeNoise } from '../../../grammar/time/free-noise.ts';

const clip = { frames: 40, context: 16, overlap: 4, kind: 'shuffle_context', seed: 42 } as const;

describe('freeNoise', () => {
  it('shuffles each part of the windows from the one a context before', () => {
    const order = freeNoise(clip);
    expect(order.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    const sorted = (from: number, to: number) => order.slice(from, to).sort((a, b) => a - b);
    expect(sorted(16, 28)).toEqual(order.slice(0, 12));
    expect(order.slice(16, 28)).not.toEqual(order.slice(0, 12));
    // The second part has what the frames 12 to 23 have.
    expect(sorted(28, 40)).toEqual([...order.slice(12, 24)].sort((a, b) => a - b));
    expect(freeNoise(clip)).toEqual(order);
    expect(freeNoise({ ...clip, seed: 43 })).not.toEqual(order);
  });

  it('repeats the first context, or changes nothing', () => {
    expect(freeNoise({ ...clip, kind: 'repeat_context' })[37]).toBe(5);
    expect(freeNoise({ ...clip, kind: 'random' })[37]).toBe(37);
  });

  it('uses only noise of the first context, and leaves short clips alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 32 }),
        fc.nat(31),
        fc.nat(),
        fc.constantFrom('shuffle_context' as const, 'repeat_context' as const),
        (frames, context, overlap, seed, kind) => {
          const order = freeNoise({ frames, context, overlap: Math.min(overlap, context - 1), kind, seed });
          expect(order).toHaveLength(frames);
          order.forEach((from, frame) => {
            expect(from).toBeLessThan(context);
            if (frame < context) expect(from).toBe(frame);
          });
        },
      ),
    );
  });
});
