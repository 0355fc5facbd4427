import { describe, expect, it } from 'vitest';
import { openWeights } from '../../weights/open.ts';
import { BadModelError } from '../../weights/tensor.ts';
import { BOMBS } from './bombs.ts';
import { fileOf } from './files.ts';

describe('openWeights on a bomb', () => {
  it.each(Object.keys(BOMBS))('refuses %s at once, with the name of the file', async (name) => {
    const path = fileOf(BOMBS[name]!(), 'bomb.ckpt');
    const start = performance.now();
    const error: unknown = await openWeights(path).catch((reason: unknown) => reason);
    // Generous: a naive reader needs minutes, or all memory.
    expect(performance.now() - start).toBeLessThan(5000);
    expect(error).toBeInstanceOf(BadModelError);
    expect(String(error)).toContain(path);
    expect(String(error).length).toBeLessThan(1000);
  });
});
