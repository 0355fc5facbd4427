import { describe } from 'vitest';
import { checkers } from '../golden/prompts.ts';
import { testCases } from '../golden/tests.ts';

describe('reference cases of prompts', () => {
  testCases(checkers);
});
