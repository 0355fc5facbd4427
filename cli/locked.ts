import { type LockedChoices, lockOf, picksOthers, type ReadLock } from '../plan/lock.ts';
import { MISSING_MODEL } from '../protocol/missing-model.ts';
import type { LocalEngine } from '../rendering/local-engine.ts';
import { differencesFrom, readLockFile } from '../rendering/lock-file.ts';
import { printableLine } from '../rendering/printable.ts';
import { UsageError } from './exit-code.ts';
import type { PlanFlags } from './flags.ts';
import { STDIN, type TravelText } from './input.ts';
import { version } from './installation.ts';
import type { PlannedFile, ReadyFile } from './planned.ts';
import { printError } from './print.ts';

/** How `travel render` uses locks: `ignore` for tries, which are meant to be different. */
export type LockUse = 'ignore' | 'compare' | 'require';

export function lockUse({ locked, seed, set, frames }: PlanFlags & { readonly locked?: true }): LockUse {
  if (locked) return 'require';
  return seed || set || frames ? 'ignore' : 'compare';
}

/**
 * The lock of a file that is rendered; null if there is none, or it is not used.
 *
 * @throws UsageError for standard input, if a lock is required
 */
export async function lockToUse({ path, shown }: TravelText, use: LockUse): Promise<ReadLock | null> {
  if (shown !== STDIN) return use === 'ignore' ? null : readLockFile(path);
  if (use === 'require') throw new UsageError('Standard input has no lock file. Name the file, or remove --locked.');
  return null;
}

/** What the lock decides in place of a random seed and of wildcards. */
export function lockedChoices(lock: ReadLock | null, use: LockUse): LockedChoices | undefined {
  return use === 'require' && lock?.ok ? lock.lock : undefined;
}

type WithLock = Pick<PlannedFile, 'shown' | 'plan' | 'problems'> & { readonly lock: ReadLock | null };

/** Prints a line for each file without a lock that can be read. @returns whether there is one */
export function printUnusableLocks(files: readonly Pick<WithLock, 'shown' | 'lock'>[]): boolean {
  const unusable = files.filter(({ lock }) => !lock?.ok);
  for (const { shown, lock } of unusable) {
    const reason = lock?.ok === false ? lock.reason : `It was not found. Write it with travel lock ${shown}.`;
    printError(printableLine(unusableText(shown, reason)));
  }
  return unusable.length > 0;
}

const unusableText = (shown: string, reason: string) => `${lockOf(shown)} cannot be used. ${reason}`;

/**
 * Compares the files that have locks with them, and prints one line for each that differs.
 *
 * @returns whether none does
 */
export async function compareWithLocks(
  files: readonly (Pick<ReadyFile, 'shown' | 'plan' | 'isRandom'> & Pick<WithLock, 'lock'>)[],
  { engine, signal }: { readonly engine: LocalEngine; readonly signal: AbortSignal },
): Promise<boolean> {
  let same = true;
  // Hashing a large model for the first time takes seconds.
  const stop = () => engine.kill();
  signal.addEventListener('abort', stop);
  for (const { shown, plan, isRandom, lock } of files) {
    const differences = lock ? await differencesFrom(lock, plan, { version: version(), engine }) : [];
    if (signal.aborted) break;
    if (!lock || differences.length === 0) continue;
    same = false;
    const what = lock.ok
      ? `${shown} differs from its lock file. ${differences.join(' ')}`
      : unusableText(shown, lock.reason);
    const advice =
      lock.ok && picksOthers(lock.lock, plan, isRandom)
        ? ' With --locked, the locked seed and choices are rendered.'
        : '';
    printError(printableLine(what + advice));
  }
  signal.removeEventListener('abort', stop);
  return same;
}

/** Prints how to recognize the locked models of files that name a model which is not found. */
export function printLockedModels(files: readonly WithLock[]): void {
  for (const { shown, plan, problems, lock } of files) {
    if (plan || !lock?.ok || !problems.some(({ code }) => MISSING_MODEL.test(code))) continue;
    for (const { kind, name, size, sha256 } of lock.lock.models) {
      printError(printableLine(`${lockOf(shown)}: ${kind} ${name}, ${size} bytes, SHA-256 ${sha256}`));
    }
  }
}
