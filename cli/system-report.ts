import { execFile } from 'node:child_process';
import { cpus, freemem, homedir, release, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../engine/media/find-ffmpeg.ts';
import { cacheFolder } from '../library/cache-folder.ts';
import { memoryOfThisComputer } from '../library/memory.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { ModelKind } from '../plan/model.ts';
import type { DevicesResult } from '../protocol/engine.ts';
import { glibcIn } from '../protocol/platform.ts';
import { cacheContents } from '../rendering/cache-contents.ts';

/** What decides how renders work on a computer. */
export interface SystemReport {
  /** Of Prompt Travel. */
  readonly version: string;
  /** The editor that asked, with its version; null: none. */
  readonly editor: string | null;
  readonly node: string;
  readonly system: string;
  readonly cores: string;
  /** Bytes. */
  readonly memory: { readonly usable: number; readonly free: number };
  readonly devices: DevicesResult;
  /** The folders that are searched for models, with the built-in one first. */
  readonly models: readonly ModelCount[];
  /** Why files or folders cannot be used, one sentence each. */
  readonly unusable: readonly string[];
  /** Of the library, one or two sentences each. */
  readonly notices: readonly string[];
  readonly cache: { readonly folder: string; readonly bytes: number };
  /** Version and path, or what is wrong with the path that is set; null: not found. */
  readonly ffmpeg: string | null;
}

export interface ModelCount {
  /** Absolute; empty: the built-in model. */
  readonly folder: string;
  readonly counts: ReadonlyMap<ModelKind, number>;
}

/** Names that a report for others must not contain. */
export interface PrivateNames {
  readonly home: string;
  readonly user: string;
}

export const privateNames = (): PrivateNames => ({ home: homedir(), user: userInfo().username });

interface Sources {
  readonly version: string;
  readonly editor: string | null;
  readonly library: ModelLibrary;
  readonly devices: DevicesResult;
  /** The path that is set; null: ffmpeg is looked for. */
  readonly ffmpeg: string | null;
}

export async function systemReport({ version, editor, library, devices, ffmpeg: set }: Sources): Promise<SystemReport> {
  const cache = cacheFolder();
  const [{ models, unusable }, shares, ffmpeg] = await Promise.all([
    countModels(library),
    cacheContents(cache),
    ffmpegVersion(set),
  ]);
  const processors = cpus();
  return {
    version,
    editor,
    node: process.versions.electron ? `${process.version}, Electron ${process.versions.electron}` : process.version,
    system: `${process.platform} ${process.arch} ${release()}${libc()}`,
    cores: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: { usable: memoryOfThisComputer(), free: freemem() },
    devices,
    models,
    unusable,
    notices: library.notices,
    cache: { folder: cache, bytes: shares.reduce((sum, { bytes }) => sum + bytes, 0) },
    ffmpeg,
  };
}

/** On Linux, the C library decides which programs run. */
function libc(): string {
  if (process.platform !== 'linux') return '';
  const glibc = glibcIn(process.report.getReport());
  return glibc === null ? ', no glibc' : `, glibc ${glibc}`;
}

async function countModels(
  library: ModelLibrary,
): Promise<{ readonly models: readonly ModelCount[]; readonly unusable: readonly string[] }> {
  const described = await library.describeAll(library.files.map(({ path }) => path));
  const builtIn = new Set(library.builtIn);
  const inFolder = (folder: string, path: string) => (folder === '' ? builtIn.has(path) : isBelow(path, folder));
  const models = ['', ...library.roots.map(({ path }) => path)].map((folder) => {
    const counts = new Map<ModelKind, number>();
    for (const [path, model] of described) {
      if (!model.ok || !inFolder(folder, path)) continue;
      const { kind } = model.description;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return { folder, counts };
  });
  const failed = [...described.values()].flatMap((model) => (model.ok ? [] : [model.reason]));
  return { models, unusable: [...library.unreadable.map(({ reason }) => reason), ...failed] };
}

const isBelow = (path: string, folder: string) => path.startsWith(join(folder, '/')) || path.startsWith(`${folder}\\`);

/** Of the program that renders use. */
async function ffmpegVersion(set: string | null): Promise<string | null> {
  const program = await findFfmpeg(set);
  if (program === undefined) return set && `${set} is not a program`;
  const answer = await promisify(execFile)(program, ['-hide_banner', '-version'], { timeout: 5000 }).catch(() => null);
  const version = answer && /^ffmpeg version (\S+)/.exec(answer.stdout)?.[1];
  return version ? `${version}, ${program}` : `${program} is not ffmpeg`;
}
