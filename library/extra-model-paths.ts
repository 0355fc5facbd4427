import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { extraPathSections } from './extra-path-sections.ts';
import { expandHome } from './home.ts';

export interface ExtraModelPaths {
  /** Absolute paths. */
  readonly folders: readonly string[];
  /** About folders that the file names and that do not exist, one sentence or two each. */
  readonly notices: readonly string[];
}

/** More names say nothing new. */
const MOST_NAMES = 5;

/**
 * The folders that ComfyUI's `extra_model_paths.yaml` adds (`utils/extra_config.py`): sections with a `base_path` and,
 * for each kind, one folder a line. ComfyUI's own example names folders that need not exist, so a missing one is not an
 * error. It can also be a typo, after which models are not found.
 *
 * @param path absolute path of the file
 * @returns none if the file does not exist
 * @throws Error when it cannot be read
 */
export async function extraModelPaths(path: string): Promise<ExtraModelPaths> {
  const folders = new Set<string>();
  const reported = new Set<string>();
  const notices: string[] = [];
  for (const section of await extraPathSections(path)) {
    const base = resolve(dirname(path), expanded(section.base ?? '.'));
    const baseState = section.base === null ? 'folder' : await stateOf(base);
    const advice = `Check the section “${section.name}” if models are not found.`;
    const absent: Record<Absent, Set<string>> = { missing: new Set(), file: new Set() };
    for (const line of section.folders) {
      const folder = resolve(base, expanded(line));
      const state = await stateOf(folder);
      if (state === 'folder') {
        folders.add(folder);
        continue;
      }
      const isBelowBase = baseState !== 'folder' && !relative(base, folder).startsWith('..');
      const shown = isBelowBase ? base : folder;
      if (reported.has(shown)) continue;
      reported.add(shown);
      if (isBelowBase) {
        const fix = `Correct base_path in “${section.name}”, or remove that section.`;
        notices.push(notice(path, baseState, [base], fix));
      } else absent[state].add(folder);
    }
    for (const state of ['missing', 'file'] as const) {
      if (absent[state].size > 0) notices.push(notice(path, state, [...absent[state]], advice));
    }
  }
  return { folders: [...folders], notices };
}

type Absent = 'missing' | 'file';

/** A folder that exists and cannot be read is reported when it is searched. */
const stateOf = (path: string): Promise<Absent | 'folder'> =>
  stat(path).then(
    (info) => (info.isDirectory() ? 'folder' : 'file'),
    ({ code }: NodeJS.ErrnoException) => (code === 'EACCES' || code === 'EPERM' ? 'folder' : 'missing'),
  );

/** @param names at least one path of a state */
function notice(path: string, state: Absent, names: readonly string[], advice: string): string {
  const [one, many] =
    state === 'missing'
      ? [`the folder ${names[0]}, which does not exist`, 'folders that do not exist']
      : [`${names[0]}, which is not a folder`, 'paths that are not folders'];
  if (names.length === 1) return `${path} names ${one}. ${advice}`;
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return `${path} names ${names.length} ${many}: ${names.slice(0, MOST_NAMES).join(', ')}${more}. ${advice}`;
}

/** A path with the home folder and environment variables in it, as Python's `expanduser` and `expandvars`. */
function expanded(path: string): string {
  const home = expandHome(path);
  const filled = home.replace(/\$\{?(\w+)\}?|%(\w+)%/g, (written, posix?: string, windows?: string) => {
    return process.env[posix ?? windows ?? ''] ?? written;
  });
  return isAbsolute(filled) ? filled : join('.', filled);
}
