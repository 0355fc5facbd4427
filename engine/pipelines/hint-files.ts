import { createHash } from 'node:crypto';
import { appendFile, lstat, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { removeEmpty } from '../../disk/make-folder.ts';
import { writeOwnFile } from '../../disk/write-own-file.ts';
import { hintFolder, hintName } from '../../plan/clip-inputs.ts';
import { CannotWriteError, cannotWrite } from '../media/atomic.ts';

/**
 * In the folder: what was written there, as `sha256sum` prints it. Hidden, so that a folder of images does not have it. A
 * hint is noted before it is written, so that a run that is killed leaves none that is not known.
 */
const RECORD = '.hints.sha256';

/** `unit-1/00000.png` */
const HINT = /^unit-\d+\/\d{5,}\.png$/;

/** Each is complete, also if the process that wrote the last one was killed. */
const LINE = /^([0-9a-f]{64}) {2}(\S+)\n/gm;

/** Names that a message lists. */
const MOST_LISTED = 5;

/** Path in the folder, and SHA-256. */
type Written = readonly [name: string, hashes: ReadonlySet<string>];

/** A hint of a unit, from 0, for a frame. */
interface HintPlace {
  readonly unit: number;
  readonly frame: number;
}

/** The hints in a folder, and which of them are those of an earlier run. */
export class HintFiles {
  readonly #folder: string;
  /** SHA-256 of hints by their path in the folder: a run that was killed may have left one or the other. */
  readonly #earlier: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #written = new Map<string, ReadonlySet<string>>();

  private constructor(folder: string, earlier: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#folder = folder;
    this.#earlier = earlier;
  }

  /** @param folder absolute; it need not exist */
  static async open(folder: string): Promise<HintFiles> {
    return new HintFiles(folder, await readRecord(join(folder, RECORD)));
  }

  /**
   * Verifies, before anything is written, that hints replace only those that an earlier run wrote, and no input.
   *
   * @param wanted the hints that may be written
   * @param inputs absolute paths of the files that the clip uses
   * @throws CannotWriteError that lists the others
   * @returns whether an input is in the folder
   */
  async verify(wanted: readonly HintPlace[], inputs: Iterable<string>): Promise<boolean> {
    const real = new Set<string>();
    for (const path of inputs) real.add(await realpath(path).catch(() => path));
    const taken: string[] = [];
    const others: string[] = [];
    for (const { unit, frame } of wanted) {
      const name = nameOf(unit, frame);
      const path = join(this.#folder, name);
      const target = await realpath(path).catch(() => null);
      if (target !== null && real.has(target)) taken.push(name);
      else if (!(await this.#isOwn(name)) && (await exists(path))) others.push(name);
    }
    const replaced = [
      ...(taken.length > 0 ? [`inputs of this file (${listed(taken)})`] : []),
      ...(others.length > 0 ? [`files that were changed, or that another program wrote (${listed(others)})`] : []),
    ];
    if (replaced.length > 0) {
      const advice = taken.length > 0 ? 'Choose' : 'Move them, or choose';
      throw new CannotWriteError(
        `No hints were written to ${this.#folder}: they would replace ${replaced.join(' and ')}. ${advice} another folder with \`--out\`.`,
      );
    }
    const folder = await realpath(this.#folder).catch(() => this.#folder);
    return [...real].some((path) => path.startsWith(folder + sep));
  }

  /** The folder of a unit's hints. @param unit from 0 */
  folderOf(unit: number): string {
    return join(this.#folder, hintFolder(unit));
  }

  /** Writes a hint, in place of one of that name, which `verify` has allowed. @throws CannotWriteError @returns its absolute path */
  async write(png: Uint8Array, unit: number, frame: number): Promise<string> {
    const path = join(this.folderOf(unit), hintName(frame));
    const written: Written = [nameOf(unit, frame), new Set([hashOf(png)])];
    try {
      if (this.#written.size === 0) await this.#save(this.#earlier);
      await appendFile(join(this.#folder, RECORD), linesOf([written]));
      await writeOwnFile(path, png);
    } catch (error) {
      throw cannotWrite(path, error as Error, '`--out`');
    }
    this.#written.set(...written);
    return path;
  }

  /**
   * Removes the hints of an earlier run that this one did not write again. One that was changed since then is the user's,
   * and is kept.
   *
   * @param warn receives what was removed, and which files that look like hints were kept
   */
  async removeEarlier(warn: (line: string) => void): Promise<void> {
    const removed: string[] = [];
    for (const name of this.#earlier.keys()) {
      if (this.#written.has(name) || !(await this.#isOwn(name))) continue;
      await rm(join(this.#folder, name), { force: true });
      removed.push(name);
    }
    if (removed.length > 0) {
      const hints = removed.length === 1 ? '1 hint' : `${removed.length} hints`;
      warn(`Removed ${hints} of an earlier run that this one does not have: ${listed(removed)}.`);
    }
    const units = new Set([...this.#earlier.keys(), ...this.#written.keys()].map((name) => name.split('/')[0]!));
    const kept: string[] = [];
    for (const unit of units) {
      const names = await readdir(join(this.#folder, unit)).catch(() => []);
      if (names.length === 0) await removeEmpty([join(this.#folder, unit)]);
      for (const name of names.map((each) => `${unit}/${each}`)) {
        if (HINT.test(name) && !this.#written.has(name)) kept.push(name);
      }
    }
    if (kept.length > 0) {
      warn(
        `Files that look like hints are not of this run: ${listed(kept)}. They were changed, or another program wrote them, so they are kept. Remove them if you do not need them.`,
      );
    }
    const record = join(this.#folder, RECORD);
    if (this.#written.size === 0) await rm(record, { force: true });
    else {
      await this.#save(this.#written).catch((error: Error) => {
        throw cannotWrite(record, error, '`--out`');
      });
    }
  }

  /** Whether a file is as an earlier run wrote it. */
  async #isOwn(name: string): Promise<boolean> {
    const hashes = this.#earlier.get(name);
    const contents = hashes ? await readFile(join(this.#folder, name)).catch(() => null) : null;
    return contents !== null && hashes!.has(hashOf(contents));
  }

  async #save(files: Iterable<Written>): Promise<void> {
    await writeOwnFile(join(this.#folder, RECORD), linesOf(files));
  }
}

const nameOf = (unit: number, frame: number): string => `${hintFolder(unit)}/${hintName(frame)}`;

const hashOf = (contents: Uint8Array): string => createHash('sha256').update(contents).digest('hex');

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function readRecord(path: string): Promise<Map<string, Set<string>>> {
  const record = new Map<string, Set<string>>();
  // If there is none, nothing is known to be ours.
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const [, hash, name] of text.matchAll(LINE)) {
    if (HINT.test(name!)) record.set(name!, (record.get(name!) ?? new Set()).add(hash!));
  }
  return record;
}

const linesOf = (files: Iterable<Written>): string =>
  [...files].flatMap(([name, hashes]) => [...hashes].map((hash) => `${hash}  ${name}\n`)).join('');

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return names.toSorted().slice(0, MOST_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
