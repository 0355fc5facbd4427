import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { ffmpegPlaces } from './ffmpeg-places.ts';

/** Where to get ffmpeg, as advice for this system. */
export const GET_FFMPEG: string =
  process.platform === 'win32'
    ? 'Install it with `winget install ffmpeg`, or from https://ffmpeg.org/download.html'
    : process.platform === 'darwin'
      ? 'Install it with `brew install ffmpeg`, or from https://ffmpeg.org/download.html'
      : 'Install it with your package manager, such as `sudo apt install ffmpeg`, or from https://ffmpeg.org/download.html';

/** The path that the user has set for this computer; null: none. */
let chosen: string | null = null;

/** Sets the user's choice for this process. @param path absolute; null: it is looked for */
export function chooseFfmpeg(path: string | null): void {
  chosen = path;
}

/** Why there is no ffmpeg, and what to do: the end of a sentence that needs one, and the start of another. */
export const withoutFfmpeg = (): string =>
  chosen === null
    ? `which was not found. ${GET_FFMPEG}`
    : `and “${chosen}” is not a program. Correct this path, which is set as ffmpeg, or clear it to use the one on the PATH`;

/**
 * The user's ffmpeg, or undefined: the one that is set, else the first on the PATH and in `ffmpegPlaces`. Only absolute
 * folders are searched, never the current folder, because a workspace could contain a malicious one.
 *
 * @param set the path that is set; null: none
 */
export async function findFfmpeg(set: string | null = chosen): Promise<string | undefined> {
  if (set !== null) return (await isProgram(set)) ? set : undefined;
  const onPath = await firstIn((process.env.PATH ?? '').split(delimiter));
  return onPath ?? firstIn(await ffmpegPlaces.folders());
}

async function firstIn(folders: readonly string[]): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  for (const folder of folders.filter(isAbsolute)) {
    const path = join(folder, name);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** Whether there is a file that may be executed. */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not found, or not executable: the next place is tried.
    return false;
  }
}
