import { describe } from 'vitest';
import { checkers } from '../../golden/schedulers.ts';
import { testCases } from '../../golden/tests.ts';

describe('reference cases of schedulers', () => {
  testCases(checkers);
});
