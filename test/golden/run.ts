/**
 * `npm run golden`: compares with every reference case in the repository and, if present, in the full set, and prints
 * one line per case. `npm run golden -- FOLDER` compares with the cases of that folder only.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { caseIds, type Outcome, openCase } from './case.ts';
import { checkerFor } from './checkers.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN, REFERENCE_FOLDER } from './folder.ts';

async function outcomeOf(folder: string, id: string): Promise<Outcome> {
  try {
    const golden = await openCase(folder, id);
    return await checkerFor(golden)(golden);
  } catch (error) {
    return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

type Counts = Record<Outcome['status'], number>;

async function compareFolder(folder: string): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  console.log(`Reference cases in ${folder}:`);
  for (const id of caseIds(folder)) {
    const { status, detail } = await outcomeOf(folder, id);
    counts[status]++;
    console.log(`${status === 'skipped' ? 'not covered' : status}  ${id}  ${detail}`);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts;
}

const [argument] = process.argv.slice(2);
const folders = argument ? [resolve(argument)] : [REFERENCE_FOLDER, ...(HAS_GOLDEN ? [GOLDEN_FOLDER] : [])];
const missing = folders.find((folder) => !existsSync(folder));
if (missing) {
  console.error(`Folder not found: ${missing}. Usage: npm run golden [-- FOLDER]`);
  process.exit(2);
}
if (!argument && !HAS_GOLDEN) {
  console.log(
    `The full reference set was not found at ${GOLDEN_FOLDER}; only the cases in the repository are compared.`,
  );
}
for (const folder of folders) {
  const { failed } = await compareFolder(folder);
  if (failed > 0) process.exitCode = 1;
}
