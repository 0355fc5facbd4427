import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ExtractResult } from '../../protocol/engine.ts';

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
}

/** In the order in which the player prefers them. */
const EXTENSIONS = ['webp', 'gif', 'png', 'mp4', 'webm'] as const;

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
   * @param document name without folder and extension, as the plans in the files have it
   */
  async *find(folder: string, document: string): AsyncGenerator<FoundRenders> {
    const found = (await rendersBelow(folder)).sort((a, b) => b.date - a.date).slice(0, MOST_RENDERS);
    const files: RenderedFile[] = [];
    for (const each of found) {
      const file = await this.#read(each, document);
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

  async #read({ paths, date }: Found, document: string): Promise<RenderedFile | null> {
    const path = paths[0]!;
    const stored = await this.stored(path, date);
    if (!stored.ok) return null;
    const plan = stored.plan.ok ? stored.plan.plan : null;
    if (plan && plan.name !== document) return null;
    return {
      path,
      paths,
      name: nameOf(path),
      date,
      source: stored.source,
      seed: plan?.sampling.seed ?? null,
      fps: plan?.output.fps ?? null,
    };
  }
}

/** Of the files of a render, the one that the player prefers; undefined if there are none. A folder has PNG frames. */
export function playable(paths: readonly string[]): string | undefined {
  return [...paths].sort((a, b) => rankOf(a) - rankOf(b))[0];
}

/** Lower is better. */
function rankOf(path: string): number {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  const rank = EXTENSIONS.findIndex((known) => known === (extension ?? 'png'));
  return rank < 0 ? EXTENSIONS.length : rank;
}

/** Name of a rendered file or folder without its extension. */
export const nameOf = (path: string): string => basename(path).replace(/\.[a-z0-9]{3,4}$/i, '');

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
      const isKnown = EXTENSIONS.some((known) => known === extension);
      if (!entry.isFile() || base === undefined || !isKnown) continue;
      const info = await stat(child).catch(() => null);
      if (info && info.size <= LONGEST_BYTES) add(base, child, info.mtimeMs);
    }
  }
  return [...renders.values()].map((files) => ({
    paths: files.map(({ path }) => path).sort((a, b) => rankOf(a) - rankOf(b)),
    date: Math.max(...files.map(({ date }) => date)),
  }));
}
