import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../../engine/pipelines/side-by-side.ts';

describe('sideBySide', () => {
  it.each([1, 2, 3, 9])(
    'works on at most %i items at the same time, begins in order and keeps the order',
    async (atOnce) => {
      const begun: number[] = [];
      let [running, most] = [0, 0];
      const results = await sideBySide([5, 3, 1, 4, 2], atOnce, async (item, index) => {
        begun.push(index);
        most = Math.max(most, ++running);
        for (let i = 0; i < item; i++) await setImmediate();
        running--;
        return item * 10;
      });
      expect(results).toEqual([50, 30, 10, 40, 20]);
      expect(begun).toEqual([0, 1, 2, 3, 4]);
      expect(most).toBe(Math.min(atOnce, 5));
    },
  );

  it('begins nothing after an error, and waits for what is in progress', async () => {
    const ended: number[] = [];
    const work = sideBySide([0, 1, 2, 3], 2, async (item) => {
      await setImmediate();
      if (item === 0) throw new Error('cancelled');
      for (let i = 0; i < 5; i++) await setImmediate();
      ended.push(item);
    });
    await expect(work).rejects.toThrow('cancelled');
    expect(ended).toEqual([1]);
    expect(await sideBySide([], 2, async () => 1)).toEqual([]);
  });
});
