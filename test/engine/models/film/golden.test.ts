import { describe } from 'vitest';
import { checkers } from '../../../golden/film.ts';
import { testCases } from '../../../golden/tests.ts';

describe('FILM', () => {
  testCases(checkers);
});
