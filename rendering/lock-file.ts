import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { writeFileWhole } from '../disk/replace-file.ts';
import { buildLock, lockedFiles, lockOf, lockText, type ReadLock, readLock, type TravelLock } from '../plan/lock.ts';
import { lockDifferences } from '../plan/lock-differences.ts';
import type { TravelPlan } from '../plan/plan.ts';
import type { LocalEngine } from './local-engine.ts';

/** What a render can roll fits several times. */
const MOST_BYTES = 4 * 1024 * 1024;

/** What computes the pixels on this computer. */
export interface LockMachine {
  /** The version of Prompt Travel. */
  readonly version: string;
  readonly engine: Pick<LocalEngine, 'identify' | 'kill'>;
}

/**
 * The lock beside a `.travel` file; null if there is none.
 *
 * @param source path of the `.travel` file; absolute
 */
export async function readLockFile(source: string): Promise<ReadLock | null> {
  const path = lockOf(source);
  try {
    const info = await stat(path);
    if (!info.isFile()) return { ok: false, reason: 'It is not a file. Remove it.' };
    if (info.size > MOST_BYTES) return { ok: false, reason: 'It is too large for a lock. Write it again.' };
    return readLock(await readFile(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return { ok: false, reason: `It could not be opened (${message}). Check its permissions.` };
  }
}

/**
 * What the lock of a plan is on this computer.
 *
 * @throws Error with a sentence, if a model file cannot be read or the engine stops
 */
export async function lockFor(plan: TravelPlan, { version, engine }: LockMachine): Promise<TravelLock> {
  const files = lockedFiles(plan).map(({ file }) => file);
  const identity = await engine.identify(files);
  if (!identity.ok) throw new Error(identity.message);
  const models = identity.sha256.map((hash, i) => {
    if (hash === null) throw new Error(`The model file ${files[i]!.path} could not be read.`);
    return hash;
  });
  const { engine: engineVersion, onnxRuntime } = identity;
  return buildLock(plan, {
    versions: { promptTravel: version, engine: engineVersion, onnxRuntime },
    models,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  });
}

/**
 * What makes a render differ from the lock beside its file, or why they cannot be compared, in whole sentences; none if
 * nothing does.
 */
export async function differencesFrom(locked: ReadLock, plan: TravelPlan, machine: LockMachine): Promise<string[]> {
  if (!locked.ok) return [locked.reason];
  try {
    return lockDifferences(locked.lock, await lockFor(plan, machine));
  } catch (error) {
    return [`It could not be compared: ${(error as Error).message}`];
  }
}

/** `seed 7, 2 models, 3 choices` */
export function contentsOf({ seed, models, rolled }: TravelLock): string {
  const [m, c] = [models.length, rolled.length];
  return [
    l10n.t('seed {0}', seed),
    m === 1 ? l10n.t('1 model') : l10n.t('{0} models', m),
    ...(c === 0 ? [] : [c === 1 ? l10n.t('1 choice') : l10n.t('{0} choices', c)]),
  ].join(', ');
}

/**
 * Writes the lock of a `.travel` file beside it, atomically. One that is up to date is left as it is.
 *
 * @param source path of the `.travel` file; absolute
 * @returns whether it was written
 * @throws Error with the system's reason; what was there is then unchanged
 */
export async function writeLockFile(source: string, lock: TravelLock): Promise<boolean> {
  const text = lockText(lock);
  const before = await readLockFile(source);
  // Another line end, as Git writes them on Windows, makes no difference.
  if (before?.ok && lockText(before.lock) === text) return false;
  await writeFileWhole(lockOf(source), text);
  return true;
}
