/** Bundles the programs into `dist/` before the tests that start them. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

export default function bundle(): void {
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: resolve(import.meta.dirname, '..'), stdio: 'inherit' });
}
