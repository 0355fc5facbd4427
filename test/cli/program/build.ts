import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Bundle the program before the tests that run it. */
export default function build(): void {
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: resolve(import.meta.dirname, '../../..'), stdio: 'pipe' });
}
