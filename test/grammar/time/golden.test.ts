import { expect, it } from 'vitest';
import { openCase } from '../../golden/case.ts';
import { checkers as contextCheckers } from '../../golden/contexts.ts';
import { GOLDEN_FOLDER } from '../../golden/folder.ts';
import { checkers as travelCheckers } from '../../golden/travel.ts';

it.each(Object.entries({ ...contextCheckers, ...travelCheckers }))('agrees with %s', async (id, check) => {
  expect(await check(await openCase(GOLDEN_FOLDER, id))).toMatchObject({ status: 'passed' });
});
