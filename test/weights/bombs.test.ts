import { describe, expect, it } from 'vitest';
import { openWeights } from '../../weights/open.ts';
import { BadModelError } from '../../weights/tensor.ts';
import { processorSeconds } from '../processor-time.ts';
import { BOMBS } from './bombs.ts';
import { fileOf } from './files.ts';

describe('openWeights on a bomb', () => {
  it.each(Object.keys(BOMBS))('refuses %s at once, with the name of the file', async (name) => {
    const path = fileOf(BOMBS[name]!(), 'bomb.ckpt');
    let error: unknown;
    const seconds = await processorSeconds(async () => {
      error = await openWeights(path).catch((reason: unknown) => reason);
    });
    // Generous: a naive reader needs minutes, or all memory.
    expect(seconds).toBeLessThan(5);
    expect(error).toBeInstanceOf(BadModelError);
    expect(String(error)).toContain(path);
    expect(String(error).length).toBeLessThan(1000);
  });
});
