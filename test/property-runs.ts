import fc from 'fast-check';

/** How many times as many cases a property is checked with: 1, or 20 in `npm run test:long`. */
const FACTOR = Number(process.env.TRAVEL_PROPERTY_FACTOR ?? 1);

/** Parameters for fast-check: a number of cases other than the default, which is 100. */
export function runs(count: number): { numRuns: number } {
  return { numRuns: count * FACTOR };
}

// `npm test` checks the same cases each time, so that a change is judged by what it changes. `test:long` looks for new
// cases. A case that it finds belongs into a test of its own.
fc.configureGlobal(FACTOR === 1 ? { seed: 20_261_129 } : runs(100));
