import type { FileRenameEvent, Memento, Uri } from 'vscode';
import * as z from 'zod/mini';
import { documentName } from '../document-name.ts';

/** Where renders of a file are looked for. */
export interface RendersPlace {
  /** Absolute path of a folder that has them, in it or below. */
  readonly folder: string;
  /** Of the file, without folder and extension, as the plans in the renders have it. */
  readonly name: string;
  /** Milliseconds since 1970: later renders are of another file, which has the name now. null: there is none. */
  readonly until: number | null;
}

const KEY = 'travel.rendersPlaces';

/** More files than a person renames. */
const MOST_FILES = 500;

const Folder = z.string();
const Entry = z.object({
  uri: z.string(),
  /** The output folder when the file was last shown; null: not known. */
  folder: z.nullable(Folder),
  former: z.array(z.object({ folder: Folder, name: z.string(), until: z.number() })),
});
type Entry = z.infer<typeof Entry>;
const Entries = z.catch(z.array(Entry), []);

/**
 * The output folders of files that were shown, so that the renders of a file are still found when VS Code renames or
 * moves it: they keep their names and folders. Kept for the workspace.
 */
export class FormerPlaces {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  /** Former places of a file, the last one first. */
  of(uri: Uri): readonly RendersPlace[] {
    return this.#entries.find((entry) => entry.uri === uri.toString())?.former ?? [];
  }

  /** A file is shown, and its renders are in this folder. */
  async note(uri: Uri, folder: string): Promise<void> {
    const entries = this.#entries;
    const key = uri.toString();
    const known = entries.find((entry) => entry.uri === key);
    if (known?.folder === folder) return;
    await this.#store([{ uri: key, folder, former: known?.former ?? [] }, ...entries.filter((each) => each !== known)]);
  }

  /** Files or folders have other names now. @param now milliseconds since 1970 */
  async renamed({ files }: Pick<FileRenameEvent, 'files'>, now: number): Promise<void> {
    let entries = this.#entries;
    for (const { oldUri, newUri } of files) {
      const renamed = entries.map((entry) => renamedEntry(entry, oldUri, newUri, now));
      const isMoved = (_: Entry, i: number) => renamed[i]!.uri !== entries[i]!.uri;
      const moved = renamed.filter(isMoved);
      // A file that was replaced is gone.
      const others = renamed.filter((entry, i) => !isMoved(entry, i) && !moved.some(({ uri }) => uri === entry.uri));
      entries = [...moved, ...others];
    }
    await this.#store(entries);
  }

  get #entries(): Entry[] {
    return Entries.parse(this.#state.get(KEY) ?? []);
  }

  async #store(entries: Entry[]): Promise<void> {
    await this.#state.update(KEY, entries.slice(0, MOST_FILES));
  }
}

function renamedEntry(entry: Entry, oldUri: Uri, newUri: Uri, now: number): Entry {
  const moved = (folder: string) => insideOf(folder, oldUri.fsPath, newUri.fsPath) ?? folder;
  // The renders may be in a folder that was moved.
  const folder = entry.folder === null ? null : moved(entry.folder);
  const former = entry.former.map((place) => ({ ...place, folder: moved(place.folder) }));
  const uri = insideOf(entry.uri, oldUri.toString(), newUri.toString());
  if (uri === null) return { ...entry, folder, former };
  if (folder === null || entry.uri !== oldUri.toString()) return { uri, folder, former };
  return { uri, folder: null, former: [{ folder, name: documentName(oldUri), until: now }, ...former] };
}

/** A path after a file or folder around it was renamed; null if it is not the one, and not inside of it. */
function insideOf(path: string, before: string, after: string): string | null {
  if (path === before) return after;
  const rest = path.slice(before.length);
  return path.startsWith(before) && /^[\\/]/.test(rest) ? `${after}${rest}` : null;
}
