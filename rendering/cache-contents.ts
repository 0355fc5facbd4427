import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { pixelsKey } from '../plan/pixels.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { CACHE_PARTS, type CachePart, CHECKPOINTS, cachePartOf, JOBS } from '../protocol/cache-layout.ts';
import { unfinishedJobs } from './service/job-store.ts';
import { planIn } from './unfinished.ts';

/** A part of the cache, and what removing it frees. */
export interface CacheShare {
  readonly part: CachePart;
  /** Of what can be removed. */
  readonly bytes: number;
  /** Absolute paths of the files and folders that can be removed. */
  readonly paths: readonly string[];
  /** How many entries stay, because a render that has not ended needs them. */
  readonly needed: number;
}

/**
 * What the cache folder holds, in the order of `CACHE_PARTS`; parts that hold nothing are left out. The progress of
 * renders that run or wait is counted, but not listed.
 *
 * @param cacheFolder absolute
 */
export async function cacheContents(cacheFolder: string): Promise<CacheShare[]> {
  const names = await readdir(cacheFolder).catch(missing);
  const checkpoints = (await readdir(join(cacheFolder, CHECKPOINTS)).catch(missing)).map((name) =>
    join(cacheFolder, CHECKPOINTS, name),
  );
  const isNeeded = await neededBy(await unfinishedJobs(join(cacheFolder, JOBS)), checkpoints);
  const shares = await Promise.all(
    CACHE_PARTS.map(async (part): Promise<CacheShare> => {
      const all =
        part === 'progress'
          ? checkpoints
          : names.filter((name) => cachePartOf(name) === part).map((name) => join(cacheFolder, name));
      const paths = all.filter((path) => !isNeeded.has(path));
      const sizes = await Promise.all(paths.map(sizeOf));
      return { part, paths, bytes: sizes.reduce((sum, size) => sum + size, 0), needed: all.length - paths.length };
    }),
  );
  return shares.filter(({ paths, needed }) => paths.length + needed > 0);
}

/** The result of `clear`. */
export interface Cleared {
  /** Bytes. */
  readonly freed: number;
  /** Why something was not removed, one sentence each. */
  readonly failures: readonly string[];
}

/** Removes what `shares` list. What another process removes at the same time does not count. */
export async function clear(shares: readonly CacheShare[]): Promise<Cleared> {
  let freed = 0;
  const failures: string[] = [];
  for (const path of shares.flatMap(({ paths }) => paths)) {
    const size = await sizeOf(path);
    try {
      await rm(path, { recursive: true, force: true });
      freed += size;
    } catch (error) {
      failures.push(`${path} could not be removed: ${(error as Error).message}.`);
    }
  }
  return { freed, failures };
}

/** `1.2 GB freed. The progress of 2 renders that have not ended is kept.` */
export function clearedText({ freed, failures }: Cleared, shares: readonly CacheShare[]): string {
  const needed = shares.reduce((sum, share) => sum + share.needed, 0);
  const kept =
    needed === 1
      ? l10n.t('The progress of a render that has not ended is kept.')
      : l10n.t('The progress of {0} renders that have not ended is kept.', needed);
  return [l10n.t('{0} freed.', bytesText(freed)), ...(needed === 0 ? [] : [kept]), ...failures].join(' ');
}

/** What a part of the cache is called in lists. */
export function cachePartText(part: CachePart): string {
  switch (part) {
    case 'progress':
      return l10n.t('Saved progress of unfinished renders');
    case 'previews':
      return l10n.t('Previews of frames');
    case 'prompts':
      return l10n.t('Encoded prompts');
    case 'hints':
      return l10n.t('Hints of ControlNet units');
    case 'frames':
      return l10n.t('Frames of videos');
    case 'models':
      return l10n.t('Types and hashes of model files');
    case 'others':
      return l10n.t('Other files');
  }
}

/** `1.2 GB`, `35 MB`, `4 kB`, `0 kB`. Powers of 1,000, as in the system's file manager. */
export function bytesText(bytes: number): string {
  const [unit, name] = bytes >= 999.5e6 ? [1e9, 'GB'] : bytes >= 999.5e3 ? [1e6, 'MB'] : [1e3, 'kB'];
  const value = bytes / unit;
  return `${value < 9.95 && unit === 1e9 ? value.toFixed(1) : Math.ceil(value - 0.5)} ${name}`;
}

/** The checkpoints that one of the jobs continues from. One whose plan is just being written may be. */
async function neededBy(jobs: readonly TravelPlan[], checkpoints: readonly string[]): Promise<ReadonlySet<string>> {
  if (jobs.length === 0) return new Set();
  const wanted = new Set(jobs.map(pixelsKey));
  const needed = await Promise.all(
    checkpoints.map(async (path) => {
      const found = await planIn(path);
      return found === null || wanted.has(pixelsKey(found.plan));
    }),
  );
  return new Set(checkpoints.filter((_, i) => needed[i]));
}

/** Bytes of a file, or of all files in a folder. What is removed meanwhile has none. */
async function sizeOf(path: string): Promise<number> {
  const info = await lstat(path).catch(() => null);
  if (!info?.isDirectory()) return info?.size ?? 0;
  const sizes = await Promise.all((await readdir(path).catch(missing)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function missing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
