import { describe, expect, it } from 'vitest';
import { openCase } from '../../golden/case.ts';
import { GOLDEN_FOLDER } from '../../golden/folder.ts';
import { checkers } from '../../golden/schedulers.ts';

describe('schedulers against the reference data', () => {
  it.each(Object.entries(checkers))('%s', async (id, check) => {
    const { status, detail } = await check(await openCase(GOLDEN_FOLDER, id));
    expect(status, detail).toBe('passed');
  });
});
