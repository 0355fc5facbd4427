import fc from 'fast-check';

/** How many times as many cases a property is checked with: 1, or 20 in `npm run test:long`. */
const FACTOR = Number(process.env.TRAVEL_PROPERTY_FACTOR ?? 1);

/** Parameters for fast-check: a number of cases other than the default, which is 100. */
export function runs(count: number): { numRuns: number } {
  return { numRuns: count * FACTOR };
}

// For properties without a number of their own.
if (FACTOR !== 1) fc.configureGlobal(runs(100));
