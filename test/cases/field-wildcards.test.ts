import { describe, expect, it } from 'vitest';
import { checkInField, fieldText, listed } from './field.ts';

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

describe('wildcard files from the field', () => {
  it.each(SEEDS)('wildcard-nested: the missing name is found with seed %i, too', async (seed) => {
    const text = fieldText('wildcard-nested');
    const { problems } = await checkInField(text, { seed });
    expect(listed(text, problems)).toEqual(['6:4 error __herd/all__']);
    expect(problems[0]!.message).toMatch(/“__deer__”.*herd\/all\.txt”, line 1.*Did you mean “herd\/deer”\?/);
  });

  it('wildcard-weights: weights are in no prompt, and decide what is picked', async () => {
    const text = fieldText('wildcard-weights');
    const picked = await Promise.all(
      Array.from({ length: 60 }, async (_, seed) => {
        const { problems, plan } = await checkInField(text, { seed });
        expect(problems).toEqual([]);
        return plan!.prompts[0]!.text;
      }),
    );
    expect(new Set(picked)).toEqual(new Set(['a meadow under a clear sky', 'a meadow under a thunderstorm']));
    expect(picked.filter((prompt) => prompt.endsWith('clear sky')).length).toBeGreaterThan(45);
  });
});
