/** `~`, alone or before a slash: the home folder. */
export const HOME = /^~(?=$|[\\/])/;

/** Absolute on any system, or in the home folder. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path) || HOME.test(path);
}

/** The last name in a path. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
