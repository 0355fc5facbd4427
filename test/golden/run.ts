/** `npm run golden -- FOLDER`: every case of a folder laid out as the reference data is, one line a case. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { caseIds, type Outcome, openCase } from './case.ts';
import { checkerFor } from './checkers.ts';
import { GOLDEN_FOLDER } from './folder.ts';

const asked = process.argv[2];
const folder = resolve(asked ?? GOLDEN_FOLDER);
if (!existsSync(folder)) {
  const nothing = asked ? '' : ' Nothing was compared.';
  console.error(`There is no folder ${folder}.${nothing} Usage: npm run golden -- FOLDER`);
  process.exit(asked ? 2 : 0);
}

async function outcomeOf(id: string): Promise<Outcome> {
  try {
    const golden = await openCase(folder, id);
    return await checkerFor(golden)(golden);
  } catch (error) {
    return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const id of caseIds(folder)) {
  const { status, detail } = await outcomeOf(id);
  counts[status]++;
  console.log(`${status === 'skipped' ? 'not covered' : status}  ${id}  ${detail}`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
