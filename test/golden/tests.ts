import { expect, it } from 'vitest';
import { type Checker, openCase } from './case.ts';
import { folderOf, HAS_GOLDEN } from './folder.ts';

/** `it` for a test that needs the full reference set: skipped when the set is not present. */
export const itWithGolden = it.skipIf(!HAS_GOLDEN);

/** One test per reference case. A case that only the full set has is skipped when the set is not present. */
export function testCases(checkers: Readonly<Record<string, Checker>>): void {
  for (const [id, check] of Object.entries(checkers)) {
    const folder = folderOf(id);
    it.skipIf(folder === null)(`agrees with ${id}`, async () => {
      const { status, detail } = await check(await openCase(folder!, id));
      expect(status, detail).toBe('passed');
    });
  }
}
