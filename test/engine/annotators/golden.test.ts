import { describe } from 'vitest';
import { checkers } from '../../golden/annotators.ts';
import { testCases } from '../../golden/tests.ts';

describe('reference cases of annotators', () => {
  testCases(checkers);
});
