import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { largest } from '../../plan/extremes.ts';
import type { PublishedPlan } from '../../plan/published-plan.ts';
import { samplingSteps } from '../../plan/steps.ts';
import type { ExtractResult } from '../../protocol/engine.ts';
import type { RenderedClip } from '../../protocol/preview.ts';
import { CLIP_ENDINGS } from '../file-endings.ts';
import type { RendersPlace } from './former-places.ts';

/** A render on the disk: one or several files of one name, in formats that hold their source. */
export interface RenderedFile {
  /** Path of the file, or folder of PNG frames, that the player shows. */
  readonly path: string;
  /** All files of the render, `path` among them. */
  readonly paths: readonly string[];
  /** Without folder and extension. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly source: string;
  /** null if the plan in the file cannot be read. */
  readonly seed: number | null;
  readonly fps: number | null;
  /** How far it got if it was stopped early; null: it is whole, or that is not known. */
  readonly stopped: RenderedClip['stopped'];
}

/** The first frame of a PNG sequence has the clip's number, which is not 0 in a part of a clip. */
const FRAME = /^\d{5,}\.png$/;

/** An output folder that has more was not filled by renders, or nobody looks through all of it. */
const MOST_ENTRIES = 5000;
const MOST_RENDERS = 100;
const DEEPEST = 3;

/** Reading the source of a longer file would take longer than a person waits. */
const LONGEST_BYTES = 200_000_000;

interface Found {
  readonly paths: readonly string[];
  readonly date: number;
}

export interface FoundRenders {
  /** Newest first. */
  readonly files: readonly RenderedFile[];
  readonly isAll: boolean;
}

/** Finds the renders of a document in its output folder. What a file holds is read once, until the file changes. */
export class RenderedFiles {
  readonly #extract: (path: string) => Promise<ExtractResult>;
  readonly #known = new Map<string, { readonly date: number; readonly result: Promise<ExtractResult> }>();

  /** @param extract reads what a render stored in a file */
  constructor(extract: (path: string) => Promise<ExtractResult>) {
    this.#extract = extract;
  }

  /**
   * The renders of a document, newest first, as they are found: the newest one soon, and all at the end.
   *
   * @param places where it has its renders now, and where it had them before it was renamed
   */
  async *find(places: readonly RendersPlace[]): AsyncGenerator<FoundRenders> {
    const files: RenderedFile[] = [];
    for (const { found, names } of await rendersIn(places)) {
      const file = await this.#read(found, names);
      if (!file) continue;
      files.push(file);
      if (files.length === 1) yield { files: [...files], isAll: false };
    }
    yield { files, isAll: true };
  }

  /** What is stored in a file or a folder of frames; the same promise until the file changes. */
  stored(path: string, date: number): Promise<ExtractResult> {
    const known = this.#known.get(path);
    if (known?.date === date) return known.result;
    const result = this.#extract(path);
    this.#known.set(path, { date, result });
    return result;
  }

  /** How far a render got that was stopped early; null: it is whole, or that is not known. */
  async stopped(path: string): Promise<RenderedClip['stopped']> {
    const found = await this.stored(path, (await stat(path)).mtimeMs);
    return found.ok && found.plan.ok ? stoppedOf(found.plan.plan) : null;
  }

  async #read({ paths, date }: Found, names: readonly string[]): Promise<RenderedFile | null> {
    const path = paths[0]!;
    const stored = await this.stored(path, date);
    if (!stored.ok) return null;
    const plan = stored.plan.ok ? stored.plan.plan : null;
    if (plan && !names.includes(plan.name)) return null;
    return {
      path,
      paths,
      name: nameOf(path),
      date,
      source: stored.source,
      seed: plan?.sampling.seed ?? null,
      fps: plan?.output.fps ?? null,
      stopped: plan && stoppedOf(plan),
    };
  }
}

/** How far a render got that was stopped early; null: it is whole. */
export function stoppedOf({ sampling }: Pick<PublishedPlan, 'sampling'>): RenderedClip['stopped'] {
  return sampling.until === null ? null : { after: sampling.until, of: samplingSteps(sampling) };
}

/** Of the files of a render, the one that the player prefers; undefined if there are none. A folder has PNG frames. */
export function playable(paths: readonly string[]): string | undefined {
  return [...paths].sort((a, b) => rankOf(a) - rankOf(b))[0];
}

/** The clip of a rendered file: of a text file, the one that was rendered with it, if it is beside it. */
export async function clipOf(path: string): Promise<string> {
  const [, base] = /^(.+)\.txt$/i.exec(path) ?? [];
  if (base === undefined) return path;
  const names = new Set(await readdir(dirname(path)));
  const possible = [base, ...CLIP_ENDINGS.map((ending) => `${base}.${ending}`)];
  return playable(possible.filter((other) => names.has(basename(other)))) ?? path;
}

/** Lower is better. */
function rankOf(path: string): number {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  const rank = CLIP_ENDINGS.findIndex((known) => known === (extension ?? 'png'));
  return rank < 0 ? CLIP_ENDINGS.length : rank;
}

/** Name of a rendered file or folder without its extension. */
export const nameOf = (path: string): string => basename(path).replace(/\.[a-z0-9]{3,4}$/i, '');

/** The newest of several folders, which may be in each other, and the names that their plans may have. */
async function rendersIn(
  places: readonly RendersPlace[],
): Promise<readonly { readonly found: Found; readonly names: readonly string[] }[]> {
  const byPath = new Map<string, { found: Found; names: string[] }>();
  for (const { folder, name, until } of places) {
    for (const found of await rendersBelow(folder)) {
      if (until !== null && found.date > until) continue;
      const path = found.paths[0]!;
      const known = byPath.get(path);
      if (known) known.names.push(name);
      else byPath.set(path, { found, names: [name] });
    }
  }
  return [...byPath.values()].sort((a, b) => b.found.date - a.found.date).slice(0, MOST_RENDERS);
}

async function rendersBelow(folder: string): Promise<Found[]> {
  /** By their paths without extension. */
  const renders = new Map<string, { path: string; date: number }[]>();
  const add = (base: string, path: string, date: number) => {
    renders.set(base, [...(renders.get(base) ?? []), { path, date }]);
  };
  let left = MOST_ENTRIES;
  const folders = [{ path: folder, depth: 0 }];
  for (let next = folders.shift(); next && left > 0; next = folders.shift()) {
    const { path, depth } = next;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const frames = entries.filter(({ name }) => FRAME.test(name));
    if (frames.length > 0 && depth > 0) {
      add(path, path, (await stat(path).catch(() => null))?.mtimeMs ?? 0);
      continue;
    }
    for (const entry of entries.slice(0, left)) {
      left--;
      const child = join(path, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !entry.name.startsWith('.') && entry.name !== 'node_modules') {
          folders.push({ path: child, depth: depth + 1 });
        }
        continue;
      }
      const [, base, extension] = /^(.+)\.([a-z0-9]+)$/.exec(child) ?? [];
      const isKnown = CLIP_ENDINGS.some((known) => known === extension);
      if (!entry.isFile() || base === undefined || !isKnown) continue;
      const info = await stat(child).catch(() => null);
      if (info && info.size <= LONGEST_BYTES) add(base, child, info.mtimeMs);
    }
  }
  return [...renders.values()].map((files) => ({
    paths: files.map(({ path }) => path).sort((a, b) => rankOf(a) - rankOf(b)),
    date: largest(files.map(({ date }) => date)),
  }));
}
