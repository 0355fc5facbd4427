import { describe } from 'vitest';
import { checkers as contextCheckers } from '../../golden/contexts.ts';
import { testCases } from '../../golden/tests.ts';
import { checkers as travelCheckers } from '../../golden/travel.ts';

describe('reference cases of windows and prompt travel', () => {
  testCases({ ...contextCheckers, ...travelCheckers });
});
