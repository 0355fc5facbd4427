import { describe, expect, it } from 'vitest';
import { openCase } from '../golden/case.ts';
import { GOLDEN_FOLDER } from '../golden/folder.ts';
import { checkers } from '../golden/prompts.ts';

describe('the reference cases of prompts', () => {
  it.each(Object.keys(checkers))('%s', async (id) => {
    const golden = await openCase(GOLDEN_FOLDER, id);
    expect(await checkers[id]!(golden)).toMatchObject({ status: 'passed' });
  });
});
