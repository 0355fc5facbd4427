import { homedir } from 'node:os';

/** A path with `~` or `~/` at its beginning as the user's home folder, as in a shell. */
export function expandHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, () => homedir());
}
