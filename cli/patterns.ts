import { existsSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from './exit-code.ts';

/**
 * The files that an argument names: itself, or the files that it matches, in alphabetical order. Windows' shells pass
 * patterns such as `*.travel` to the program as they are typed. A file whose name looks like a pattern is that file.
 *
 * @throws UsageError if a pattern matches no file
 */
export async function expandPattern(argument: string): Promise<string[]> {
  const pattern = process.platform === 'win32' ? argument.replaceAll('\\', '/') : argument;
  if (argument === '-' || !isDynamicPattern(pattern) || existsSync(argument)) return [argument];
  const found = await glob(pattern, {
    absolute: isAbsolute(argument),
    caseSensitiveMatch: process.platform !== 'win32',
    expandDirectories: false,
  });
  if (found.length === 0) {
    throw new UsageError(
      `No file matches ${argument}. Check the pattern and the current folder; **/*.travel searches subfolders, too.`,
    );
  }
  return found.map(normalize).sort();
}
